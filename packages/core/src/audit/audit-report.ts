import type { Int64 } from '../json/json.ts';

/**
 * What an audit can find.
 *
 * - `never-seen`: a file is in the folder, and neither ledger nor table know it.
 * - `changed-after-load`: a file stands where another version was loaded.
 * - `loaded-but-gone`: in ledger and table, and not among the files of the folder any more.
 * - `twice-in-table`: the table has more rows of a file version than were loaded.
 * - `missing-from-table`: the table has fewer rows of a file version than were loaded, or none.
 * - `not-in-ledger`: the table has rows that name a file version of which the ledger knows nothing.
 * - `rejected-rows`: the table of rejected rows has more or fewer of a file version than were set aside.
 * - `set-aside`: files of the folder that are held, quarantined, failed or skipped; `reason` is the code.
 * - `counted-as-loaded`: files that count as loaded because somebody chose so; their rows were never counted.
 * - `ledger-and-table`: ledger and table are not of one history, or one of them is an old copy; `reason` is the code.
 * - `open-commit`: an earlier run was stopped, or is running now.
 * - `unnamed-rows`: rows that name no file; another writer added them.
 * - `unsettled`: files that may still be written, or cannot be read now.
 * - `not-compared`: what could not be compared, and why.
 * - `changed-meanwhile`: somebody commits while the audit looks, so its parts may be of different times.
 */
export type AuditKind =
  | 'never-seen'
  | 'changed-after-load'
  | 'loaded-but-gone'
  | 'twice-in-table'
  | 'missing-from-table'
  | 'not-in-ledger'
  | 'rejected-rows'
  | 'set-aside'
  | 'counted-as-loaded'
  | 'ledger-and-table'
  | 'open-commit'
  | 'unnamed-rows'
  | 'unsettled'
  | 'not-compared'
  | 'changed-meanwhile';

/** Rows as the ledger counted them when they were loaded, and as the table has them now. */
export interface RowsCompared {
  ledger: number;
  table: number;
}

/** One of the files that a finding is about. */
export interface AuditExample {
  /** URI. */
  file: string;
  version: string;
  /** null: the finding is not about rows. */
  rows: RowsCompared | null;
}

/** One way to go on. */
export interface AuditChoice {
  words: string;
  /** The command of `calve` that does it, and of the method of the same name in camel case; null: there is none. */
  command: 'run' | 'audit' | 'adopt' | 'reset' | 'accept-rollback' | 'history' | null;
}

/** One thing that an audit found. */
export interface AuditFinding {
  kind: AuditKind;
  /** `error`: rows are twice or missing, or will be; `warning`: somebody should look; `information`: as it may well be. */
  severity: 'error' | 'warning' | 'information';
  /** What it is and why, in plain sentences, without names of files. */
  message: string;
  /** A code, where one says more: that of the files set aside, or of the error with which a run would stop. */
  reason: string | null;
  /** How many files, or versions of files; null: the finding is not about files. */
  files: number | null;
  /** Over all of them; null: the finding is not about rows. */
  rows: RowsCompared | null;
  /** The first few. */
  examples: AuditExample[];
  /** What can be done; several are a choice, none: nothing has to be done. */
  choices: AuditChoice[];
}

/** What folder, ledger and table say about each other. Plain JSON. */
export interface AuditReport {
  reportVersion: 1;
  ingestion: string;
  /** ISO 8601 in UTC. */
  at: string;
  /** Where the state is, and the tables, for people. */
  state: string;
  table: string;
  /** null: rejected rows are not kept. */
  rejectedTable: string | null;
  /** No finding is an error or a warning. */
  isHealthy: boolean;
  /** How rows were compared: for each version of a file, only their sum (the table has no columns that name the file), or not at all. */
  compared: 'files' | 'totals' | 'nothing';
  folder: { files: number; bytes: number };
  /** What was loaded, as it was counted then. `commit`: number of the last one. `files`: versions that were loaded and counted. */
  ledger: { generation: string | null; commit: number; files: number; rows: number; rejected: number };
  /** What the tables hold; null: not known. `commit`: the last one of this ledger that the table proves. */
  found: { snapshot: Int64 | null; commit: number; files: number | null; rows: number | null; rejected: number | null };
  /** Versions of files of which ledger and table say the same, and their rows. */
  agreeing: { files: number; rows: number; rejected: number };
  /** The gravest first. */
  findings: AuditFinding[];
}
