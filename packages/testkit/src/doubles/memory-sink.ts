import type {
  CallContext,
  ChangePlan,
  ColumnBatch,
  CommitIntent,
  CommitOutcome,
  Field,
  Json,
  LedgerKey,
  OutputFile,
  Portable,
  Prepared,
  Program,
  ReadRequest,
  SinkPlugin,
  SinkSession,
  TableEvidence,
  TableState,
  TableWriter,
  WriterPorts,
} from '@calve/core/plugin';
import { CalveError, evidenceName, REJECTED_SUFFIX, sameType, typeText } from '@calve/core/plugin';
import type { MemoryFile } from './memory-table-writer.ts';
import { createMemoryTableWriter } from './memory-table-writer.ts';
import type { TestRow } from './rows-batch.ts';
import { rowsBatch } from './rows-batch.ts';

/** Options of one table of the memory sink. */
export interface MemoryTarget {
  table: string;
}

interface MemoryTable {
  identity: string;
  fields: Field[];
  head: string | null;
  /** Files of each snapshot, by id. */
  snapshots: Map<string, readonly MemoryFile[]>;
  evidence: Map<string, TableEvidence>;
}

interface MemoryRequest {
  table: string;
  identity: string | 'absent';
  head: string | null;
  snapshot: string;
  fields: Field[];
  files: MemoryFile[];
  evidenceName: string;
  evidence: TableEvidence;
}

/**
 * A sink that keeps tables of int64, float64 and string columns in memory: for tests of what writes to a sink. Every session of one
 * sink sees the same tables.
 */
export function memorySink(): SinkPlugin<MemoryTarget> {
  const tables = new Map<string, MemoryTable>();
  const files = new Map<string, Uint8Array>();
  return {
    contract: 'sink/1',
    name: 'memory',
    version: '0.1.0',
    modes: ['append'],
    options: {
      jsonSchema: { type: 'object', properties: { table: { type: 'string' } }, required: ['table'], additionalProperties: false },
      '~standard': {
        version: 1,
        vendor: 'calve',
        validate: (value) => {
          const table = (value as Partial<MemoryTarget> | null)?.table;
          return typeof table === 'string' && table !== ''
            ? { value: { table } }
            : { issues: [{ message: 'table must be a text' }] };
        },
      },
    },
    quarantine: ({ table }) => ({ table: table + REJECTED_SUFFIX }),
    connect: async (context) => new MemorySession(tables, files, context),
  };
}

const tableOf = (target: Json): string => (target as unknown as MemoryTarget).table;
const stateOf = (table: MemoryTable): TableState => ({
  identity: table.identity,
  fields: table.fields,
  schemaId: 0,
  partitionSpecId: 0,
  snapshot: table.head,
  raw: null,
});

class MemorySession implements SinkSession {
  readonly #tables: Map<string, MemoryTable>;
  readonly #files: Map<string, Uint8Array>;
  readonly #context: CallContext;

  constructor(tables: Map<string, MemoryTable>, files: Map<string, Uint8Array>, context: CallContext) {
    this.#tables = tables;
    this.#files = files;
    this.#context = context;
  }

  async check() {
    return [];
  }

  externalAccess() {
    return { kind: 'none' as const, reason: 'The tables are in the memory of this process.' };
  }

  tableAccess() {
    return this.externalAccess();
  }

  async inspect(target: Json): Promise<TableState | 'absent'> {
    const table = this.#tables.get(tableOf(target));
    return table ? structuredClone(stateOf(table)) : 'absent';
  }

  planChanges(state: TableState | 'absent', columns: readonly Field[], target: Json): ChangePlan {
    const fields = state === 'absent' ? [] : [...state.fields];
    const added: Field[] = [];
    for (const column of columns) {
      const existing = fields.find((field) => field.name === column.name);
      if (existing && !sameType(existing.type, column.type)) {
        const message = `The column "${column.name}" is ${typeText(existing.type)} in the table, but ${typeText(column.type)} is to be written.`;
        return { kind: 'impossible', diagnostic: { code: 'SCHEMA_IMPOSSIBLE', severity: 'error', message } };
      }
      if (!existing) added.push({ ...column, id: fields.length + added.length + 1, required: false });
    }
    const reason = { code: 'SCHEMA_COLUMN_ADDED', severity: 'info' as const, message: `${tableOf(target)} gets columns.` };
    const after = [...fields, ...added];
    if (state === 'absent')
      return {
        kind: 'changes',
        fields: after,
        changes: [{ kind: 'create-table', path: [], before: null, after: tableOf(target), reason }],
      };
    return {
      kind: 'changes',
      fields: after,
      changes: added.map(({ name, type }) => ({ kind: 'add-column', path: [name], before: null, after: typeText(type), reason })),
    };
  }

  describe(target: Json): { name: string; location: string } {
    return { name: tableOf(target), location: `memory:${tableOf(target)}` };
  }

