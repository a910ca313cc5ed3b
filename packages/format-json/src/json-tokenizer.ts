import type { ROW_CODES } from '@calve/core/plugin';
import {
  ARRAY_END,
  ARRAY_START,
  BACKSLASH,
  BLANK,
  BLANK_IN_LINE,
  CARRIAGE_RETURN,
  COLON,
  COMMA,
  ENDS_STRING,
  ESCAPES,
  HEX,
  IN_NUMBER,
  IS_CONTROL,
  LINE_FEED,
  MINUS,
  OBJECT_END,
  OBJECT_START,
  PLAIN,
  QUOTE,
  STRING_CLASS,
  UNESCAPED,
  UNICODE,
} from './byte-classes.ts';
import { characters, sequenceLength } from './utf8.ts';

/** What is wrong with a record as a whole. */
export type RecordProblem = Exclude<keyof typeof ROW_CODES, 'tokenCount'>;

/** Why a scan ended without an end: the bytes at hand are too few, or something stands there that JSON does not allow. */
export type Stop = 'more' | 'syntax';

/** Most levels of objects and arrays, the outermost one included. */
export const DEEPEST = 1_000;
/** Most characters of a number. */
export const LONGEST_NUMBER = 1_000;
/** Most characters of a member's name. */
export const LONGEST_KEY = 50_000;

// Names of this module: where a bundler or test runner turns imports into members of an object, the loops below would look them up for every byte.
const stringClass = STRING_CLASS;
const inNumber = IN_NUMBER;
const plain = PLAIN;
const endsString = ENDS_STRING;

const ZERO = 0x30;
const NINE = 0x39;
const POINT = 0x2e;

/**
 * Scans standard JSON (RFC 8259) in bytes: every method takes a place and answers with the place behind, or -1 for a stop. Nothing is copied
 * and nothing is made.
 *
 * What is wrong inside of one token or too deep is a `problem`: the scan goes on, so that the record ends where it should. What leaves open
 * where the next token begins is a stop.
 */
export class JsonTokenizer {
  /** Data is `bytes[0, length)`; at `length` stands a zero, and some bytes more may be looked at. */
  bytes: Uint8Array = new Uint8Array(1);
  length = 0;
  /** True when the content ends at `length`. */
  isFinal = true;

  /** The first problem since it was set to null. */
  problem: RecordProblem | null = null;
  stop: Stop = 'syntax';
  /** Where the scan could not go on. */
  stopAt = 0;
  /** The quote that opens the string in which the scan stopped, or -1. */
  openQuoteAt = -1;
  /** The string scanned last has escapes. */
  hasEscapes = false;

  readonly #blank: Uint8Array;
  readonly #isLine: boolean;
  /** What is open inside of a value that is skipped: one byte a level. */
  #open = new Uint8Array(64);

  /** @param isLine Line ends are no white space: they end the record. */
  constructor(isLine: boolean) {
    this.#isLine = isLine;
    this.#blank = isLine ? BLANK_IN_LINE : BLANK;
  }

  attach(bytes: Uint8Array, length: number, isFinal: boolean): void {
    this.bytes = bytes;
    this.length = length;
    this.isFinal = isFinal;
  }

  /** Keeps the first problem of a record. */
  note(problem: RecordProblem): void {
    this.problem ??= problem;
  }

  /** Remembers a stop; -1. */
  stopped(at: number): -1 {
    this.stop = at >= this.length && !this.isFinal ? 'more' : 'syntax';
    this.stopAt = Math.min(at, this.length);
    this.openQuoteAt = -1;
    return -1;
  }

  /** The next byte that is no white space; `length` when there is none. */
  blanks(from: number): number {
    const { bytes } = this;
    const blank = this.#blank;
    let at = from;
    while (blank[bytes[at] as number] === 1) at += 1;
    return at;
  }

