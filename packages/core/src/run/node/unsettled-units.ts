import type { LedgerKey } from '../../checkpoint/commit-intent.ts';
import type { SqliteDriver } from './sqlite-driver.ts';
import { columnText } from './unit-record-row.ts';

/** Stands between keys that are joined. A key that holds it is looked for by itself. */
const SEPARATOR = '\u0002';

/** Between the first and the last key of a page there may be so many times as many others before they are asked for one by one. */
const SPREAD = 2;

/** Both conditions and the key stand in the index `calve_units_state`, so that no record is read. */
const SETTLED = `tenant = ? AND ingestion = ? AND state = 'ingested' AND code IS NULL`;

/**
 * Which of the keys have no plain `ingested` record.
 *
 * Listings come in the order of names, in which the keys are too. So a page is nearly always one stretch of the index, which SQLite reads three
 * times faster than it finds as many keys one by one; and where nothing is new, the stretch is the page, which one comparison of two texts tells.
 *
 * @param unitKeys Up to 1,000.
 */
export function unsettledUnits(driver: SqliteDriver, key: LedgerKey, unitKeys: readonly string[]): readonly string[] {
  const wanted = unitKeys.map(columnText).sort();
  const joined = wanted.join(SEPARATOR);
  const stretch = isJoined(joined, wanted.length) ? settledStretch(driver, key, wanted) : null;
  if (stretch?.found === wanted.length && stretch.keys === joined) return [];
  if (stretch?.found === 0) return unitKeys;
  const isTold = stretch !== null && isJoined(stretch.keys, stretch.found);
  const settled = new Set(isTold ? stretch.keys.split(SEPARATOR) : settledAmong(driver, key, wanted));
  return unitKeys.filter((unitKey) => !settled.has(columnText(unitKey)));
}

/** Whether a text is so many keys, of which none holds the separator. */
function isJoined(text: string, keys: number): boolean {
  return text.split(SEPARATOR).length === keys;
}

/**
 * All settled keys from the first to the last of the wanted ones.
 *
 * SQLite orders by UTF-8, the language by UTF-16: keys that differ beyond the Basic Multilingual Plane may lie outside of the stretch. They count as
 * unsettled then, which costs a look-up and nothing else.
 *
 * @returns null: there are too many others between them.
 */
function settledStretch(
  driver: SqliteDriver,
  { tenant, ingestion }: LedgerKey,
  wanted: readonly string[],
): { found: number; keys: string } | null {
  const limit = wanted.length * SPREAD;
  const row = driver.all(
    `SELECT group_concat(unit_key, ?) AS keys, count(*) AS found FROM (
      SELECT unit_key FROM calve_units WHERE ${SETTLED} AND unit_key BETWEEN ? AND ? ORDER BY unit_key LIMIT ?)`,
    ...[SEPARATOR, tenant, ingestion, wanted[0] ?? '', wanted.at(-1) ?? '', limit],
  )[0];
  const found = Number(row?.['found']);
  return found === limit ? null : { found, keys: String(row?.['keys']) };
}

function settledAmong(driver: SqliteDriver, { tenant, ingestion }: LedgerKey, wanted: readonly string[]): string[] {
  const rows = driver.all(
    `SELECT value FROM json_each(?) AS wanted CROSS JOIN calve_units ON ${SETTLED} AND unit_key = wanted.value`,
    ...[JSON.stringify(wanted), tenant, ingestion],
  );
  return rows.map((row) => String(row['value']));
}
