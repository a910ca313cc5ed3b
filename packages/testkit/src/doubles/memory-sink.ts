import type {
  AcceptedRollback,
  CallContext,
  ChangePlan,
  ColumnBatch,
  ColumnType,
  CommitIntent,
  CommitOutcome,
  Field,
  InputFile,
  Json,
  LedgerKey,
  OutputFile,
  Portable,
  Prepared,
  Program,
  ReadRequest,
  SchemaDecisions,
  SinkPlugin,
  SinkSession,
  TableChange,
  TableCommit,
  TableEvidence,
  TableState,
  TableWriter,
  WriterPorts,
} from '@calve/core/plugin';
import {
  CalveError,
  createColumnBatch,
  gatherRows,
  moduleBeside,
  PROVENANCE_COLUMNS,
  REJECTED_SUFFIX,
  sameType,
  throwIfAborted,
  typeText,
} from '@calve/core/plugin';
import { applyMemoryRequest, prepareMemoryCommit, refused, stagedMemoryFiles } from './memory-commit.ts';
import { memoryCommits, memoryEvidence } from './memory-history.ts';
import { createMemoryRewritingWriter, type MemoryRewriteConfiguration } from './memory-rewriting-writer.ts';
import { createMemoryTableWriter } from './memory-table-writer.ts';
import { type MemorySnapshot, MemoryTables } from './memory-tables.ts';

/** Options of one table of the memory sink. */
export interface MemoryTarget {
  table: string;
}

/**
 * What happens to one request instead of a plain answer: `conflict` or `refused` without being applied; its answer is lost before or after
 * it was applied; or it is delivered `late`, when `deliverLate` is called, after it was answered as unknown.
 */
export type MemorySinkFault = 'conflict' | 'refused' | 'lost-before' | 'lost-after' | 'late';

/** A sink whose tables a test can look into and change behind its back. */
export interface MemorySink extends SinkPlugin<MemoryTarget> {
  /** Taken from the front, one for each request. */
  readonly faults: MemorySinkFault[];
  /** Requests that were sent so far. */
  readonly requests: number;
  /** Sessions that are not closed. */
  readonly openSessions: number;
  /** All rows as any reader sees them now, by column name; values as `readValue` gives them. None when there is no table. */
  rows(table: string): Record<string, Json>[];
  /** All snapshots of a table, oldest first. */
  snapshots(table: string): readonly MemorySnapshot[];
  /** The snapshot that readers see; null: nothing. */
  headOf(table: string): string | null;
  /** Names of all files, in a table or not. */
  files(): string[];
  /** Applies what was sent `late` as far as what it asserts is still so, and gives the answers that nobody hears. */
  deliverLate(): CommitOutcome[];
  /** Another writer commits a snapshot without rows. */
  touch(table: string): void;
  /** Another writer adds a column. */
  addColumn(table: string, field: Omit<Field, 'id'>): void;
  /** Somebody rolls a table back, or forward, to one of its snapshots; null: to before the first one. */
  rollBack(table: string, snapshot: string | null): void;
  /** Maintenance removes a snapshot from the list. */
  expire(table: string, snapshot: string): void;
  /** Somebody deletes a file. */
  deleteFile(name: string): void;
  /** Somebody drops a table; its files stay. */
  drop(table: string): void;
}

/**
 * A real sink that keeps its tables in memory: atomic commits with an optimistic check of the head, evidence as a property, files that are
 * staged first. Every session of one sink sees the same tables. For tests of what writes to a sink.
 */
