import { resolve } from 'node:path';
import type { CheckpointStore, CheckpointStoreFactory, VersionedHead } from '../../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../../checkpoint/unit-record.ts';
import { CalveError } from '../../errors/calve-error.ts';
import { createCheckpointTables, hasCheckpointTables, upgradeCheckpointTables } from './sqlite-checkpoint-schema.ts';
import { openSqlite, type SqliteDriver } from './sqlite-driver.ts';
import { type IntentApart, SqliteIntentRecords, wholeIntent } from './sqlite-intent-records.ts';
import { isFenced, SqliteLeaseStore } from './sqlite-lease-store.ts';
import { SqliteNoteStore } from './sqlite-note-store.ts';
import { columnText, type StoredHead, UNIT_COLUMNS, unitRecordOf, unitRecordRow, versionedHeadOf } from './unit-record-row.ts';
import { unsettledUnits } from './unsettled-units.ts';

/** Values of one lookup statement, records of one scan statement. */
const PAGE = 1000;

/** How a SQLite state file is used. */
export interface SqliteStateOptions {
  /** How long a call waits for another process; the event loop stands still meanwhile. Default 5,000; transactions take milliseconds. */
  busyTimeoutMilliseconds?: number;
}

/**
 * Keeps the state in one SQLite file: for everything that runs on one machine, also in several processes. On a network file system SQLite's
 * locks are not reliable.
 *
 * Nothing is created by opening or reading, so that a plan or preview leaves no trace; the first `advance` makes the file and its folders.
 * The file is in WAL mode: `<path>-wal` and `<path>-shm` belong to it while it is open.
 *
 * @param path Absolute, or relative to the working directory of now.
 * @throws {CalveError} the store's calls: `CHECKPOINT_UNAVAILABLE` with retry (locked or disk), fix-access (may not be written; the message
 *   names the path) or fix-input (no database, or written by a newer Calve); `CLOSED`.
 *
 * @example
 * createCalve({ …, state: sqliteState('./lake/calve.db') });
 */
export function sqliteState(path: string, options: SqliteStateOptions = {}): CheckpointStoreFactory {
  const location = resolve(path);
  return { open: async () => new SqliteCheckpointStore(location, options.busyTimeoutMilliseconds ?? 5000) };
}

class SqliteCheckpointStore implements CheckpointStore {
  readonly contract = 'checkpoint/1';
  readonly location: string;
  readonly leases: SqliteLeaseStore;
  readonly notes: SqliteNoteStore;
  readonly #intentRecords = new SqliteIntentRecords();
  readonly #busyTimeoutMilliseconds: number;
  #driver: SqliteDriver | null = null;
  #isReady = false;
  #isUpToDate = false;
  #isClosed = false;

