import type { Head } from '../../checkpoint/checkpoint-store.ts';
import type { CommitIntent } from '../../checkpoint/commit-intent.ts';
import type { UnitRecord, UnitState } from '../../checkpoint/unit-record.ts';
import type { SqliteRow } from './sqlite-driver.ts';
import type { IntentApart } from './sqlite-intent-records.ts';

/** A head as a row of `calve_head` holds it. */
export type StoredHead = Omit<Head, 'intent'> & { intent: CommitIntent | IntentApart | null };

/** Begins a text that is kept as JSON. */
const ESCAPED = '\u0001';

/**
 * Text as it may stand in a key column. SQLite keeps UTF-8 only, and would make one of two keys that differ in a lone surrogate (file
 * names on Windows may hold one); its own functions stop at a zero character. Such a text is kept as JSON, ordinary ones as they are.
 */
export function columnText(value: string): string {
  const isOrdinary = value.isWellFormed() && !value.includes('\u0000') && !value.startsWith(ESCAPED);
  return isOrdinary ? value : `${ESCAPED}${JSON.stringify(value)}`;
}

/** The values of `INSERT INTO calve_units`, in the order of `UNIT_COLUMNS`, without `tenant`, `ingestion` and `entry`. */
export function unitRecordRow(record: UnitRecord): (string | number | null)[] {
  const { unit } = record;
  const isObject = unit.kind === 'object';
  return [
    columnText(unit.key),
    isObject ? columnText(unit.place) : null,
    isObject ? columnText(unit.fingerprint) : null,
    JSON.stringify(unit),
    record.state,
    record.sequence,
    record.counts === null ? null : JSON.stringify(record.counts),
    record.sha256 ?? null,
    record.code ?? null,
    record.finding === undefined ? null : JSON.stringify(record.finding),
    record.attempts,
    record.observation === undefined ? null : JSON.stringify(record.observation),
    record.loadedIn ?? null,
  ];
}

/** Columns that a record consists of, in a file that is up to date. */
export const UNIT_COLUMNS =
  'unit_key, place, fingerprint, unit, state, sequence, counts, sha256, code, finding, attempts, observation, loaded_in';

/** The record that a row holds. */
export function unitRecordOf(row: SqliteRow): UnitRecord {
  return {
    unit: json(row['unit']),
    state: row['state'] as UnitState,
    ...(row['finding'] === null ? {} : { finding: json(row['finding']) }),
    sequence: row['sequence'] === null ? null : Number(row['sequence']),
    ...(row['loaded_in'] == null ? {} : { loadedIn: Number(row['loaded_in']) }),
    counts: row['counts'] === null ? null : json(row['counts']),
    ...(row['sha256'] === null ? {} : { sha256: String(row['sha256']) }),
    ...(row['code'] === null ? {} : { code: String(row['code']) }),
    attempts: Number(row['attempts']),
    ...(row['observation'] === null ? {} : { observation: json(row['observation']) }),
  };
}

/** What a row of `calve_head` holds. */
export function versionedHeadOf(row: SqliteRow): { version: string; head: StoredHead } {
  return {
    version: String(row['version']),
    head: {
      generation: String(row['generation']),
      committed: json(row['committed']),
      commitId: row['commit_id'] === null ? null : String(row['commit_id']),
      intent: row['intent'] === null ? null : json(row['intent']),
      watermark: json(row['watermark']),
      ...(row['accepted'] == null ? {} : { accepted: json(row['accepted']) }),
      ...(row['modes'] == null ? {} : { modes: json(row['modes']) }),
      tag: String(row['tag']),
    },
  };
}

function json<T>(value: unknown): T {
  return JSON.parse(String(value)) as T;
}