export function memorySink(): MemorySink {
  const tables = new MemoryTables();
  const faults: MemorySinkFault[] = [];
  const late: Json[] = [];
  const counts = { requests: 0, openSessions: 0 };
  const tableNamed = (name: string) => {
    const table = tables.tables.get(name);
    if (!table) throw new TypeError(`there is no table ${name}`);
    return table;
  };
  const send = (request: Json): CommitOutcome => {
    counts.requests += 1;
    const fault = faults.shift();
    if (fault === 'conflict') return { kind: 'conflict' };
    if (fault === 'refused') return refused('a test wants it so');
    if (fault === 'late') late.push(structuredClone(request));
    const outcome = fault === 'late' || fault === 'lost-before' ? null : applyMemoryRequest(tables, request);
    if (outcome && fault !== 'lost-after') return outcome;
    return {
      kind: 'unknown',
      error: new CalveError('MEMORY_ANSWER_LOST', 'The answer was lost.', { recovery: 'verify' }).toJSON(),
    };
  };
  return {
    contract: 'sink/1',
    name: 'memory',
    version: '0.1.0',
    modes: ['append', 'overwrite-partitions', 'overwrite-table', 'merge'],
    replacesFiles: true,
    options: {
      jsonSchema: { type: 'object', properties: { table: { type: 'string' } }, required: ['table'], additionalProperties: false },
      '~standard': { version: 1, vendor: 'calve', validate: validateTarget },
    },
    quarantine: ({ table }) => ({ table: table + REJECTED_SUFFIX }),
    async connect(context) {
      counts.openSessions += 1;
      return new MemorySession(tables, send, context, () => {
        counts.openSessions -= 1;
      });
    },
    faults,
    get requests() {
      return counts.requests;
    },
    get openSessions() {
      return counts.openSessions;
    },
    rows: (name) => tables.rows(name),
    snapshots: (name) => tables.tables.get(name)?.snapshots ?? [],
    headOf: (name) => tables.tables.get(name)?.head ?? null,
    files: () => tables.fileNames,
    deliverLate: () => late.splice(0).map((request) => applyMemoryRequest(tables, request)),
    touch(name) {
      const table = tableNamed(name);
      const files = table.snapshots.find(({ id }) => id === table.head)?.files ?? [];
      const id = `foreign-${table.snapshots.length + 1}`;
      table.snapshots.push({ id, parent: table.head, files, summary: {} });
      table.head = id;
    },
    addColumn(name, field) {
      const table = tableNamed(name);
      table.fields = [...table.fields, { ...field, id: nextId(table.fields) }];
      table.schemaId += 1;
    },
    rollBack(name, snapshot) {
      tableNamed(name).head = snapshot;
    },
    expire(name, snapshot) {
      const table = tableNamed(name);
      table.snapshots = table.snapshots.filter(({ id }) => id !== snapshot);
    },
    deleteFile: (name) => tables.deleteFile(name),
    drop(name) {
      tables.tables.delete(name);
    },
  };
}

class MemorySession implements SinkSession {
  readonly #tables: MemoryTables;
  readonly #send: (request: Json) => CommitOutcome;
  readonly #context: CallContext;
  readonly #onClose: () => void;
  /** Files of the tables as they were last inspected, for writers that rewrite them. */
  readonly #read = new Map<string, Pick<MemoryRewriteConfiguration, 'snapshot' | 'live'>>();
  #isClosed = false;

  constructor(tables: MemoryTables, send: (request: Json) => CommitOutcome, context: CallContext, onClose: () => void) {
    this.#tables = tables;
    this.#send = send;
    this.#context = context;
    this.#onClose = onClose;
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
    const table = this.#open().tables.get(tableOf(target));
    const snapshot = table?.head ?? null;
    const live = [...(table?.snapshots.find(({ id }) => id === snapshot)?.files ?? [])];
    this.#read.set(tableOf(target), { snapshot, live });
    return this.#open().stateOf(tableOf(target));
  }