  constructor(location: string, busyTimeoutMilliseconds: number) {
    this.location = location;
    this.#busyTimeoutMilliseconds = busyTimeoutMilliseconds;
    this.leases = new SqliteLeaseStore((work) => this.#transaction(work));
    this.notes = new SqliteNoteStore(
      () => this.#forReading(),
      (work) => this.#transaction(work),
    );
  }

  async read(key: LedgerKey): Promise<VersionedHead | 'absent'> {
    for (let before: unknown; ; ) {
      const driver = this.#forReading();
      const known = driver && this.#intentRecords.headAsWritten(driver, key);
      if (known) return known;
      const row = driver?.all('SELECT * FROM calve_head WHERE tenant = ? AND ingestion = ?', key.tenant, key.ingestion)[0];
      if (!driver || !row) return 'absent';
      const { version, head } = versionedHeadOf(row);
      const { intent } = head;
      if (!isApart(intent)) return { version, head: { ...head, intent } };
      const whole = wholeIntent(driver, key, row, intent);
      if (whole) return { version, head: { ...head, intent: whole } };
      if (before === version) throw this.#incomplete(intent.commitId);
      // Another process wrote in between: its head is read.
      before = version;
    }
  }

  async advance(...change: Parameters<CheckpointStore['advance']>): ReturnType<CheckpointStore['advance']> {
    return this.#change(change, () => {});
  }

  async replace(...change: Parameters<CheckpointStore['replace']>): ReturnType<CheckpointStore['replace']> {
    return this.#change(change, forgetUnits);
  }

  /** @param prepare Changes the records that are there, before the new ones are written. */
  #change(
    [key, expected, head, units, fence]: Parameters<CheckpointStore['advance']>,
    prepare: (driver: SqliteDriver, key: LedgerKey) => void,
  ): Awaited<ReturnType<CheckpointStore['advance']>> {
    let next = 1n;
    const outcome = this.#transaction((driver) => {
      if (!this.#isUpToDate) upgradeCheckpointTables(driver);
      if (isFenced(driver, key, fence)) return 'fenced';
      const found = driver.all('SELECT version FROM calve_head WHERE tenant = ? AND ingestion = ?', key.tenant, key.ingestion)[0];
      const version = found === undefined ? null : BigInt(found['version'] as bigint);
      if ((version === null ? 'absent' : String(version)) !== expected) return 'superseded';
      next = (version ?? 0n) + 1n;
      writeHead(driver, key, next, { ...head, intent: this.#intentRecords.write(driver, key, version, head.intent) });
      prepare(driver, key);
      writeUnits(driver, key, units);
      return 'written';
    });
    this.#isUpToDate = true;
    if (outcome === 'written') {
      this.#intentRecords.written(key, next, head);
      // Those of a first run waited for the state.
      this.notes.flushMany();
    }
    return outcome;
  }

  /** `work` finds the tables. */
  #transaction<T>(work: (driver: SqliteDriver) => T): T {
    const driver = this.#forWriting();
    const result = driver.transaction(() => {
      if (!this.#isReady && !hasCheckpointTables(driver, this.location)) createCheckpointTables(driver);
      return work(driver);
    });
    this.#isReady = true;
    return result;
  }

  async lookup(key: LedgerKey, by: 'key' | 'place' | 'fingerprint', values: readonly string[]): Promise<Map<string, UnitRecord>> {
    const driver = this.#forReading();
    const found = new Map<string, UnitRecord>();
    const column = by === 'key' ? 'unit_key' : by;
    // With max(), SQLite takes the other columns from the row that has it: https://sqlite.org/lang_select.html#bareagg
    const sql = `SELECT calve_units.*, max(((state = 'ingested') << 62) + entry) FROM json_each(?) AS wanted CROSS JOIN calve_units
      ON tenant = ? AND ingestion = ? AND ${column} = wanted.value GROUP BY ${column}`;
    for (let start = 0; driver && start < values.length; start += PAGE) {
      const page = values.slice(start, start + PAGE).map(columnText);
      for (const row of driver.all(sql, JSON.stringify(page), key.tenant, key.ingestion)) {
        const record = unitRecordOf(row);
        found.set(lookupValueOf(record, by), record);
      }
    }
    return found;
  }

  async unsettled(key: LedgerKey, unitKeys: readonly string[]): Promise<Set<string>> {
    const driver = this.#forReading();
    const found = new Set<string>();
    for (let start = 0; start < unitKeys.length; start += PAGE) {
      const page = unitKeys.slice(start, start + PAGE);
      for (const unitKey of driver ? unsettledUnits(driver, key, page) : page) found.add(unitKey);
    }
    return found;
  }

  async *scan(key: LedgerKey, filter: Parameters<CheckpointStore['scan']>[1]): AsyncGenerator<UnitRecord> {
    let last = '';
    for (let isFirst = true; ; isFirst = false) {
      const driver = this.#forReading();
      if (!driver) return;
      const values: string[] = [key.tenant, key.ingestion, last];
      const conditions = `tenant = ? AND ingestion = ? AND unit_key ${isFirst ? '>=' : '>'} ?`;
      const state = filter.state === undefined ? '' : ` AND state = ?`;
      const since = filter.since === undefined ? '' : ` AND sequence >= ${BigInt(filter.since)}`;
      const place = filter.place === undefined ? '' : ` AND place = ?`;
      if (filter.state !== undefined) values.push(filter.state);
      if (filter.place !== undefined) values.push(columnText(filter.place));
      // Left alone, SQLite walks all records of the state for the versions of one object.
      const index = filter.place === undefined ? '' : ' INDEXED BY calve_units_place';
      const sql = `SELECT * FROM calve_units${index} WHERE ${conditions}${state}${since}${place} ORDER BY unit_key LIMIT ${PAGE}`;
      const rows = driver.all(sql, ...values);
      for (const row of rows) yield unitRecordOf(row);
      if (rows.length < PAGE) return;
      last = String(rows.at(-1)!['unit_key']);
    }
  }

  async close(): Promise<void> {
    this.notes.flush();
    this.#isClosed = true;
    const driver = this.#driver;
    this.#driver = null;
    driver?.close();
  }

  #incomplete(commitId: string): CalveError {
    const message = `The state file ${this.location} lacks records of the open commit ${commitId}: something else changed it. Restore it from a copy.`;
    return new CalveError('CHECKPOINT_UNAVAILABLE', message, {
      recovery: 'fix-input',
      context: { path: this.location, commitId },
    });
  }

