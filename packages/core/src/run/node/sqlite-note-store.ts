import type { NoteStore } from '../../checkpoint/note-store.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { SqliteDriver } from './sqlite-driver.ts';
import { columnText } from './unit-record-row.ts';

/** Beside the tables of the ledger, and made by the first note. Whoever deletes it loses nothing but time. */
const TABLE = `
CREATE TABLE IF NOT EXISTS calve_notes (
  tenant TEXT NOT NULL, place TEXT NOT NULL, note TEXT NOT NULL,
  PRIMARY KEY (tenant, place)
) STRICT, WITHOUT ROWID`;

/** So many notes wait until they are written in one transaction, of which each is a flush to the disk. */
const MOST_WAITING = 1000;

/** Of a first run so many wait for the state that its commit makes; the others are noted by the next run. */
const MOST_WITHOUT_STATE = 20_000;

/** Between the first and the last place of a page there may be so many times as many others before places are asked for one by one. */
const SPREAD = 2;

/** Notes in the file of the state. */
export class SqliteNoteStore implements NoteStore {
  readonly #reading: () => SqliteDriver | null;
  readonly #transaction: <T>(work: (driver: SqliteDriver) => T) => T;
  readonly #waiting = new Map<string, Map<string, string>>();
  #waits = 0;
  #isThere = false;

  /**
   * @param reading Of the store: the open file, null where there is no state yet.
   * @param transaction Of the store.
   */
  constructor(reading: () => SqliteDriver | null, transaction: <T>(work: (driver: SqliteDriver) => T) => T) {
    this.#reading = reading;
    this.#transaction = transaction;
  }

  async recall(tenant: string, places: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = this.#attempt(() => this.#written(tenant, places)) ?? new Map<string, string>();
    const waiting = this.#waiting.get(tenant);
    for (const place of waiting ? places : []) {
      const note = waiting?.get(place);
      if (note !== undefined) found.set(place, note);
    }
    return found;
  }

  keep(tenant: string, notes: ReadonlyMap<string, string>): void {
    const waiting = this.#waiting.get(tenant) ?? new Map<string, string>();
    this.#waiting.set(tenant, waiting);
    this.#waits -= waiting.size;
    // What SQLite would keep in another form is not worth the exception: such an object is looked at every time.
    for (const [place, note] of notes)
      if (waiting.size < MOST_WITHOUT_STATE && columnText(place) === place) waiting.set(place, note);
    this.#waits += waiting.size;
    if (this.#waits >= MOST_WAITING) this.flush();
  }

  /** Writes what waits, where there is a state. */
  flush(): void {
    if (this.#waits === 0) return;
    const isWaiting = this.#attempt(() => {
      if (!this.#reading()) return true;
      this.#transaction((driver) => this.#write(driver));
      return false;
    });
    if (isWaiting) return;
    this.#waiting.clear();
    this.#waits = 0;
  }

  #write(driver: SqliteDriver): void {
    driver.run(TABLE);
    for (const [tenant, notes] of this.#waiting)
      for (const [place, note] of notes)
        driver.run('INSERT OR REPLACE INTO calve_notes (tenant, place, note) VALUES (?, ?, ?)', tenant, place, note);
  }

  #written(tenant: string, places: readonly string[]): Map<string, string> {
    const driver = places.length === 0 ? null : this.#reading();
    if (!driver || !this.#hasTable(driver)) return new Map();
    const most = places.length * SPREAD;
    let rows = driver.all(
      'SELECT place, note FROM calve_notes WHERE tenant = ? AND place BETWEEN ? AND ? LIMIT ?',
      ...[tenant, places[0]!, places.at(-1)!, most],
    );
    if (rows.length === most) {
      rows = driver.all(
        'SELECT place, note FROM json_each(?) AS wanted CROSS JOIN calve_notes ON tenant = ? AND place = wanted.value',
        ...[JSON.stringify(places), tenant],
      );
    }
    return new Map(rows.map((row) => [row['place'] as string, row['note'] as string]));
  }

  #hasTable(driver: SqliteDriver): boolean {
    this.#isThere ||= driver.all(`SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'calve_notes'`).length > 0;
    return this.#isThere;
  }

  /** A storage that fails fails for the ledger too, and that says so; a run must not end for a note. */
  #attempt<T>(work: () => T): T | null {
    try {
      return work();
    } catch (error) {
      if (CalveError.is(error)) return null;
      throw error;
    }
  }
}
