import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { makeFolderSync } from './make-folder.ts';
import { CANTOPEN, mapSqliteError, sqliteErrorCode } from './map-sqlite-error.ts';

/** A row as SQLite gives it: integers as `bigint`, whatever their size. */
export type SqliteRow = Record<string, null | bigint | number | string | Uint8Array>;

/** The few calls that the store needs: what another SQLite package has to offer to take the place of `node:sqlite`. All are synchronous. */
export interface SqliteDriver {
  /** Statements without parameters, separated by semicolons. */
  execute(sql: string): void;
  run(sql: string, ...values: SQLInputValue[]): void;
  all(sql: string, ...values: SQLInputValue[]): SqliteRow[];
  /** `work` sees and leaves everything or nothing; no other process writes meanwhile. Durable when it returns. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/** SQL cannot damage the file then; not yet in the types of Node: https://sqlite.org/c3ref/c_dbconfig_defensive.html */
const DEFENSIVE: object = { defensive: true };

/** How a database file is opened. */
export interface SqliteOpenOptions {
  /** False: a file that does not exist answers null, and nothing is created. True: it is created, with its folders. */
  create: boolean;
  /** How long a call waits for another process's transaction. */
  busyTimeoutMilliseconds: number;
}

/**
 * Opens a database file with full durability (`synchronous=FULL`).
 *
 * @returns null: the file does not exist and `create` is false.
 * @throws {CalveError} every call, as `mapSqliteError` says.
 */
export function openSqlite(path: string, options: SqliteOpenOptions): SqliteDriver | null {
  return openOnce(path, options, true);
}

/** @param mayTryAgain A file that could not be opened and is there now may have been created by another process in between. */
function openOnce(path: string, options: SqliteOpenOptions, mayTryAgain: boolean): SqliteDriver | null {
  try {
    if (options.create) makeFolderSync(dirname(path));
    const database = new DatabaseSync(fileUrl(path, options.create), {
      timeout: options.busyTimeoutMilliseconds,
      readBigInts: true,
      ...DEFENSIVE,
    });
    const driver = new NodeSqliteDriver(path, database);
    // The first statement reads the file, so a file that is no database is found here.
    driver.execute('PRAGMA synchronous = FULL; PRAGMA user_version');
    return driver;
  } catch (error) {
    if (!options.create && sqliteErrorCode(error) === CANTOPEN) {
      if (isMissing(path)) return null;
      if (mayTryAgain) return openOnce(path, options, false);
    }
    throw mapSqliteError(error, path, 'open');
  }
}

/** `mode=rw` is SQLite's own promise not to create the file; looking first would leave a gap. */
function fileUrl(path: string, create: boolean): URL {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', create ? 'rwc' : 'rw');
  return url;
}

function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch (error) {
    throw mapSqliteError(error, path, 'open');
  }
}

class NodeSqliteDriver implements SqliteDriver {
  readonly #path: string;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(path: string, database: DatabaseSync) {
    this.#path = path;
    this.#database = database;
  }

  execute(sql: string): void {
    this.#mapped('run', () => this.#database.exec(sql));
  }

  run(sql: string, ...values: SQLInputValue[]): void {
    this.#mapped('run', () => this.#statement(sql).run(...values));
  }

  all(sql: string, ...values: SQLInputValue[]): SqliteRow[] {
    return this.#mapped('run', () => this.#statement(sql).all(...values) as SqliteRow[]);
  }

  transaction<T>(work: () => T): T {
    // Taking the write lock at once: a read that is upgraded later could fail in the middle.
    this.run('BEGIN IMMEDIATE');
    let result: T;
    try {
      result = work();
    } catch (error) {
      this.#rollback();
      throw error;
    }
    try {
      this.#statement('COMMIT').run();
    } catch (error) {
      this.#rollback();
      throw mapSqliteError(error, this.#path, 'commit');
    }
    return result;
  }

  close(): void {
    this.#statements.clear();
    this.#mapped('run', () => this.#database.close());
  }

  /** SQLite ends the transaction by itself after some errors, and then a rollback is an error too. */
  #rollback(): void {
    if (this.#database.isTransaction) this.execute('ROLLBACK');
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  #mapped<T>(step: 'run' | 'commit', call: () => T): T {
    try {
      return call();
    } catch (error) {
      throw mapSqliteError(error, this.#path, step);
    }
  }
}
