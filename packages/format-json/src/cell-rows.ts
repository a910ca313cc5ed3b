import type { BytePool } from './byte-pool.ts';
import { rowCapacity } from './row-capacity.ts';

/** States of a text: it is a lexeme of the file, it is the text of a string, there is none. Of anything else: a value, or null. */
export const IS_VALUE = 0;
export const IS_STRING = 1;
export const IS_NULL = 2;
/** What says null, for those who tell it from what is absent. */
export const SAYS_NULL = 3;

/** What is known of the rows of one place, in one buffer. Where `states` has a value, it tells as well which texts were in quotes. */
export class CellRows {
  readonly block: Uint8Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  readonly states: Uint8Array;
  /** One bit per row, not kept up to date. */
  readonly validity: Uint8Array;

  constructor(block: Uint8Array, capacity: number) {
    const { buffer, byteOffset } = block;
    this.block = block;
    this.starts = new Uint32Array(buffer, byteOffset, capacity);
    this.ends = new Uint32Array(buffer, byteOffset + capacity * 4, capacity);
    this.states = block.subarray(capacity * 8, capacity * 9);
    this.validity = block.subarray(capacity * 9, capacity * 9 + capacity / 8);
  }
}

/** Buffers without rows: those of a place that was never reached. */
export const NO_ROWS = new CellRows(new Uint8Array(0), 0);

/** The memory of rows that come in and go out with batches. */
export class RowMemory {
  /** Counts up whenever some place has other buffers than before. */
  changes = 0;
  readonly #pool: BytePool;

  constructor(pool: BytePool) {
    this.#pool = pool;
  }

  /** Room for at least `rows` rows, all of them null. */
  take(rows: number): CellRows {
    const capacity = rowCapacity(rows);
    const taken = new CellRows(this.#pool.take(capacity * 9 + capacity / 8), capacity);
    taken.states.fill(IS_NULL);
    this.changes += 1;
    return taken;
  }

  give(rows: CellRows): void {
    if (rows !== NO_ROWS) this.#pool.give(rows.block);
  }
}
