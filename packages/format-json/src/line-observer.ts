import type { InputLimits } from '@calve/core/plugin';
import { BytePool } from './byte-pool.ts';
import { RowMemory, SAYS_NULL } from './cell-rows.ts';
import type { Chunk } from './chunk-pool.ts';
import { MOST_LEVELS, type ShapeCollector } from './collect-shapes.ts';
import { LineLocator } from './line-locator.ts';
import { LIST, Place, STRUCT, TEXT } from './place.ts';
import { RowIndex } from './row-index.ts';
import { SeenRows } from './seen-rows.ts';
import type { ShapePlace } from './shape-place.ts';

/** Records that are looked at one by one before their structure is taken for that of the others. */
const FIRST_RECORDS = 16;
/** Rows that are looked at together, and cells where there are many columns. */
const MOST_ROWS = 4096;
const MOST_CELLS = 1024 * 1024;
const LEAST_ROWS = 64;

/**
 * Looks at many records on lines at once: what is of the structure that the records before had is read by compiled code and counted column by
 * column. Everything else is for the collector to look at, record by record, and makes the structure known.
 */
export class LineObserver {
  /** After a call: where the next line begins. */
  next = 0;
  readonly #shapes: ShapeCollector;
  readonly #longest: number;
  readonly #pool = new BytePool();
  readonly #memory = new RowMemory(this.#pool);
  readonly #pending = new RowIndex(this.#pool);
  #record: Place | null = null;
  #locator: LineLocator | null = null;
  #mostRows = 0;
  /** Of the structure that the places have. */
  #version = -1;
  /** As many records have come one by one when the structure is looked at the next time. */
  #nextRecords = FIRST_RECORDS;

  constructor(shapes: ShapeCollector, { recordBytes, cellBytes }: Readonly<InputLimits>) {
    this.#shapes = shapes;
    this.#longest = Math.min(recordBytes, cellBytes);
  }

  /** To be called when a new chunk is at hand. */
  attach(): void {
    this.#locator?.attach();
  }

  /**
   * Looks at as many records as it can from `from` on, where a line begins.
   *
   * @param tail Where free room begins behind the data.
   * @param byteOffset Place of the chunk in the content.
   * @param first Numbers of the record and the line at `from`, where they are known.
   * @returns How many.
   */
  read(chunk: Chunk, from: number, tail: number, byteOffset: number, first: { record: number; line: number } | null): number {
    this.#learn();
    if (this.#locator === null || this.#record === null) return 0;
    const pending = this.#pending;
    const range = { from, tail, mostRows: this.#mostRows, bound: chunk.bytes.length };
    const rows = this.#locator.read(chunk, pending, range);
    if (rows === 0) return 0;
    this.#shapes.addRows(this.#record, new SeenRows(chunk.bytes, byteOffset, rows, pending.places.starts, first));
    this.#record.empty(rows);
    pending.rows = 0;
    this.next = this.#locator.next;
    return rows;
  }

  close(): void {
    this.#locator?.close();
    this.#record?.close();
    this.#pending.close();
    this.#pool.close();
  }

  /** Takes over the structure when there is more of it than before: seldom, the more records have come. */
  #learn(): void {
    const { singles, version, root } = this.#shapes;
    if (version === this.#version || singles < this.#nextRecords) return;
    this.#nextRecords = singles * 2;
    this.#version = version;
    this.#locator?.close();
    this.#record?.close();
    let places = 0;
    const placeOf = (shape: ShapePlace, level: number): Place => {
      places += 1;
      const { name } = shape;
      if (level < MOST_LEVELS && shape.isStruct) return structOf(name, shape, level);
      if (level < MOST_LEVELS && shape.isList) {
        return new Place(name, LIST, [], placeOf(shape.element as ShapePlace, level + 1), this.#memory);
      }
      return new Place(name, TEXT, [], null, this.#memory);
    };
    const structOf = (name: string, shape: ShapePlace, level: number): Place => {
      const members = shape.members.map((member) => placeOf(member, level + 1));
      return new Place(name, STRUCT, members, null, this.#memory);
    };
    this.#record = structOf('', root, 0);
    this.#locator = LineLocator.open(this.#record, this.#memory, this.#longest, SAYS_NULL);
    this.#mostRows = Math.max(LEAST_ROWS, Math.min(MOST_ROWS, Math.floor(MOST_CELLS / places)));
  }
}
