import { giveBytesBack, offsetInArena, takeBytes } from '@calve/core/plugin';
import { IS_NULL, type RowMemory } from './cell-rows.ts';
import type { Chunk } from './chunk-pool.ts';
import { jsonKernels } from './json-kernels.ts';
import type { Place } from './place.ts';
import { PlaceTable } from './place-table.ts';
import type { RowIndex } from './row-index.ts';

// The control block, as packages/format-json/assembly/locate-lines.ts has it, in words of four bytes.
const SOURCE = 0;
const FROM = 1;
const TAIL = 2;
const RECORD = 3;
const ROW = 4;
const MOST_ROWS = 5;
const BOUND = 6;
const LONGEST = 7;
const ROW_STARTS = 8;
const ROW_ENDS = 9;
const NULL_STATE = 10;
const CONTROL_WORDS = 16;

/** As many records are read by the parser at most before the next try. */
const LONGEST_PAUSE = 64;

/** Where a call begins and how far it may go; places are in the bytes of the chunk. */
export interface LocatorRange {
  /** Where a line begins. */
  from: number;
  /** Behind the last unescaped text. */
  tail: number;
  /** The pending rows may become as many. */
  mostRows: number;
  /** Behind the last byte that a record may have, if the texts that are unescaped meanwhile are added to it. */
  bound: number;
}

/**
 * Reads many lines at once by compiled code, as long as they are what is expected: one object of the structure of the places, in standard JSON,
 * complete with its line end. The result is that of the record parser, which reads everything else. Never more than one call is under way.
 */
export class LineLocator {
  /** After a call: where the next line begins, and behind the last unescaped text. */
  next = 0;
  tail = 0;
  readonly #record: Place;
  readonly #table: PlaceTable;
  readonly #block: Uint8Array;
  readonly #control: Uint32Array;
  readonly #longest: number;
  readonly #nullState: number;
  /** Records that the parser reads before the next try, and how many it will be when that fails. */
  #pause = 0;
  #nextPause = 1;

  /**
   * @param longest Bytes of a record.
   * @param nullState What says null becomes that: `IS_NULL`, or `SAYS_NULL` to tell it from what is absent.
   * @returns `null`: there is no compiled code here, or the record is beyond it.
   */
  static open(record: Place, memory: RowMemory, longest: number, nullState = IS_NULL): LineLocator | null {
    if (jsonKernels.current === null) return null;
    const table = PlaceTable.of(record, memory);
    return table && new LineLocator(record, table, longest, nullState);
  }

  private constructor(record: Place, table: PlaceTable, longest: number, nullState: number) {
    this.#nullState = nullState;
    this.#record = record;
    this.#table = table;
    this.#longest = longest;
    this.#block = takeBytes(CONTROL_WORDS * 4);
    this.#control = new Uint32Array(this.#block.buffer, this.#block.byteOffset, CONTROL_WORDS);
  }

  /** To be called when a new chunk is at hand, which begins with a line. */
  attach(): void {
    this.#pause = 0;
    this.#nextPause = 1;
  }

  /**
   * Adds as many rows as it can to those that are pending; their lines are left open.
   *
   * @returns How many. With none, the next record is one for the parser.
   */
  read(chunk: Chunk, pending: RowIndex, range: LocatorRange): number {
    const kernels = jsonKernels.current;
    if (kernels === null || this.#isPausing()) return 0;
    const first = pending.rows;
    this.next = range.from;
    this.tail = range.tail;
    let isFull = true;
    while (isFull && pending.rows < range.mostRows) {
      const room = this.#reach(pending, range.mostRows);
      const control = this.#prepare(chunk, pending, range, room);
      if (control < 0) break;
      pending.rows = kernels.locateLines(control);
      this.#table.countElements();
      isFull = pending.rows === room;
      // What the line that was given up has left in its row.
      if (!isFull) this.#record.clear(pending.rows);
      this.next = this.#control[FROM] as number;
      this.tail = this.#control[TAIL] as number;
    }
    const rows = pending.rows - first;
    if (!isFull) this.#give(rows);
    return rows;
  }

  close(): void {
    this.#table.close();
    giveBytesBack(this.#block);
  }

  #isPausing(): boolean {
    if (this.#pause === 0) return false;
    this.#pause -= 1;
    return true;
  }

  /** The parser reads the record at hand; where hardly any is for this, it reads some more. */
  #give(rows: number): void {
    this.#pause = rows > 0 ? 1 : this.#nextPause - 1;
    this.#nextPause = rows > 0 ? 1 : Math.min(LONGEST_PAUSE, this.#nextPause * 2);
  }

  /** Makes room for one row at least. @returns The row that has none. */
  #reach(pending: RowIndex, mostRows: number): number {
    pending.reach(pending.rows);
    this.#record.reach(pending.rows);
    return Math.min(mostRows, pending.capacity, this.#record.states.length);
  }

  /** @returns The offset of the control block, -1: something is where compiled code does not see it. */
  #prepare({ bytes }: Chunk, { rows, places }: RowIndex, { bound }: LocatorRange, room: number): number {
    const source = offsetInArena(bytes);
    const control = offsetInArena(this.#block);
    const starts = offsetInArena(places.starts);
    if (!this.#table.refresh() || source < 0 || control < 0 || starts < 0) return -1;
    const words = this.#control;
    words[SOURCE] = source;
    words[FROM] = this.next;
    words[TAIL] = this.tail;
    words[RECORD] = this.#table.record;
    words[ROW] = rows;
    words[MOST_ROWS] = room;
    words[BOUND] = Math.max(0, Math.min(bound, bytes.length));
    words[LONGEST] = Math.min(this.#longest, bytes.length);
    words[ROW_STARTS] = starts;
    words[NULL_STATE] = this.#nullState;
    words[ROW_ENDS] = starts + places.ends.byteOffset - places.starts.byteOffset;
    return control;
  }
}