  /** null: there is no state yet. Looks again each time, since another process may have made some. */
  #forReading(): SqliteDriver | null {
    const driver = this.#open(false);
    if (!driver) return null;
    if (!this.#isReady) this.#isReady = hasCheckpointTables(driver, this.location);
    return this.#isReady ? driver : null;
  }

  #forWriting(): SqliteDriver {
    const driver = this.#open(true)!;
    if (!this.#isReady) {
      this.#isReady = hasCheckpointTables(driver, this.location);
      driver.execute('PRAGMA journal_mode = WAL');
    }
    return driver;
  }

  #open(create: boolean): SqliteDriver | null {
    if (this.#isClosed) throw new CalveError('CLOSED', `The state file ${this.location} is closed.`);
    this.#driver ??= openSqlite(this.location, { create, busyTimeoutMilliseconds: this.#busyTimeoutMilliseconds });
    return this.#driver;
  }
}

function lookupValueOf(record: UnitRecord, by: 'key' | 'place' | 'fingerprint'): string {
  const { unit } = record;
  return by === 'key' || unit.kind !== 'object' ? unit.key : unit[by];
}

function isApart(intent: StoredHead['intent']): intent is IntentApart {
  return intent !== null && !Array.isArray(intent.records);
}

function writeHead(driver: SqliteDriver, key: LedgerKey, version: bigint, head: StoredHead): void {
  const intent = head.intent === null ? null : JSON.stringify(head.intent);
  driver.run(
    `INSERT OR REPLACE INTO calve_head (tenant, ingestion, version, generation, committed, commit_id, intent, watermark, accepted, modes, tag)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[key.tenant, key.ingestion, version, head.generation, JSON.stringify(head.committed), head.commitId, intent],
    ...[JSON.stringify(head.watermark ?? null), head.accepted ? JSON.stringify(head.accepted) : null],
    ...[head.modes ? JSON.stringify(head.modes) : null, head.tag],
  );
}

function forgetUnits(driver: SqliteDriver, { tenant, ingestion }: LedgerKey): void {
  driver.run('DELETE FROM calve_units WHERE tenant = ? AND ingestion = ?', tenant, ingestion);
}

function writeUnits(driver: SqliteDriver, key: LedgerKey, units: readonly UnitRecord[]): void {
  if (units.length === 0) return;
  const newest = driver.all(
    'SELECT max(entry) AS entry FROM calve_units WHERE tenant = ? AND ingestion = ?',
    key.tenant,
    key.ingestion,
  );
  let entry = BigInt((newest[0]!['entry'] as bigint | null) ?? 0n);
  const insert = `INSERT OR REPLACE INTO calve_units (tenant, ingestion, ${UNIT_COLUMNS}, entry)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
  for (const record of units) driver.run(insert, key.tenant, key.ingestion, ...unitRecordRow(record), ++entry);
}
