import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeFolderSync } from '@calve/core/node';
import { CalveError } from '@calve/core/plugin';
import type { TableIdentifier } from '../spec/table-identifier.ts';
import { catalogError, sqliteFailure } from './map-sqlite-error.ts';
import {
  createCatalogTables,
  hasCatalogTables,
  insertNamespace,
  insertTable,
  movePointer,
  selectTable,
  selectTables,
  upgradeToVersion1,
} from './sqlite-tables.ts';

/** How long one statement waits for another process, in milliseconds. It blocks this thread, and whoever gets a conflict tries again. */
const BUSY_MILLISECONDS = 1000;

/** How a pointer swap ended; `error` when nobody knows. */
export type PointerSwap = { kind: 'moved' } | { kind: 'lost'; reason: string } | { kind: 'unknown'; error: unknown };

interface Swap {
  identifier: TableIdentifier;
  previous: string | null;
  next: string;
  /** Its end was about to be written into a write-ahead log. */
  endsInLog: boolean;
}

/**
 * The SQLite file of a catalog. It is opened on first use and created by the first swap only, so planning leaves nothing behind.
 * The write lock is held for the few statements of a swap, never while files are written: other engines give up after 5 seconds.
 */
export class SqliteFile {
  readonly #path: string;
  readonly #catalog: string;
  #database: DatabaseSync | null = null;
  /** Of the connection that is open, as all of the following. */
  readonly #statements = new Map<string, StatementSync>();
  #hasTables = false;
  #isPrepared = false;

  constructor(path: string, catalog: string) {
    this.#path = path;
    this.#catalog = catalog;
  }

