import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { InputUnit } from '../source/input-unit.ts';

/**
 * Rows of one unit in one output. The law: read + expanded = written + rejected + filtered + deduplicated. Rescued cells are inside
 * `written`; `replaced` are table rows that went away.
 */
export interface RowCounts {
  read: number;
  expanded: number;
  written: number;
  rejected: number;
  filtered: number;
  deduplicated: number;
  replaced: number;
}

/**
 * Where a unit ended.
 *
 * - `ingested`: its rows are in the table.
 * - `skipped`: left out on purpose, `finding` says why.
 * - `held`: waits for a decision.
 * - `quarantined`: its content is bad; tried again only when it changes, or when the spec reads it otherwise or the limit that stopped it is
 *   raised.
 * - `failed`: the environment's fault; tried again next run.
 */
export type UnitState = 'ingested' | 'skipped' | 'held' | 'quarantined' | 'failed';

/** One line of the ledger: one version of one unit. */
export interface UnitRecord {
  unit: InputUnit;
  state: UnitState;
  finding?: Diagnostic;
  /** The commit that it belongs to; null when none. Of a version that was replaced, the one that took its rows. */
  sequence: number | null;
  /** Of a version that was replaced: the commit that had loaded its rows, where that is known. */
  loadedIn?: number;
  /** Per output; null: unreadable, not countable. */
  counts: Record<string, RowCounts> | null;
  /** Of the stored bytes, hexadecimal; learned while reading. */
  sha256?: string;
  code?: string;
  attempts: number;
  /** Of a quarantined unit, and of one with rejected rows: how it was read. Of one with too many of them: what judged it. */
  observation?: Json;
}
