import type { ColumnBatch } from '../columns/column-batch.ts';

/**
 * Decodes small units of one reader plan, one behind the other, into batches that span them: with thousands of small files, what a batch costs is more
 * than what its cells cost. It takes a unit whole or not at all, and only one of which there is nothing to be told but its rows. Every other one, of
 * which a record is rejected or something was found, is for `Decoder.decode`, which says what is the matter.
 */
export interface UnitGatherer {
  /**
   * Memory for the stored bytes of the next unit, to be filled from its beginning before anything else is called. It may wait for memory.
   *
   * @param bytes Of the unit, all of it.
   * @returns null: there is no room behind the units so far, or never for one of that size.
   */
  room(bytes: number): Promise<Uint8Array | null>;
  /**
   * Decodes what was filled in.
   *
   * @returns How many rows it added, its records in order; -1: nothing was added, and the unit is for `decode`.
   */
  add(bytes: number): number;
  /**
   * All rows that were added since the last batch, those of the last unit too, so that there may be more than were asked for; null: none. `byteOffsets` and
   * lines count from the beginning of each unit; `firstRecordInRange` is 0. The receiver releases it, and only then asks for room again.
   */
  take(): ColumnBatch | null;
  /** Gives all memory back. Called exactly once. */
  close(): void;
}
