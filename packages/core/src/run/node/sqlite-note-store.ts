import type { NoteStore } from '../../checkpoint/note-store.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { NotedPage } from '../../source/listing-notes.ts';
import type { SqliteDriver } from './sqlite-driver.ts';
import { columnText } from './unit-record-row.ts';
import { WaitingNotes } from './waiting-notes.ts';

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

/** The range of a page may have so many times as many notes before its places are asked for one by one. */
const SPREAD = 2;
/** A page counts as if it had so many places at least: where little is left, much may have gone. */
const FEWEST_PLACES = 256;

/** Notes in the file of the state. */
export class SqliteNoteStore implements NoteStore {
  readonly #reading: () => SqliteDriver | null;
  readonly #transaction: <T>(work: (driver: SqliteDriver) => T) => T;
  /** By tenant. */
  readonly #waiting = new Map<string, WaitingNotes>();
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

  async recall(tenant: string, page: NotedPage): Promise<ReadonlyMap<string, string>> {
    const found = this.#attempt(() => this.#written(tenant, page)) ?? new Map<string, string>();
    const waiting = this.#waiting.get(tenant);
    const [first] = page.places;
    const last = page.places.at(-1);
    if (!waiting || first === undefined || last === undefined) return found;
    const wanted = new Set(page.places);
    for (const [place, note] of waiting.between(first, last)) {
      if (!wanted.has(place)) continue;
      if (note === null) found.delete(place);
      else found.set(place, note);
    }
    return found;
  }

  keep(tenant: string, notes: ReadonlyMap<string, string>): void {
    this.#note(tenant, notes);
  }

  forget(tenant: string, places: readonly string[]): void {
    this.#note(
      tenant,
      places.map((place) => [place, null]),
    );
  }

  #note(tenant: string, notes: Iterable<readonly [place: string, note: string | null]>): void {
    const waiting = this.#waiting.get(tenant) ?? new WaitingNotes();
    this.#waiting.set(tenant, waiting);
    this.#waits -= waiting.size;
    // What SQLite would keep in another form is not worth the exception: such an object is looked at every time.
    for (const [place, note] of notes)
      if (waiting.size < MOST_WITHOUT_STATE && columnText(place) === place) waiting.set(place, note);
    this.#waits += waiting.size;
    this.flushMany();
    if (waiting.size >= MOST_WAITING) waiting.pack();
  }

  /** Writes what waits, where it is much and there is a state. */
  flushMany(): void {
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
      for (const [place, note] of notes.all())
        if (note === null) driver.run('DELETE FROM calve_notes WHERE tenant = ? AND place = ?', tenant, place);
        else driver.run('INSERT OR REPLACE INTO calve_notes (tenant, place, note) VALUES (?, ?, ?)', tenant, place, note);
  }

  #written(tenant: string, { places, from, until }: NotedPage): Map<string, string> {
    const driver = this.#reading();
    if (!driver || !this.#hasTable(driver)) return new Map();
    const most = Math.max(FEWEST_PLACES, places.length) * SPREAD;
    const rows = driver.all(
      'SELECT place, note FROM calve_notes WHERE tenant = ? AND place BETWEEN ? AND ? ORDER BY place LIMIT ?',
      ...[tenant, from, until, most],
    );
    if (rows.length === most) {
      const wanted = driver.all(
        'SELECT place, note FROM json_each(?) AS wanted CROSS JOIN calve_notes ON tenant = ? AND place = wanted.value',
        ...[JSON.stringify(places), tenant],
      );
      rows.push(...wanted);
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
