import type { TortureTable } from './torture-adapter.ts';

/** Reads the ids of all rows with something else than the program under torture. */
export interface RowReader extends AsyncDisposable {
  /** The ids of all rows of these tables; those of a table that is not there yet are none. */
  ids(tables: readonly TortureTable[]): Promise<number[]>;
}