  /** The closing quote of the string whose text begins at `from`. */
  string(from: number): number {
    const { bytes } = this;
    let at = from;
    this.hasEscapes = false;
    for (;;) {
      let kind = stringClass[bytes[at] as number];
      while (kind === plain) {
        at += 1;
        kind = stringClass[bytes[at] as number];
      }
      if (kind === endsString) return at;
      // The sentinel: unescaped texts may stand behind it, so nothing may be looked at there.
      if (at >= this.length) return this.#openString(from, at);
      if (kind === ESCAPES) {
        this.hasEscapes = true;
        if (at + 1 >= this.length) return this.#openString(from, this.length);
        at = this.#escape(at);
      } else if (kind === IS_CONTROL) {
        const byte = bytes[at];
        if (this.#isLine && (byte === LINE_FEED || byte === CARRIAGE_RETURN)) return this.#openString(from, at);
        this.note('json');
        at += 1;
      } else {
        const length = sequenceLength(bytes, at);
        if (length === 0) this.note('encoding');
        at += length === 0 ? 1 : length;
      }
    }
  }

  /**
   * The closing quote of a member's name; a problem when it is too long.
   *
   * @param from Behind the opening quote.
   */
  key(from: number): number {
    const end = this.string(from);
    if (end - from > LONGEST_KEY && characters(this.bytes, from, end) > LONGEST_KEY) this.note('longKey');
    return end;
  }

  /** The first byte of a member's value, from the closing quote of its name on. */
  colon(closingQuote: number): number {
    const at = this.blanks(closingQuote + 1);
    return this.bytes[at] === COLON ? this.blanks(at + 1) : this.stopped(at);
  }

  /** Behind a number or a literal. */
  scalar(from: number): number {
    const { bytes } = this;
    const byte = bytes[from] as number;
    if (byte >= ZERO && byte <= NINE) return this.#number(from, from);
    if (byte === MINUS) return bytes[from + 1] === 0x49 ? this.#notANumber(from + 1) : this.#number(from, from + 1);
    if (byte === 0x74) return this.#literal(from, TRUE);
    if (byte === 0x66) return this.#literal(from, FALSE);
    if (byte === 0x6e) return this.#literal(from, NULL);
    if (byte === 0x4e || byte === 0x49) return this.#notANumber(from);
    // A number that begins as JSON does not allow: `+1`, `.5`.
    if (inNumber[byte] === 1) return this.#number(from, from);
    return this.stopped(from);
  }

  /**
   * Behind any value, all of which is scanned.
   *
   * @param depth Levels that are open around it.
   */
  value(from: number, depth: number): number {
    const { bytes } = this;
    let at = from;
    let level = 0;
    for (;;) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at = this.string(at + 1) + 1;
        if (at === 0) return -1;
      } else if (byte === OBJECT_START || byte === ARRAY_START) {
        level = this.#opened(level, byte, depth);
        at = this.blanks(at + 1);
        if (bytes[at] !== (byte === OBJECT_START ? OBJECT_END : ARRAY_END)) {
          if (byte === OBJECT_START) at = this.#name(at);
          if (at < 0) return -1;
          continue;
        }
        at += 1;
        level -= 1;
      } else {
        at = this.scalar(at);
        if (at < 0) return -1;
      }
      for (;;) {
        if (level === 0) return at;
        at = this.blanks(at);
        const next = bytes[at];
        const isObject = this.#open[level - 1] === OBJECT_START;
        if (next === COMMA) {
          at = this.blanks(at + 1);
          if (isObject) at = this.#name(at);
          if (at < 0) return -1;
          break;
        }
        if (next !== (isObject ? OBJECT_END : ARRAY_END)) return this.stopped(at);
        at += 1;
        level -= 1;
      }
    }
  }

  /** From a member's name to its value. */
  #name(at: number): number {
    if (this.bytes[at] !== QUOTE) return this.stopped(at);
    const end = this.key(at + 1);
    return end < 0 ? -1 : this.colon(end);
  }

  #opened(level: number, byte: number, depth: number): number {
    if (level === this.#open.length) {
      const larger = new Uint8Array(level * 2);
      larger.set(this.#open);
      this.#open = larger;
    }
    this.#open[level] = byte;
    if (depth + level + 1 > DEEPEST) this.note('tooDeep');
    return level + 1;
  }

  #openString(from: number, at: number): -1 {
    this.stopped(at);
    this.openQuoteAt = from - 1;
    return -1;
  }

  /** Behind an escape, or behind its backslash and one byte more when it is none. */
  #escape(at: number): number {
    const { bytes } = this;
    const kind = bytes[at + 1] as number;
    if (UNESCAPED[kind] !== 0) return at + 2;
    if (kind === UNICODE) {
      let digits = 2;
      while (digits < 6 && HEX[bytes[at + digits] as number] !== 255) digits += 1;
      if (digits === 6) return at + 6;
    }
    this.note('json');
    // A line end is looked at by itself, and so is the first byte of a longer character.
    return stringClass[kind] === plain || kind === BACKSLASH ? at + 2 : at + 1;
  }

  #number(from: number, firstDigit: number): number {
    const { bytes } = this;
    let at = firstDigit;
    let isGood = true;
    if (bytes[at] === ZERO) at += 1;
    else if (isDigit(bytes[at])) at = this.#digits(at);
    else isGood = false;
    if (isGood && bytes[at] === POINT) {
      isGood = isDigit(bytes[at + 1]);
      if (isGood) at = this.#digits(at + 1);
    }
    if (isGood && ((bytes[at] as number) | 0x20) === 0x65) {
      const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === MINUS ? 1 : 0;
      isGood = isDigit(bytes[at + 1 + sign]);
      if (isGood) at = this.#digits(at + 1 + sign);
    }
    if (!isGood || inNumber[bytes[at] as number] === 1) {
      while (inNumber[bytes[at] as number] === 1) at += 1;
      this.note('json');
    }
    if (at - from > LONGEST_NUMBER) this.note('longNumber');
    return at;
  }

  #digits(from: number): number {
    const { bytes } = this;
    let at = from;
    while (isDigit(bytes[at])) at += 1;
    return at;
  }

  #literal(from: number, word: Uint8Array): number {
    const { bytes } = this;
    for (let index = 1; index < word.length; index += 1) {
      if (bytes[from + index] !== word[index]) return this.stopped(from + index);
    }
    return from + word.length;
  }

  /** `NaN` and `Infinity`, which some programs write and JSON does not have. */
  #notANumber(from: number): number {
    const end = this.#literal(from, this.bytes[from] === 0x4e ? NAN : INFINITY);
    if (end >= 0) this.note('nan');
    return end;
  }
}

const bytesOf = (word: string): Uint8Array => new TextEncoder().encode(word);
const TRUE = bytesOf('true');
const FALSE = bytesOf('false');
const NULL = bytesOf('null');
const NAN = bytesOf('NaN');
const INFINITY = bytesOf('Infinity');

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}
