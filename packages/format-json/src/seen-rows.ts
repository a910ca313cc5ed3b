import type { Position } from '@calve/core/plugin';
import { IS_VALUE } from './cell-rows.ts';
import type { Place } from './place.ts';

/** Records that are in order and stand on lines one after the other. */
export class SeenRows {
  readonly bytes: Uint8Array;
  /** Place of `bytes[0]` in the content. */
  readonly byteOffset: number;
  readonly rows: number;
  readonly #starts: Uint32Array;
  readonly #first: { record: number; line: number } | null;

  /**
   * @param starts Where each of them begins in `bytes`.
   * @param first Numbers of the first, from 1. `null`: who began in the middle does not know.
   */
  constructor(
    bytes: Uint8Array,
    byteOffset: number,
    rows: number,
    starts: Uint32Array,
    first: { record: number; line: number } | null,
  ) {
    this.bytes = bytes;
    this.byteOffset = byteOffset;
    this.rows = rows;
    this.#starts = starts;
    this.#first = first;
  }

  positionOf(row: number): Position {
    const position = { unit: '', byteOffset: this.byteOffset + (this.#starts[row] as number) };
    return this.#first ? { ...position, record: this.#first.record + row, line: this.#first.line + row } : position;
  }
}

/** The lists that some elements belong to. */
export class ListOwner {
  /** The lists around these. */
  readonly outer: ListOwner | null;
  readonly #lists: Place;
  readonly #rows: number;

  constructor(lists: Place, rows: number, outer: ListOwner | null) {
    this.#lists = lists;
    this.#rows = rows;
    this.outer = outer;
  }

  /** The row of the list that has the element. Asked for few. */
  rowOf(element: number): number {
    const { states, ends } = this.#lists;
    for (let row = 0; row < this.#rows; row += 1) if (states[row] === IS_VALUE && element < (ends[row] as number)) return row;
    return 0;
  }
}
