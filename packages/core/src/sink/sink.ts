import type { AcceptedRollback } from '../checkpoint/accepted-rollback.ts';
import type { CommitIntent, LedgerKey } from '../checkpoint/commit-intent.ts';
import type { ColumnBatch } from '../columns/column-batch.ts';
import type { Field } from '../columns/column-type.ts';
import type { CallContext } from '../context/call-context.ts';
import type { Plugin, Session } from '../context/plugin.ts';
import type { Portable } from '../context/portable.ts';
import type { CalveErrorData } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Int64, Json, Path } from '../json/json.ts';
import type { Program } from '../plan/ingestion-plan.ts';
import type { WriteMode } from '../spec/ingestion-spec.ts';
import type { CommitOutcome } from './commit-outcome.ts';
import type { InputFile, OutputFile, TableWriter, WriterPorts } from './table-writer.ts';

/** Where rows go. */
export interface SinkPlugin<Output = Json, Input = Output> extends Plugin<Output, Input> {
  contract: 'sink/1';
  /** Modes that this sink can commit. A spec that asks for another one is refused when it is parsed. */
  modes: WriteMode['kind'][];
  /**
   * Its writers can take the rows of one file out of a table, which a corrected file needs (`onChanged: 'replace'`). Default: they cannot, and such
   * a spec is refused when it is parsed.
   */
  replacesFiles?: true;
  /** Pure. Options of the table that takes the rejected rows of a table with these options. */
  quarantine(options: Output): Json;
  /** Called once per plan or run. */
  connect(context: CallContext): Promise<SinkSession>;
}

/** State of a table as one `inspect` saw it. Plain JSON. */
export interface TableState {
  /** Never reused: a table that was dropped and created again has another one. */
  identity: string;
  fields: Field[];
  schemaId: number;
  partitionSpecId: number;
  snapshot: Int64 | null;
  /**
   * Names that columns had before, as far as the table knows: only those that no column has now, compared without case. `to` is the present
   * name. Absent: there are none, or the sink renames no columns.
   */
  renamed?: { from: Path; to: Path }[];
  /** The sink's own. */
  raw: Json;
}

/** One change of a table, in plain data. */
export interface TableChange {
  kind:
    | 'create-table'
    | 'add-column'
    | 'widen-column'
    | 'make-optional'
    | 'rename-column'
    | 'drop-column'
    | 'set-property'
    | 'set-partitioning'
    | 'set-sort-order';
  path: Path;
  before: Json;
  after: Json;
  reason: Diagnostic;
}

/**
 * The changes that make a table accept columns, or why none exist. `fields`: all columns of the table afterwards, with ids, in table order.
 * `diagnostic.at.column`: the column that stands in the way, where it is one; core then says what can be done about it.
 */
export type ChangePlan =
  | { kind: 'changes'; changes: TableChange[]; fields: Field[] }
  | { kind: 'impossible'; diagnostic: Diagnostic };

/**
 * What a spec decided about columns that a table may have. A table that lacks such a column has been changed already, or never had it: that
 * is no reason for an error.
 */
export interface SchemaDecisions {
  /** Columns that go on under another name, with their values. */
  renames: { from: Path; to: Path }[];
  /** Columns that go, with their values. */
  drops: Path[];
}

/** What a table itself proves about a ledger. */
export interface TableEvidence {
  generation: string;
  sequence: number;
  commitId: string;
  snapshot: Int64;
  kept: 'property' | 'tag' | 'summary';
  /**
   * Why nothing may be added to the table before somebody decides; absent: readers see the snapshot, or it expired, as it should.
   *
   * - `rolled-back`: the snapshot is still there, but readers do not see it any more.
   * - `undecidable`: the snapshot is there, and the history that would tell has expired.
   * - `came-back`: a rollback was accepted and its files were to be loaded again, and now the snapshot is back.
   */
  rollback?: 'rolled-back' | 'undecidable' | 'came-back';
}

