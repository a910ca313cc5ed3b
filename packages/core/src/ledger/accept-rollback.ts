import type { AcceptedRollbacks } from '../checkpoint/accepted-rollback.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Int64, Json } from '../json/json.ts';
import type { TableEvidence } from '../sink/sink.ts';
import { type FileGroup, filesText } from './file-group.ts';

/** One table that was rolled back, or may have been. */
export interface RolledBackTable {
  table: string;
  /** As `TableEvidence` has it. */
  rollback: NonNullable<TableEvidence['rollback']>;
  /** The newest commit that the table proves, and its snapshot, which readers do not see, or not for certain. */
  proven: number;
  snapshot: Int64;
  /** The newest commit that readers see for certain; 0: none. */
  shown: number;
  /** What readers see now; null: nothing. */
  head: Int64 | null;
}

/** What accepting a rollback would mean. Plain JSON. */
export interface RollbackPreview {
  ingestion: string;
  /** Where the state is, and the table of the first output, for people. */
  state: string;
  table: string;
  /** By output, only those that somebody has to decide about; empty: there is nothing to accept. */
  tables: Record<string, RolledBackTable>;
  /** A commit that an earlier process left open. It goes on, unless it is one of those that went, or loads files again whose rows came back. */
  open: { sequence: number; commitId: string } | null;
  /** Files whose rows went and that are in the source: `reingest` loads them as they are there now, `leaveOut` leaves them out. */
  files: FileGroup;
  /** Files whose rows went and that are no longer in the source: nothing brings their rows back. */
  gone: FileGroup;
  /** Files whose rows were gone and came back: they count as loaded again, whatever is chosen. */
  back: FileGroup;
  /** By output, rows that went, as the ledger counted them when they were loaded. */
  rows: Record<string, number>;
  /** By output, rows of files that load again and whose earlier rows are still in that table: with `reingest` they are there twice. */
  twice: Record<string, number>;
  /**
   * False: which files are concerned cannot be told, since snapshots have expired and the table has no columns that name the file of a row. Files
   * that cannot be told are in none of the groups, `reingest` is refused, and `leaveOut` keeps the ledger as it is.
   */
  isTold: boolean;
}

/** What becomes of the files whose rows went. Neither is a default. */
export type RollbackChoice =
  /** They are planned again, under new numbers. */
  | { reingest: true; leaveOut?: never }
  /** They stay out of the table, and count as loaded. */
  | { leaveOut: true; reingest?: never };

/** What was done. `nothing-to-accept`: the table was not rolled back, or that was accepted before; nothing was changed. */
export interface RollbackResult {
  outcome: 'accepted' | 'nothing-to-accept';
  /** Files that are planned again, or left out. */
  files: number;
  /** Files that count as loaded again since their rows came back. */
  back: number;
  /** By output, what the ledger lives with from now on. */
  accepted: AcceptedRollbacks;
}

/** True when exactly one of the choices was made. */
export function isRollbackChoice(value: unknown): value is RollbackChoice {
  const { reingest, leaveOut } = (value ?? {}) as { reingest?: unknown; leaveOut?: unknown };
  return (reingest === true && leaveOut === undefined) || (leaveOut === true && reingest === undefined);
}

/** The error for a rollback of which nobody said what becomes of the files; it shows what each choice means. */
export function rollbackUndecided(preview: RollbackPreview): CalveError {
  const { table, files, gone } = preview;
  const lost = gone.count > 0 ? ` The rows of ${filesText(gone.count)} that are no longer in the source stay gone.` : '';
  const reingest = `reingest: ${filesText(files.count)} load again`;
  const leaveOut = `leaveOut: ${filesText(files.count + gone.count)} count as loaded, without a row in ${table}`;
  return new CalveError(
    'OPTIONS_INVALID',
    `To accept that ${table} was rolled back, it has to be said what becomes of the files whose rows went. ${reingest}. ${leaveOut}.${lost} Nothing was changed.`,
    { recovery: { kind: 'decide', choices: [reingest, leaveOut] }, context: preview as unknown as Json },
  );
}

/** The error for files that were to load again when nobody can tell which ones those are. */
export function reingestUntold(preview: RollbackPreview): CalveError {
  const { table } = preview;
  return new CalveError(
    'TABLE_ROLLED_BACK',
    `Which files went from ${table} cannot be told: the snapshots that would tell have expired, and the table has no columns that name the file of a row. ` +
      'Nothing was changed. Accept it and leave out what is missing, or reset the ledger, which loads everything or nothing.',
    {
      recovery: {
        kind: 'decide',
        choices: ['accept with leaveOut', 'reset the ledger with reload', 'reset the ledger with fromNow'],
      },
      context: preview as unknown as Json,
    },
  );
}
