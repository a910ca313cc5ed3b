import type { LedgerKey } from '../../checkpoint/commit-intent.ts';
import type { Lease, LeaseAnswer, LeaseHolder, LeaseStore } from '../../checkpoint/lease.ts';
import type { Int64 } from '../../json/json.ts';
import type { SqliteDriver, SqliteRow } from './sqlite-driver.ts';

/**
 * Beside the tables of the ledger and made by the first lease. Names are public API: `SELECT * FROM calve_lease` tells who works. `fence` stays when
 * the lease is given back; everything else is null then.
 */
const TABLE = `
CREATE TABLE IF NOT EXISTS calve_lease (
  tenant TEXT NOT NULL, ingestion TEXT NOT NULL, fence INTEGER NOT NULL, holder TEXT, beat INTEGER, since TEXT, renewed_at TEXT,
  PRIMARY KEY (tenant, ingestion)
) STRICT`;

const COLUMNS = 'fence, holder, beat, since, renewed_at';

/** Whether a later fence than that of a writer was handed out. Call inside the transaction of its change. */
export function isFenced(driver: SqliteDriver, key: LedgerKey, fence: Int64 | undefined): boolean {
  if (fence === undefined) return false;
  driver.run(TABLE);
  return String(rowOf(driver, key)?.['fence'] ?? 0) !== fence;
}

/** Leases in the file of the state. Every call is one transaction of all of SQLite, hence of all processes. */
export class SqliteLeaseStore implements LeaseStore {
  readonly #transaction: <T>(work: (driver: SqliteDriver) => T) => T;

  /** @param transaction Of the store: opens or makes the file, and throws what opening it throws. */
  constructor(transaction: <T>(work: (driver: SqliteDriver) => T) => T) {
    this.#transaction = transaction;
  }

  async acquire(key: LedgerKey, holder: LeaseHolder, at: string, silent?: Pick<Lease, 'fence' | 'beat'>): Promise<LeaseAnswer> {
    return this.#transaction((driver) => {
      driver.run(TABLE);
      const row = rowOf(driver, key);
      const lease = leaseOf(row);
      if (lease?.holder.token === holder.token) return { kind: 'acquired', fence: lease.fence };
      if (lease && (lease.fence !== silent?.fence || lease.beat !== silent.beat)) return { kind: 'held', lease };
      const fence = BigInt((row?.['fence'] as bigint | undefined) ?? 0n) + 1n;
      driver.run(
        `INSERT OR REPLACE INTO calve_lease (tenant, ingestion, ${COLUMNS}) VALUES (?, ?, ?, ?, 0, ?, ?)`,
        ...[key.tenant, key.ingestion, fence, JSON.stringify(holder), at, at],
      );
      return { kind: 'acquired', fence: String(fence) };
    });
  }

  async renew(key: LedgerKey, fence: Int64, at: string): Promise<'renewed' | 'lost'> {
    return this.#transaction((driver) => {
      driver.run(TABLE);
      if (leaseOf(rowOf(driver, key))?.fence !== fence) return 'lost';
      driver.run(
        'UPDATE calve_lease SET beat = beat + 1, renewed_at = ? WHERE tenant = ? AND ingestion = ?',
        at,
        key.tenant,
        key.ingestion,
      );
      return 'renewed';
    });
  }

  async release(key: LedgerKey, fence: Int64): Promise<void> {
    this.#transaction((driver) => {
      driver.run(TABLE);
      driver.run(
        `UPDATE calve_lease SET holder = NULL, beat = NULL, since = NULL, renewed_at = NULL
         WHERE tenant = ? AND ingestion = ? AND fence = ?`,
        ...[key.tenant, key.ingestion, BigInt(fence)],
      );
    });
  }
}

function rowOf(driver: SqliteDriver, { tenant, ingestion }: LedgerKey): SqliteRow | undefined {
  return driver.all(`SELECT ${COLUMNS} FROM calve_lease WHERE tenant = ? AND ingestion = ?`, tenant, ingestion)[0];
}

/** null: nobody holds it. */
function leaseOf(row: SqliteRow | undefined): Lease | null {
  if (!row || row['holder'] === null) return null;
  return {
    fence: String(row['fence']),
    holder: JSON.parse(String(row['holder'])) as LeaseHolder,
    beat: Number(row['beat']),
    since: String(row['since']),
    renewedAt: String(row['renewed_at']),
  };
}
