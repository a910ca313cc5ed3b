import type { CommitIntent, LedgerKey } from '../../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../../checkpoint/unit-record.ts';
import type { SqliteDriver, SqliteRow } from './sqlite-driver.ts';

/** Records of one row, some 100 kB. An intent of no more than that has them in its own text. */
const PART = 100;

/**
 * An intent of many files, as it stands in `calve_head`: its records are in so many rows of `calve_intent_records`. `unitKeys` null: they are those of
 * the records, in their order.
 */
export type IntentApart = Omit<CommitIntent, 'records' | 'unitKeys'> & { records: { parts: number }; unitKeys: string[] | null };

interface Written {
  /** Of the head. */
  version: bigint;
  records: readonly UnitRecord[];
}

/**
 * The records of an intent of many files. A commit journals its intent several times, and its records are the same each time, megabytes of them: they
 * stand in rows of their own, which are written when they change, one after the other and never as one text.
 */
export class SqliteIntentRecords {
  /** By ledger, what this store wrote last. While nobody has written since, it stands there. */
  readonly #written = new Map<string, Written>();

  /**
   * Writes the records of an intent; call inside the transaction that writes its head.
   *
   * @param found Version of the head that was read in this transaction; null: there was none.
   * @returns The intent as it belongs into the head.
   */
  write(
    driver: SqliteDriver,
    key: LedgerKey,
    found: bigint | null,
    intent: CommitIntent | null,
  ): CommitIntent | IntentApart | null {
    const isApart = intent !== null && intent.records.length > PART;
    const known = this.#written.get(nameOf(key));
    const isThere = isApart && known !== undefined && known.version === found && known.records === intent.records;
    if (!isThere) driver.run('DELETE FROM calve_intent_records WHERE tenant = ? AND ingestion = ?', key.tenant, key.ingestion);
    if (!isApart) return intent;
    const { records, unitKeys, ...rest } = intent;
    const areOfRecords = unitKeys.length === records.length && records.every(({ unit }, index) => unit.key === unitKeys[index]);
    const parts = Math.ceil(records.length / PART);
    for (let part = 0; part < parts && !isThere; part += 1) {
      const text = JSON.stringify(records.slice(part * PART, (part + 1) * PART));
      driver.run(
        'INSERT INTO calve_intent_records (tenant, ingestion, part, records) VALUES (?, ?, ?, ?)',
        ...[key.tenant, key.ingestion, part, text],
      );
    }
    return { ...rest, unitKeys: areOfRecords ? null : unitKeys, records: { parts } };
  }

  /** To be called when the transaction of `write` is durable, and not before. @param version Of the head that it wrote. */
  written(key: LedgerKey, version: bigint, intent: CommitIntent | null): void {
    if (intent !== null && intent.records.length > PART) this.#written.set(nameOf(key), { version, records: intent.records });
    else this.#written.delete(nameOf(key));
  }
}

/**
 * The whole of an intent whose records stand apart.
 *
 * @param head The row that was read.
 * @returns null: the head has changed since it was read, and what is there belongs to another one.
 */
export function wholeIntent(
  driver: SqliteDriver,
  { tenant, ingestion }: LedgerKey,
  head: SqliteRow,
  { records: { parts }, unitKeys, ...rest }: IntentApart,
): CommitIntent | null {
  const rows = driver.all(
    `SELECT version, records FROM calve_head JOIN calve_intent_records USING (tenant, ingestion)
      WHERE tenant = ? AND ingestion = ? ORDER BY part`,
    ...[tenant, ingestion],
  );
  if (rows.length !== parts || rows.some(({ version }) => version !== head['version'])) return null;
  const records = rows.flatMap((row) => JSON.parse(String(row['records'])) as UnitRecord[]);
  return { ...rest, unitKeys: unitKeys ?? records.map(({ unit }) => unit.key), records };
}

function nameOf({ tenant, ingestion }: LedgerKey): string {
  return `${tenant}/${ingestion}`;
}
