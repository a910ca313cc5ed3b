import type { OutputState } from '../checkpoint/commit-intent.ts';
import type { RowCounts, UnitState } from '../checkpoint/unit-record.ts';
import type { InputLimits } from '../context/input-limits.ts';
import type { Recovery } from '../errors/recovery.ts';
import type { Int64, Json } from '../json/json.ts';
import type { RunResult } from '../run/run-event.ts';
import type { CommitOutcome } from '../sink/commit-outcome.ts';
import type { TableCommit, TableEvidence } from '../sink/sink.ts';

/**
 * What somebody sends who asks for help. Plain JSON, of bounded size.
 *
 * It is made of named parts, each of which was chosen; nothing is copied as a whole. There are no values of cells, no secrets, no messages (they
 * quote values and paths), no paths and no names of machines. Names of columns, tables and of the ingestion are there; files have labels.
 */
export interface SupportBundle {
  bundleVersion: 1;
  /** ISO 8601 in UTC. */
  createdAt: string;
  /** `default`, or a label. */
  tenant: string;
  ingestion: string;
  /** What `file` says of a unit: a label that is the same in every bundle of this state, or the name without its folders. */
  names: 'labels' | 'kept';
  /** Of Calve's parts by their names, and what the host added about its platform. */
  versions: Record<string, string>;
  limits: InputLimits;
  spec: BundleSpec;
  /** The next plan, as far as there is one; null: it was not asked for. */
  plan: BundlePlan | BundleError | null;
  /** What the source offers now. */
  folder: { files: number; bytes: number; unsettled: number; units: BundleUnit[] } | BundleError;
  ledger: BundleLedger;
  /** By output. */
  tables: Record<string, BundleTable | BundleError>;
  /** Null: nobody recorded a run. */
  run: { runId: string; events: BundleEvent[] } | null;
  /** How many entries of a part were left out, so that the bundle stays small. */
  truncated: Record<string, number>;
}

/** An error without its words, which quote values and paths. */
export interface BundleError {
  error: { code: string; recovery: Recovery['kind']; causes: string[] };
}

/** A finding without its words. */
export interface BundleDiagnostic {
  code: string;
  severity: 'info' | 'warning' | 'error';
  /** Label of a unit, or null. */
  unit: string | null;
  column: string | null;
  line: number | null;
}

/** One version of a file. Equal labels are equal places, contents and versions. */
export interface BundleUnit {
  file: string;
  place: string;
  content: string;
  key: string;
  sizeBytes: number;
  modifiedAt: string;
}

/** A line of the ledger. */
export interface BundleRecord {
  unit: BundleUnit | null;
  state: UnitState;
  code: string | null;
  finding: BundleDiagnostic | null;
  sequence: number | null;
  counts: Record<string, RowCounts> | null;
  attempts: number;
  isHashed: boolean;
}

/** What the ingestion is, without options of sources and values of columns. */
export interface BundleSpec {
  source: string;
  format: string;
  /** Numbers, switches and single characters; others are left out. */
  formatOptions: Record<string, Json>;
  onChanged: string;
  onSameContent: string;
  settleSeconds: number;
  schema: Record<string, string>;
  limits: Record<string, number>;
  outputs: BundleOutput[];
}

/** One output of a spec. */
export interface BundleOutput {
  name: string;
  sink: string;
  table: string;
  rows: string;
  mode: string;
  provenance: string[];
  hasFilter: boolean;
  /** Columns of which the spec says something, and their types. */
  columns: BundleColumn[];
}

/** A column: its name and its type in words. */
export interface BundleColumn {
  name: string;
  type: string;
}

/** How units become rows. */
export interface BundleProgram {
  hash: string;
  readers: { id: string; format: string; kind: string; columns: string[]; traits: Record<string, Json> }[];
  outputs: { name: string; rows: string; mode: string; columns: BundleColumn[]; changes: { kind: string; path: string[] }[] }[];
}

/** What a run would do next. */
export interface BundlePlan {
  id: string;
  generation: string;
  sequence: number;
  commitId: string;
  program: BundleProgram;
  units: (BundleUnit & { because: string; reader: string })[];
  setAside: BundleRecord[];
  skipped: { reason: string; count: number }[];
  findings: BundleDiagnostic[];
  backlog: { units: number; bytes: number };
}

/** The announced commit. */
export interface BundleIntent {
  generation: string;
  sequence: number;
  commitId: string;
  writerId: string;
  runId: string;
  plannedAt: string;
  program: BundleProgram;
  /** Labels as of `BundleUnit.key`. */
  unitKeys: string[];
  records: BundleRecord[];
  outputs: Record<
    string,
    {
      state: OutputState;
      identity: string;
      snapshot: Int64;
      staged: { files: number; rows: number };
      /** The staged files are there, each with its size; null: it could not be told. */
      isStagedThere: boolean | null;
      attempts: { head: Int64 | null; outcome: CommitOutcome['kind'] | null }[];
    }
  >;
}

/** The journal. */
export interface BundleLedger {
  /** Null: there is none. `hasAcceptedRollback`: somebody decided to live with a rollback. */
  head: {
    version: Int64;
    generation: string;
    committed: Record<string, number>;
    commitId: string | null;
    hasWatermark: boolean;
    hasAcceptedRollback: boolean;
    intent: BundleIntent | null;
  } | null;
  /** All records, by state and code. */
  states: Record<string, number>;
  /** What the records of each commit say together, the newest commits. */
  commits: { sequence: number; units: number; counts: Record<string, RowCounts> }[];
  /** Those that are not loaded first, then those of the newest commits. */
  records: BundleRecord[];
}

/** What a table says. */
export interface BundleTable {
  table: string;
  /** Null: there is no table. */
  state: { identity: string; schemaId: number; partitionSpecId: number; snapshot: Int64 | null; columns: BundleColumn[] } | null;
  evidence: TableEvidence | null;
  /** Own commits, newest first. */
  commits: TableCommit[];
}

/** An event of a run. */
export type BundleEvent = { n: number; at: string } & (
  | { kind: 'run-started'; engine: string }
  | { kind: 'planned'; planId: string; units: number; bytes: number; skipped: { reason: string; count: number }[] }
  | { kind: 'degraded'; from: string; to: string }
  | { kind: 'waiting'; reason: string }
  | { kind: 'recovered'; outcome: 'finished' | 'dropped'; units: number | null }
  | { kind: 'unit-finished'; record: BundleRecord }
  | { kind: 'finding'; diagnostic: BundleDiagnostic }
  | { kind: 'schema-changed'; output: string; changes: { kind: string; path: string[] }[] }
  | { kind: 'commit-attempted'; output: string; attempt: number; outcome: CommitOutcome['kind'] }
  | { kind: 'run-finished'; result: Pick<RunResult, 'outcome' | 'units' | 'counts' | 'snapshots'> }
);