  async *read(target: Json, request: ReadRequest): AsyncGenerator<ColumnBatch> {
    const table = this.#tables.get(tableOf(target));
    const snapshot = request.snapshot ?? table?.head;
    if (!table || snapshot === null || snapshot === undefined) return;
    const names = request.columns?.map(([name]) => name);
    const fields = names ? names.map((name) => table.fields.find((field) => field.name === name)!) : table.fields;
    let left = request.limit ?? Number.POSITIVE_INFINITY;
    for (const { path } of table.snapshots.get(snapshot) ?? []) {
      const rows = parseRows(this.#files.get(path)!, fields).slice(0, left);
      left -= rows.length;
      if (rows.length > 0) yield rowsBatch(fields, rows);
    }
  }

  writer(program: Program, intent: CommitIntent, output: string): Portable<TableWriter, WriterPorts> {
    const config = { name: `memory:${program.hash}-${intent.commitId}-${intent.writerId}-${output}` };
    const module = new URL(`./memory-table-writer.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href;
    return {
      module,
      exportName: 'createMemoryTableWriter',
      config,
      create: (context, ports) => createMemoryTableWriter(config, context, ports),
    };
  }

  async openOutput(name: string): Promise<OutputFile> {
    if (this.#files.has(name)) throw new CalveError('INTERNAL', `The file ${name} exists already.`);
    this.#files.set(name, new Uint8Array());
    return {
      write: async (chunk) => {
        this.#files.set(name, Buffer.concat([this.#files.get(name) ?? new Uint8Array(), chunk]));
      },
      finish: async () => {},
      abort: async () => {
        this.#files.delete(name);
      },
    };
  }

  async prepare(intent: CommitIntent, name: string): Promise<Prepared> {
    const planned = intent.program.outputs.find((output) => output.name === name)!;
    const { identity, snapshot, staged } = intent.outputs[name]!;
    const table = this.#tables.get(tableOf(planned.target));
    const { generation, sequence, commitId } = intent;
    const evidence = table?.evidence.get(evidenceName(intent.key)) ?? null;
    if (evidence?.sequence === sequence && evidence.commitId === commitId)
      return { kind: 'already-committed', snapshot: evidence.snapshot };
    if (identity !== 'absent' && table?.identity !== identity) return stop('TABLE_REPLACED');
    if (identity === 'absent' && table) return stop('PLAN_STALE');
    const last = evidence?.sequence ?? 0;
    if (last > sequence) return stop('CHECKPOINT_BEHIND');
    if (last === sequence) return stop('MARKER_CONFLICT');
    if (last < sequence - 1 && planned === intent.program.outputs[0]) return stop('MARKER_BEHIND');
    const request: MemoryRequest = {
      table: tableOf(planned.target),
      identity,
      head: table?.head ?? null,
      snapshot,
      fields: planned.fields,
      files: staged.flatMap((one) => one.files as unknown as MemoryFile[]),
      evidenceName: evidenceName(intent.key),
      evidence: { generation, sequence, commitId, snapshot, kept: 'property' },
    };
    return { kind: 'ready', head: request.head, request: structuredClone(request) as unknown as Json };
  }

  async send(request: Json): Promise<CommitOutcome> {
    const {
      table: name,
      identity,
      head,
      snapshot,
      fields,
      files,
      evidence,
      evidenceName: key,
    } = structuredClone(request) as unknown as MemoryRequest;
    const table = this.#tables.get(name);
    if ((table?.identity ?? 'absent') !== identity || (table?.head ?? null) !== head) return { kind: 'conflict' };
    const next: MemoryTable = table ?? {
      identity: `table-${Buffer.from(this.#context.environment.random(8)).toString('hex')}`,
      fields,
      head: null,
      snapshots: new Map(),
      evidence: new Map(),
    };
    next.snapshots.set(snapshot, [...(head === null ? [] : next.snapshots.get(head)!), ...files]);
    next.evidence.set(key, evidence);
    this.#tables.set(name, Object.assign(next, { fields, head: snapshot }));
    return { kind: 'committed', snapshot };
  }

  async evidence(target: Json, key: LedgerKey): Promise<TableEvidence | null> {
    return this.#tables.get(tableOf(target))?.evidence.get(evidenceName(key)) ?? null;
  }

  async stagedFilesExist(intent: CommitIntent, output: string): Promise<boolean> {
    return this.#stagedFiles(intent, output).every((file) => this.#files.get(file.path)?.length === file.sizeBytes);
  }

  async abandon(intent: CommitIntent, output: string): Promise<void> {
    if (intent.outputs[output]!.attempts.some((attempt) => attempt.outcome !== 'refused'))
      throw new CalveError('COMMIT_STATE_UNKNOWN', 'An attempt was not refused; the files are kept.', { recovery: 'verify' });
    for (const file of this.#stagedFiles(intent, output)) this.#files.delete(file.path);
  }

  async close(): Promise<void> {}

  #stagedFiles(intent: CommitIntent, output: string): MemoryFile[] {
    return intent.outputs[output]!.staged.flatMap((staged) => staged.files as unknown as MemoryFile[]);
  }
}

function stop(code: string): Prepared {
  return { kind: 'stop', error: new CalveError(code, `The commit must not be sent: ${code}.`, { recovery: 'replan' }).toJSON() };
}

function parseRows(bytes: Uint8Array, fields: readonly Field[]): TestRow[] {
  const lines = new TextDecoder()
    .decode(bytes)
    .split('\n')
    .filter((line) => line !== '');
  return lines.map((line) => {
    const row = JSON.parse(line) as Record<string, string | number | null>;
    return Object.fromEntries(
      fields.map(({ name, type }) => {
        const value = row[name] ?? null;
        return [name, type.kind === 'int64' && value !== null ? BigInt(value) : value];
      }),
    );
  });
}