  /** URI of the current metadata file, `null` when the table is absent. @throws {CalveError} `ICEBERG_CATALOG_UNAVAILABLE`. */
  pointer(identifier: TableIdentifier): string | null {
    if (this.#database === null && !existsSync(this.#path)) return null;
    try {
      const database = this.#open();
      if (!this.#findTables(database)) return null;
      const row = this.#statement(database, selectTable).get(this.#row(identifier));
      if (!row) return null;
      if ((row['iceberg_type'] ?? 'TABLE') !== 'TABLE')
        throw new CalveError(
          'ICEBERG_NOT_A_TABLE',
          `${identifier.name} is a ${String(row['iceberg_type']).toLowerCase()} in the catalog ${this.#path}, not a table.`,
          {
            recovery: 'fix-input',
          },
        );
      return typeof row['metadata_location'] === 'string' ? row['metadata_location'] : null;
    } catch (error) {
      throw catalogError(error, 'read', this.#path);
    }
  }

  /** The tables of this catalog, ordered by name; none when there is no file yet. @throws {CalveError} `ICEBERG_CATALOG_UNAVAILABLE`. */
  identifiers(): TableIdentifier[] {
    if (this.#database === null && !existsSync(this.#path)) return [];
    try {
      const database = this.#open();
      if (!this.#findTables(database)) return [];
      return this.#statement(database, selectTables)
        .all({ catalog: this.#catalog })
        .filter((row) => (row['iceberg_type'] ?? 'TABLE') === 'TABLE')
        .map((row) => ({ namespace: String(row['table_namespace']).split('.'), name: String(row['table_name']) }));
    } catch (error) {
      throw catalogError(error, 'read', this.#path);
    }
  }

  /**
   * Moves a pointer, all at once or not at all. Synchronous, so the lock is never held across other work.
   *
   * @param previous What the pointer must be now; `null`: the table must not exist.
   * @throws {CalveError} `ICEBERG_CATALOG_UNAVAILABLE`: it surely did not move.
   */
  swap(identifier: TableIdentifier, previous: string | null, next: string): PointerSwap {
    let database: DatabaseSync;
    try {
      database = this.#prepare();
      this.#statement(database, 'BEGIN IMMEDIATE').run();
    } catch (error) {
      if (sqliteFailure(error) === 'busy') return { kind: 'lost', reason: 'the catalog is locked by another process' };
      throw catalogError(error, 'write', this.#path);
    }
    let endsInLog = false;
    try {
      const moved =
        previous === null ? this.#insert(database, identifier, next) : this.#update(database, identifier, previous, next);
      if (!moved) {
        database.exec('ROLLBACK');
        return { kind: 'lost', reason: previous === null ? 'the table exists already' : 'another commit was first' };
      }
      endsInLog = this.#statement(database, 'PRAGMA journal_mode').get()?.['journal_mode'] === 'wal';
      this.#statement(database, 'COMMIT').run();
      return { kind: 'moved' };
    } catch (error) {
      return this.#afterFailure(database, error, { identifier, previous, next, endsInLog });
    }
  }

  close(): void {
    this.#statements.clear();
    this.#hasTables = false;
    this.#isPrepared = false;
    this.#database?.close();
    this.#database = null;
  }

  #insert(database: DatabaseSync, identifier: TableIdentifier, next: string): boolean {
    const { name, ...namespace } = this.#row(identifier);
    try {
      database.prepare(insertTable).run({ ...namespace, name, next });
    } catch (error) {
      if (sqliteFailure(error) === 'constraint') return false;
      throw error;
    }
    database.prepare(insertNamespace).run(namespace);
    return true;
  }

  #update(database: DatabaseSync, identifier: TableIdentifier, previous: string, next: string): boolean {
    return Number(this.#statement(database, movePointer).run({ ...this.#row(identifier), previous, next }).changes) === 1;
  }

  /**
   * A busy commit leaves the transaction open and can be taken back for certain. After any other failure the pointer tells: whoever reads it has taken
   * back what a broken commit left behind, so what is not there now will not be there later. Where it cannot be read, nobody knows; nor where the end
   * of the commit may stand in a write-ahead log: readers pass over it, and a recovery after a crash may find it whole.
   *
   * @throws {CalveError} `ICEBERG_CATALOG_UNAVAILABLE`: it was not moved, and trying again at once does not help.
   */
  #afterFailure(database: DatabaseSync, error: unknown, { identifier, previous, next, endsInLog }: Swap): PointerSwap {
    let found: string | null;
    try {
      const surelyUndone = sqliteFailure(error) === 'busy' && database.isTransaction;
      if (database.isTransaction) database.exec('ROLLBACK');
      if (surelyUndone) return { kind: 'lost', reason: 'the catalog is locked by another process' };
      // What this connection has in memory proves nothing.
      this.close();
      found = this.pointer(identifier);
    } catch (second) {
      return { kind: 'unknown', error: new AggregateError([error, second], String(error)) };
    }
    if (found === next) return { kind: 'moved' };
    if (found === previous && !endsInLog) throw catalogError(error, 'write', this.#path);
    return { kind: 'unknown', error };
  }

  #prepare(): DatabaseSync {
    if (this.#database === null) makeFolderSync(dirname(this.#path));
    const database = this.#open();
    leaveLog(database);
    if (this.#isPrepared) return database;
    // Not FULL: a commit is final when the journal is deleted, and with FULL a power cut can bring the journal back.
    database.exec('PRAGMA synchronous = EXTRA');
    database.exec(createCatalogTables);
    const columns = database
      .prepare(`SELECT count(*) AS found FROM pragma_table_info('iceberg_tables') WHERE name = 'iceberg_type'`)
      .get();
    if (columns?.['found'] !== 1) database.exec(upgradeToVersion1);
    this.#isPrepared = true;
    return database;
  }

  #open(): DatabaseSync {
    this.#database ??= new DatabaseSync(this.#path, { timeout: BUSY_MILLISECONDS });
    return this.#database;
  }

  /** Tables that were there stay there: nobody takes them out of a catalog that somebody has open. */
  #findTables(database: DatabaseSync): boolean {
    this.#hasTables ||= this.#statement(database, hasCatalogTables).get()?.['found'] === 1;
    return this.#hasTables;
  }

  /** A run asks the same half a dozen times. */
  #statement(database: DatabaseSync, sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #row(identifier: TableIdentifier): { catalog: string; namespace: string; name: string } {
    return { catalog: this.#catalog, namespace: identifier.namespace.join('.'), name: identifier.name };
  }
}

/** A folder with the lake must stay whole when it is copied after a crash; a write-ahead log would stay behind. */
function leaveLog(database: DatabaseSync): void {
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } catch (error) {
    // Another program has set the log, and has the file open: only the last one can leave it. A commit is as final in the log.
    if (sqliteFailure(error) !== 'busy') throw error;
  }
}
