import type {
  AdoptPreview,
  AdoptResult,
  AuditReport,
  CalveErrorData,
  Diagnostic,
  FindingsReport,
  IngestionPlan,
  IngestionSpec,
  LedgerHistory,
  OfferedFix,
  Preview,
  ReplayPreview,
  ResetPreview,
  ResetResult,
  RollbackPreview,
  RollbackResult,
  RunResult,
  SupportBundle,
  TableRows,
  UnitState,
} from '@calve/core';
import type { ReaderCommands } from '@calve/sink-iceberg';
import type { CommandName } from './arguments/command-line.ts';
import type { ExitCode } from './exit-code.ts';

/** What every document of `--json` has. `error` is null exactly when the command did all that it was asked to do. */
export interface CommandEnd<Name extends CommandName | null> {
  command: Name;
  /** Of the process. */
  exitCode: ExitCode;
  error: CalveErrorData | null;
}

/** A file that is not loaded, and why. */
export interface FileSetAside {
  /** Path below the landing folder where it is there, otherwise its URI. */
  file: string;
  state: Exclude<UnitState, 'ingested'>;
  code: string;
  message: string;
  /** What to change in the spec: JSON Patch operations (RFC 6902). */
  fixes: NonNullable<Diagnostic['fixes']>;
}

/** Files that an earlier run quarantined and that did not change since. None of them was tried again. */
export interface QuarantinedBefore {
  count: number;
  /** The first few. */
  examples: FileSetAside[];
}

/** What `run` and `apply` tell about a run, also one that failed in the middle. */
export interface RunReport {
  /** Path of the state file. */
  state: string;
  /** Path of the catalog's SQLite file. */
  catalog: string;
  /** Path of the folder with the data. */
  warehouse: string;
  /** Id of the ingestion. */
  ingestion: string;
  /** `namespace.name`. */
  table: string;
  /** null: rejected rows are not kept. */
  rejectedTable: string | null;
  result: RunResult;
  /** Objects of the source that were left out, per reason. `examples` are URIs. */
  skipped: { reason: string; count: number; examples: string[] }[];
  /** What became of files in this run. */
  setAside: FileSetAside[];
  quarantinedBefore: QuarantinedBefore;
  findings: Diagnostic[];
  /** How to read the table elsewhere; null: it does not exist. */
  readers: ReaderCommands | null;
}

/** `calve run --json`. `run` is null when it could not begin. */
export interface RunDocument extends CommandEnd<'run'> {
  run: RunReport | null;
}

/** `calve apply --json`. `run` is null when it could not begin. */
export interface ApplyDocument extends CommandEnd<'apply'> {
  run: RunReport | null;
}

/** `calve plan --json`. */
export interface PlanDocument extends CommandEnd<'plan'> {
  /** What `--output` writes; its member `spec` is a spec for `--spec`. */
  plan: IngestionPlan | null;
}

/** `calve explain --json`. */
export interface ExplainDocument extends CommandEnd<'explain'> {
  explanation: { planId: string; ingestion: string; text: string } | null;
}

/** `calve preview --json`. */
export interface PreviewDocument extends CommandEnd<'preview'> {
  preview: (Omit<Preview, 'plan'> & { planId: string; setAside: FileSetAside[]; quarantinedBefore: QuarantinedBefore }) | null;
}

/** `calve head --json`. */
export interface HeadDocument extends CommandEnd<'head'> {
  rows: TableRows | null;
}

/** `calve rejects --json`. `raw` of a row is Base64. */
export interface RejectsDocument extends CommandEnd<'rejects'> {
  rows: TableRows | null;
  /** By code of the first error, most rows first; null: `--all`. */
  causes: RejectedCause[] | null;
}

/** Rejected rows of one cause. */
export interface RejectedCause {
  code: string;
  rows: number;
  files: number;
  /** The first three; `file` is a URI, `raw` text of at most 100 characters. */
  examples: { file: string; line: number | null; raw: string }[];
}

/** `calve findings --json`. The exit code is 10 when something did not land, and `error` is null then too. */
export interface FindingsDocument extends CommandEnd<'findings'> {
  findings: FindingsReport | null;
}

/** `calve patch --json`. */
export interface PatchDocument extends CommandEnd<'patch'> {
  /** `path`: the file that holds the spec now. */
  patch: { path: string; applied: OfferedFix[]; spec: IngestionSpec } | null;
}

/** `calve replay --json`. `run` is null with `--dry-run`, `preview` is null without; both are when it could not begin. */
export interface ReplayDocument extends CommandEnd<'replay'> {
  run: RunReport | null;
  preview: ReplayPreview | null;
}

/** `calve history --json`. */
export interface HistoryDocument extends CommandEnd<'history'> {
  history: LedgerHistory | null;
}

/** `calve audit --json`. The exit code is 10 when something wants attention, and `error` is null then too. */
export interface AuditDocument extends CommandEnd<'audit'> {
  audit: AuditReport | null;
}

/** `calve bundle --json`. */
export interface BundleDocument extends CommandEnd<'bundle'> {
  bundle: SupportBundle | null;
}

/** `calve adopt --json`. */
export interface AdoptDocument extends CommandEnd<'adopt'> {
  /**
   * `preview`: what would become known, and whether there is anything to do (`ledger`); null: with `--yes` nothing had to be asked. `result`: null when
   * nothing was done; its outcome `already-there` says that there was nothing to do.
   */
  adopt: { preview: AdoptPreview | null; result: AdoptResult | null } | null;
}

/** `calve reset --json`. */
export interface ResetDocument extends CommandEnd<'reset'> {
  /** `preview`: what each choice means; null when one was made. `result`: null when none was. */
  reset: { preview: ResetPreview | null; result: ResetResult | null } | null;
}

/** `calve accept-rollback --json`. */
export interface AcceptRollbackDocument extends CommandEnd<'accept-rollback'> {
  /** `preview`: what each choice means, its `tables` empty where there is nothing to accept; null when one was made. `result`: null when none was. */
  acceptRollback: { preview: RollbackPreview | null; result: RollbackResult | null } | null;
}

/** The document of a command line that names no command. */
export interface UnknownCommandDocument extends CommandEnd<null> {}

/** The one object that a command with `--json` writes to stdout. `command` tells which. */
export type CommandDocument =
  | RunDocument
  | ApplyDocument
  | PlanDocument
  | ExplainDocument
  | PreviewDocument
  | HeadDocument
  | RejectsDocument
  | FindingsDocument
  | PatchDocument
  | ReplayDocument
  | HistoryDocument
  | AuditDocument
  | BundleDocument
  | AdoptDocument
  | ResetDocument
  | AcceptRollbackDocument
  | UnknownCommandDocument;
