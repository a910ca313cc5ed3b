import { giveBytesBack, offsetInArena, takeBytes } from '@calve/core/plugin';
import type { ScanCall } from './scan-call.ts';

// Places of the control block in words of 4 bytes; the line takes two. assembly/scan-records.ts has them too, in bytes.
const NEXT = 2;
const OTHER = 3;
const POSITION = 4;
const ROW = 5;
const FIRST_START = 6;
const TAIL = 7;
const LONGEST = 8;
const DELIMITER = 9;
const QUOTE = 10;
const COMMENT = 11;
const STOP = 12;
const IS_PAIR = 13;
const LAST_STOP = 14;
const RECORD_BYTES = 15;
const WIDTH = 16;
const CAPACITY = 17;
const MOST_ROWS = 18;
const MOST_BYTES = 19;
const SOURCE_BYTES = 20;
const SOURCE = 21;
const PLACES = 22;
const OTHERS = 23;
const BOUNDS = 24;
const KINDS = 25;
const LINES = 26;
const CONTROL_BYTES = 27 * 4;

/** More than any buffer has, and far enough from the largest number for a sum of two. */
const UNBOUNDED = 2 ** 30;

/** Bytes that mean something; -1: none does. */
export interface ScannedDialect {
  delimiter: number;
  quote: number;
  comment: number;
  /** The first byte of a line end. */
  stop: number;
  /** True when LF follows it. */
  isPair: boolean;
  /** Longer records are left alone. */
  recordBytes: number;
}

/** How far scanning has come. */
export interface ScanState {
  next: number;
  other: number;
  position: number;
  row: number;
  tail: number;
  longest: number;
  line: number;
}

/** What the compiled scanner is told and answers with, in memory that both see. */
export class ScanControl {
  /** In the arena; -1: it is not there, and nothing can be compiled on it. */
  readonly offset: number;
  readonly #words: Int32Array;
  readonly #line: Float64Array;

  constructor(dialect: ScannedDialect) {
    const bytes = takeBytes(CONTROL_BYTES);
    this.offset = offsetInArena(bytes);
    this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, CONTROL_BYTES / 4);
    this.#line = new Float64Array(bytes.buffer, bytes.byteOffset, 1);
    const words = this.#words;
    words[DELIMITER] = dialect.delimiter;
    words[QUOTE] = dialect.quote;
    words[COMMENT] = dialect.comment;
    words[STOP] = dialect.stop;
    words[IS_PAIR] = Number(dialect.isPair);
    words[RECORD_BYTES] = Math.min(dialect.recordBytes, UNBOUNDED);
  }

  close(): void {
    giveBytesBack(this.#words);
  }

  write(call: ScanCall, state: ScanState): void {
    const words = this.#words;
    words[SOURCE] = call.source;
    words[SOURCE_BYTES] = call.sourceBytes;
    words[PLACES] = call.places;
    words[OTHERS] = call.others;
    words[BOUNDS] = call.bounds;
    words[KINDS] = call.kinds;
    words[LINES] = call.lines;
    words[WIDTH] = call.width;
    words[CAPACITY] = call.capacity;
    words[MOST_ROWS] = call.mostRows;
    words[MOST_BYTES] = Math.min(call.mostBytes, UNBOUNDED);
    words[LAST_STOP] = call.lastStop;
    words[FIRST_START] = call.firstStart;
    words[NEXT] = state.next;
    words[OTHER] = state.other;
    words[POSITION] = state.position;
    words[ROW] = state.row;
    words[TAIL] = state.tail;
    words[LONGEST] = state.longest;
    this.#line[0] = state.line;
  }

  read(): ScanState {
    const words = this.#words;
    return {
      next: words[NEXT] as number,
      other: words[OTHER] as number,
      position: words[POSITION] as number,
      row: words[ROW] as number,
      tail: words[TAIL] as number,
      longest: words[LONGEST] as number,
      line: this.#line[0] as number,
    };
  }
}
