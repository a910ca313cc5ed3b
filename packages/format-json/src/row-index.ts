import type { BytePool } from './byte-pool.ts';
import { rowCapacity } from './row-capacity.ts';

/** Rows are copied for a batch of which fewer than one in so many is in use. */
const SPARSE = 4;

/** Where rows stand, in one buffer. */
export class RowPlaces {
  readonly block: Uint8Array;
  readonly lines: Float64Array;
  /** In the content, not kept up to date. */
  readonly byteOffsets: Float64Array;
  /** In the bytes at hand. */
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;

  constructor(block: Uint8Array, capacity: number) {
    const { buffer, byteOffset } = block;
    this.block = block;
    this.lines = new Float64Array(buffer, byteOffset, capacity);
    this.byteOffsets = new Float64Array(buffer, byteOffset + capacity * 8, capacity);
    this.starts = new Uint32Array(buffer, byteOffset + capacity * 16, capacity);
    this.ends = new Uint32Array(buffer, byteOffset + capacity * 20, capacity);
  }
}

/** Where pending rows stand, in buffers that go out with every batch. */
export class RowIndex {
  rows = 0;
  places = new RowPlaces(new Uint8Array(0), 0);
  readonly #pool: BytePool;

  constructor(pool: BytePool) {
    this.#pool = pool;
  }

  get capacity(): number {
    return this.places.starts.length;
  }

  /** Makes room for row `row`. */
  reach(row: number): void {
    const known = this.places;
    if (row < known.starts.length) return;
    const larger = this.#take(row + 1);
    larger.lines.set(known.lines);
    larger.starts.set(known.starts);
    larger.ends.set(known.ends);
    this.#give(known);
    this.places = larger;
  }

  add(start: number, end: number, line: number): void {
    this.reach(this.rows);
    this.places.starts[this.rows] = start;
    this.places.ends[this.rows] = end;
    this.places.lines[this.rows] = line;
    this.rows += 1;
  }

  /** Gives all rows away and begins again with none. Whoever gets them gives their block to the pool. */
  hand(): RowPlaces {
    const { places: own, rows } = this;
    this.rows = 0;
    const isSparse = rows * SPARSE < own.starts.length;
    const other = this.#take(isSparse ? rows : own.starts.length);
    if (!isSparse) {
      this.places = other;
      return own;
    }
    other.lines.set(own.lines.subarray(0, rows));
    other.starts.set(own.starts.subarray(0, rows));
    other.ends.set(own.ends.subarray(0, rows));
    return other;
  }

  close(): void {
    this.#give(this.places);
    this.places = new RowPlaces(new Uint8Array(0), 0);
  }

  #take(rows: number): RowPlaces {
    const capacity = rowCapacity(rows);
    return new RowPlaces(this.#pool.take(capacity * 24), capacity);
  }

  #give({ block }: RowPlaces): void {
    if (block.length > 0) this.#pool.give(block);
  }
}