  planChanges(state: TableState | 'absent', columns: readonly Field[], target: Json, decisions?: SchemaDecisions): ChangePlan {
    const decided = [...(decisions?.drops ?? []), ...(decisions?.renames ?? []).map(({ from }) => from)];
    const [change] = state === 'absent' ? [] : decided.filter(([name]) => state.fields.some((field) => field.name === name));
    if (change !== undefined) {
      const message = `${tableOf(target)}: the memory sink does not rename or drop columns, and "${change.join('.')}" is to be.`;
      return { kind: 'impossible', diagnostic: { code: 'SCHEMA_IMPOSSIBLE', severity: 'error', message } };
    }
    return planMemoryChanges(state === 'absent' ? null : state.fields, columns, tableOf(target));
  }

  describe(target: Json): { name: string; location: string } {
    return { name: tableOf(target), location: `memory:${tableOf(target)}` };
  }

  async *read(target: Json, request: ReadRequest): AsyncGenerator<ColumnBatch> {
    throwIfAborted(request.signal);
    const table = this.#open().tables.get(tableOf(target));
    const snapshot = request.snapshot ?? table?.head ?? null;
    if (!table || snapshot === null) return;
    const fields = request.columns?.map(([name]) => table.fields.find((field) => field.name === name)!) ?? table.fields;
    let left = request.limit ?? Number.POSITIVE_INFINITY;
    for (const batch of this.#tables.batches(table, snapshot, fields)) {
      if (left <= 0) return;
      const rows = Math.min(batch.rows, left);
      const kept = Uint32Array.from({ length: rows }, (_, row) => row);
      yield createColumnBatch({ fields, columns: batch.columns.map((column) => gatherRows(column, kept)), rows });
      left -= rows;
    }
  }

  writer(program: Program, intent: CommitIntent, output: string): Portable<TableWriter, WriterPorts> {
    const { sequence, commitId, writerId } = intent;
    const { fields, mode, rows, target } = program.outputs.find(({ name }) => name === output)!;
    if (rows !== 'rejected' && (mode.kind !== 'append' || fields.some(({ name }) => name === PROVENANCE_COLUMNS['source-file'])))
      return this.#rewriter({
        ...this.#read.get(tableOf(target))!,
        name: `memory:${sequence}-${commitId}-${writerId}-${output}`,
        fields,
        mode,
      });
    const config = { name: `memory:${sequence}-${commitId}-${writerId}-${output}`, fields } as unknown as Json;
    return {
      get module() {
        return moduleBeside(import.meta.url, './memory-table-writer');
      },
      exportName: 'createMemoryTableWriter',
      config,
      create: (context, ports) => createMemoryTableWriter(config, context, ports),
    };
  }

  #rewriter(configuration: MemoryRewriteConfiguration): Portable<TableWriter, WriterPorts> {
    const config = configuration as unknown as Json;
    return {
      get module() {
        return moduleBeside(import.meta.url, './memory-rewriting-writer');
      },
      exportName: 'createMemoryRewritingWriter',
      config,
      create: (context, ports) => createMemoryRewritingWriter(config, context, ports),
    };
  }

  async openInput(name: string): Promise<InputFile> {
    return this.#open().openInput(name);
  }

  async openOutput(name: string): Promise<OutputFile> {
    return this.#open().openOutput(name);
  }

  async prepare(intent: CommitIntent, output: string): Promise<Prepared> {
    const identity = `table-${Buffer.from(this.#context.environment.random(8)).toString('hex')}`;
    return prepareMemoryCommit(this.#open(), intent, output, identity);
  }

  async send(request: Json): Promise<CommitOutcome> {
    this.#open();
    return this.#send(request);
  }

  async evidence(target: Json, key: LedgerKey, accepted?: AcceptedRollback): Promise<TableEvidence | null> {
    const table = this.#open().tables.get(tableOf(target));
    return table ? memoryEvidence(table, key, accepted) : null;
  }

  async commits(target: Json, key: LedgerKey): Promise<TableCommit[]> {
    const table = this.#open().tables.get(tableOf(target));
    return table ? memoryCommits(table, key) : [];
  }

  async stagedFilesExist(intent: CommitIntent, output: string): Promise<boolean> {
    const tables = this.#open();
    return stagedMemoryFiles(intent, output).every(({ path, sizeBytes }) => tables.sizeOf(path) === sizeBytes);
  }

  async abandon(intent: CommitIntent, output: string): Promise<void> {
    const tables = this.#open();
    const open = intent.outputs[output]!.attempts.find(({ outcome }) => outcome !== 'refused');
    if (open) {
      const why = `an attempt ended as "${open.outcome ?? 'not answered'}"`;
      throw new CalveError('COMMIT_STATE_UNKNOWN', `The staged files are kept: ${why}.`, { recovery: 'verify' });
    }
    const staged = stagedMemoryFiles(intent, output);
    // The intent may come from an old copy of the state, which does not know that it was sent since.
    const planned = intent.program.outputs.find(({ name }) => name === output);
    const table = planned && tables.tables.get(tableOf(planned.target));
    const live = new Set(table?.snapshots.flatMap(({ files }) => files));
    if (staged.some(({ path }) => live.has(path)))
      throw new CalveError('COMMIT_STATE_UNKNOWN', 'The staged files are kept: a snapshot of the table has them.', {
        recovery: 'verify',
      });
    for (const { path } of staged) tables.deleteFile(path);
  }

  async close(): Promise<void> {
    this.#open();
    this.#isClosed = true;
    this.#onClose();
  }

  #open(): MemoryTables {
    if (this.#isClosed) throw new CalveError('CLOSED', 'This session of the memory sink is closed.');
    return this.#tables;
  }
}

