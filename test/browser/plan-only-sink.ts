import { CalveError } from '@calve/core';
import type { Field, Json, SinkPlugin, SinkSession } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';

interface Target {
  table: string;
}

/** A sink in memory without any table: as much of one as making a plan asks for. It loads in a browser, which testkit's does not. */
export function planOnlySink(): SinkPlugin<Target> {
  return {
    contract: 'sink/1',
    name: 'plan-only',
    version: '0.1.0',
    modes: ['append'],
    options: {
      jsonSchema: { type: 'object', properties: { table: { type: 'string' } }, required: ['table'] },
      '~standard': { version: 1, vendor: 'calve', validate: (value) => ({ value: value as Target }) },
    },
    quarantine: ({ table }) => ({ table: `${table}__rejected` }),
    connect: async () => ({ ...session, read: refuse, writer: refuse, openOutput: refuse, prepare: refuse, send: refuse }),
  };
}

const access = { kind: 'none' as const, reason: 'There is no table.' };

const session: Omit<SinkSession, 'read' | 'writer' | 'openOutput' | 'prepare' | 'send'> = {
  check: async () => [],
  externalAccess: () => access,
  tableAccess: () => access,
  inspect: async () => 'absent',
  describe: (target) => ({ name: tableOf(target), location: `memory:${tableOf(target)}` }),
  planChanges(_state, columns, target) {
    const fields: Field[] = columns.map((field, index) => ({ ...field, id: index + 1 }));
    const described = fields.map(({ name, type }) => `${name} ${typeText(type)}`);
    const message = `${tableOf(target)} will be created with ${fields.length} columns.`;
    const reason = { code: 'PLAN_ONLY_CREATE', severity: 'info' as const, message };
    return { kind: 'changes', changes: [{ kind: 'create-table', path: [], before: null, after: described, reason }], fields };
  },
  evidence: async () => null,
  stagedFilesExist: async () => false,
  abandon: async () => {},
  close: async () => {},
};

function tableOf(target: Json): string {
  return (target as unknown as Target).table;
}

function refuse(): never {
  throw new CalveError('INTERNAL', 'This sink makes plans only.');
}
