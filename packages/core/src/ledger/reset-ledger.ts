import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { type FileGroup, filesText } from './file-group.ts';
import { COUNTED_AS_LOADED } from './unknown-content.ts';

/** What a reset would mean. Plain JSON. */
export interface ResetPreview {
  ingestion: string;
  /** Where the state is, and the table of the first output, for people. */
  state: string;
  table: string;
  /** The ledger as it is; null: there is none. */
  ledger: { generation: string; committed: Record<string, number> } | null;
  /** Per output, the last commit that its table proves. Numbers go on from there. */
  proven: Record<string, number>;
  /** A commit that an earlier process left open: a reset brings it to its end first. */
  open: { sequence: number; commitId: string } | null;
  /** Files in the source that are loaded: `reload` loads them again, and their rows are in the table twice. */
  again: FileGroup;
  /** Files in the source that are not: `reload` loads them like the others, `fromNow` leaves them out for good. */
  others: FileGroup;
  /** Loaded files that are no longer in the source: their rows stay whatever is chosen. */
  gone: number;
  /** Files that may still be written, or cannot be read now: neither choice counts them as loaded, unless they were loaded already. */
  unsettled: number;
}

/** What becomes of the files in the source. Neither is a default. */
export type ResetChoice =
  /** All of them load, also those whose rows are in the table. */
  | { reload: true; fromNow?: never }
  /** All of them count as loaded, also those of which no row is in the table. */
  | { fromNow: true; reload?: never };

/** What a reset did. */
export interface ResetResult {
  generation: string;
  /** Per output, the last commit that its table proved. */
  committed: Record<string, number>;
  /** Files that count as loaded from now on; none of them was read. */
  countedAsLoaded: number;
}

/** True when exactly one of the choices was made. */
export function isResetChoice(value: unknown): value is ResetChoice {
  const { reload, fromNow } = (value ?? {}) as { reload?: unknown; fromNow?: unknown };
  return (reload === true && fromNow === undefined) || (fromNow === true && reload === undefined);
}

/** The error for a reset of which nobody said what becomes of the files; it shows what each choice means. */
export function resetUndecided(preview: ResetPreview): CalveError {
  const { ingestion, table, again, others, gone } = preview;
  const stays = gone > 0 ? ` The rows of ${filesText(gone)} that are no longer in the source stay in ${table}.` : '';
  const reload = `reload: ${filesText(again.count + others.count)} load, ${again.count} of them again, which doubles their rows in ${table}`;
  const fromNow = `fromNow: ${filesText(again.count + others.count)} count as loaded, ${others.count} of them without a row in ${table}`;
  return new CalveError(
    'OPTIONS_INVALID',
    `A reset of ingestion "${ingestion}" forgets which files are loaded and keeps the table, so it has to be told what becomes of the files in the source. ${reload}. ${fromNow}.${stays} Nothing was changed.`,
    { recovery: { kind: 'decide', choices: [reload, fromNow] }, context: preview as unknown as Json },
  );
}

/** The record of a file that counts as loaded without having been read. */
export function countedAsLoaded(unit: ObjectUnit): UnitRecord {
  return {
    unit,
    state: 'ingested',
    code: COUNTED_AS_LOADED,
    finding: {
      code: COUNTED_AS_LOADED,
      severity: 'info',
      message: `${unit.uri} counts as loaded since the ledger was begun anew; nothing of it was read.`,
      at: { unit: unit.key },
    },
    sequence: null,
    counts: null,
    attempts: 0,
  };
}