/** A commit of a ledger whose snapshot a table still lists. */
export interface TableCommit {
  generation: string;
  sequence: number;
  commitId: string;
  snapshot: Int64;
  /** ISO 8601 in UTC; null: the table does not tell. */
  at: string | null;
  /** How many files or intervals were in it; null: the table does not tell. */
  units: number | null;
  /** How many rows of them were rejected, wherever those are; null: the table does not tell. */
  rejectedRows: number | null;
  /** Whether readers see its rows: `undecidable` when the history that would tell has expired. */
  state: 'live' | 'rolled-back' | 'undecidable';
}

/** First half of an attempt. */
export type Prepared =
  /** `request` is everything that `send` needs, as plain JSON. `head`: the snapshot that the request asserts. */
  | { kind: 'ready'; head: Int64 | null; request: Json }
  /** Our evidence is there. */
  | { kind: 'already-committed'; snapshot: Int64 }
  /**
   * This intent must not be sent: fenced, replaced, rolled back. Or (`REWRITE_CONFLICT`) another writer touched what it replaces. `isVoid`: the table
   * has left behind every head that an attempt asserted, so nothing that was sent can be applied any more, whatever was answered.
   */
  | { kind: 'stop'; error: CalveErrorData; isVoid?: true };

/** What a read is asked for. */
export interface ReadRequest {
  columns?: readonly Path[];
  limit?: number;
  /** Default: the current one. */
  snapshot?: Int64;
  signal: AbortSignal;
}

/**
 * Tables of one catalog. An attempt has two halves, `prepare` and `send`, with core's journal entry between them: that is what the
 * exactly-once protocol needs. `target` is always the validated options of an output.
 */
export interface SinkSession extends Session {
  /** Current state, straight from the catalog. */
  inspect(target: Json): Promise<TableState | 'absent'>;
  /**
   * Pure: the ordered changes that make `state` accept `fields` (the DDL preview). Fields are matched by name, members of structs too.
   *
   * @param decisions Carried out first; `fields` are those afterwards. A sink that cannot do it answers `impossible`. Absent: none.
   */
  planChanges(state: TableState | 'absent', fields: readonly Field[], target: Json, decisions?: SchemaDecisions): ChangePlan;
  /** How people name the table: `sales.orders`. */
  describe(target: Json): { name: string; location: string };
  /** How another engine reaches this table. */
  tableAccess(target: Json): ReturnType<Session['externalAccess']>;
  /**
   * Rows of the committed table as any reader sees them, never from memory of this run. No rows when the table is absent or empty.
   * The receiver releases each batch.
   */
  read(target: Json, request: ReadRequest): AsyncIterable<ColumnBatch>;
  /** Stage: files under names never used before. No table metadata is touched. */
  writer(program: Program, intent: CommitIntent, output: string): Portable<TableWriter, WriterPorts>;
  openOutput(name: string): Promise<OutputFile>;
  /** Opens a file of a table for a writer that rewrites it. Absent: writers only add files. */
  openInput?(name: string): Promise<InputFile>;
  /** Attempt, first half: load, look for our evidence, reduce metadata; sends nothing. Core then journals COMMITTING with `head`. */
  prepare(intent: CommitIntent, output: string): Promise<Prepared>;
  /** Second half: exactly one request. Never throws for a lost answer: that is `unknown`. */
  send(request: Json): Promise<CommitOutcome>;
  /**
   * Verify: what the table proves about this ledger now. `null`: nothing, or no table.
   *
   * @param accepted A rollback that somebody decided to live with: it is not told again. `prepare` finds it in the intent.
   */
  evidence(target: Json, key: LedgerKey, accepted?: AcceptedRollback): Promise<TableEvidence | null>;
  /**
   * The commits of a ledger that the table still lists, newest first, those that were rolled back too. None when there is no table. Absent: the
   * sink keeps no history, and the newest commit is known from `evidence`.
   */
  commits?(target: Json, key: LedgerKey): Promise<TableCommit[]>;
  /** True when every staged file of the output exists with its recorded size. */
  stagedFilesExist(intent: CommitIntent, output: string): Promise<boolean>;
  /**
   * Deletes staged files. Refuses (`COMMIT_STATE_UNKNOWN`) unless every attempt of the output is journaled as `refused`.
   * Refuses also where the table has had the files: the intent may come from an old copy of the state.
   */
  abandon(intent: CommitIntent, output: string): Promise<void>;
}