function validateTarget(value: unknown): { value: MemoryTarget } | { issues: { message: string; path?: string[] }[] } {
  const { table, ...others } = (value ?? {}) as Partial<MemoryTarget>;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    return { issues: [{ message: `There is no option "${unknown}"; there is "table".`, path: [unknown] }] };
  if (typeof table === 'string' && table !== '') return { value: { table } };
  return { issues: [{ message: 'table must be a text.', path: ['table'] }] };
}

function tableOf(target: Json): string {
  return (target as unknown as MemoryTarget).table;
}

function nextId(fields: readonly Field[]): number {
  return fields.reduce((most, { id = 0 }) => Math.max(most, id), 0) + 1;
}

function planMemoryChanges(existing: readonly Field[] | null, columns: readonly Field[], table: string): ChangePlan {
  const fields = [...(existing ?? [])];
  const changes: TableChange[] = [];
  const change = (kind: TableChange['kind'], path: string[], before: Json, after: Json, message: string): void => {
    changes.push({ kind, path, before, after, reason: { code: `MEMORY_${kind.toUpperCase()}`, severity: 'info', message } });
  };
  if (!existing) change('create-table', [], null, table, `${table} will be created with ${columns.length} columns.`);
  for (const { name, type, ...rest } of columns) {
    const at = fields.findIndex((field) => field.name === name);
    const known = fields[at];
    if (!known) {
      fields.push({ ...rest, name, type, id: nextId(fields) });
      if (existing) change('add-column', [name], null, typeText(type), `${table} gets the column "${name}" (${typeText(type)}).`);
    } else if (!sameType(known.type, type)) {
      const [before, after] = [typeText(known.type), typeText(type)];
      if (!isWider(known.type, type)) {
        const message = `The column "${name}" is ${before} in the table, but ${after} is to be written.`;
        return { kind: 'impossible', diagnostic: { code: 'SCHEMA_IMPOSSIBLE', severity: 'error', message } };
      }
      fields[at] = { ...known, type };
      change('widen-column', [name], before, after, `The column "${name}" of ${table} becomes ${after}.`);
    }
  }
  return { kind: 'changes', changes, fields };
}

function isWider(before: ColumnType, after: ColumnType): boolean {
  if (before.kind === 'decimal' && after.kind === 'decimal') {
    return before.scale === after.scale && before.precision < after.precision;
  }
  return (before.kind === 'int32' && after.kind === 'int64') || (before.kind === 'float32' && after.kind === 'float64');
}
