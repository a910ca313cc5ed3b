import type { Head, VersionedHead } from '../../checkpoint/checkpoint-store.ts';
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

/**
 * The records of an intent of many files. A commit journals its intent several times, and its records are the same each time, megabytes of them: they
 * stand in rows of their own, which are written when they change, one after the other and never as one text. Nor is any of it read again while nobody else
 * has written.
 */
export class SqliteIntentRecords {
  /** By ledger, the head of an open commit that this store wrote last. While nobody has written since, it stands there. */
  readonly #written = new Map<string, VersionedHead>();

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
    const isThere =
      isApart && known !== undefined && known.version === String(found) && known.head.intent?.records === intent.records;
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
  written(key: LedgerKey, version: bigint, head: Head): void {
    if (head.intent === null) this.#written.delete(nameOf(key));
    else this.#written.set(nameOf(key), { version: String(version), head });
  }

  /** The head that stands there, if it is the one with an open commit that this store wrote last; null: it has to be read. */
  headAsWritten(driver: SqliteDriver, key: LedgerKey): VersionedHead | null {
    const known = this.#written.get(nameOf(key));
    if (known === undefined) return null;
    const [row] = driver.all('SELECT version, tag FROM calve_head WHERE tenant = ? AND ingestion = ?', key.tenant, key.ingestion);
    // A version comes again where an older copy of the file takes its place, and a tag never.
    if (row && String(row['version']) === known.version && row['tag'] === known.head.tag) return known;
    // Somebody else writes this ledger now: what a long-lived host keeps for nothing would be megabytes.
    this.#written.delete(nameOf(key));
    return null;
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
