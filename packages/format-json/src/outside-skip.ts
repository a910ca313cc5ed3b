import { ARRAY_END, ARRAY_START, COMMA, OBJECT_END, OBJECT_START, QUOTE } from './byte-classes.ts';
import type { JsonTokenizer } from './json-tokenizer.ts';
import { DEEPEST } from './json-tokenizer.ts';

type Expected = 'value' | 'first name' | 'name' | 'first element' | 'next';

/**
 * Scans a value that is no record, of any length, one token after the other: only a single token has to be found in one piece, so a value of
 * gigabytes takes no memory.
 */
export class OutsideSkip {
  /** Where to go on when the bytes at hand were not enough. */
  next = 0;
  readonly #tokens: JsonTokenizer;
  readonly #open: number[] = [];
  #expected: Expected = 'value';

  constructor(tokens: JsonTokenizer) {
    this.#tokens = tokens;
  }

  /** The next call of `resume` begins a value. */
  begin(): void {
    this.#open.length = 0;
    this.#expected = 'value';
  }

  /** Behind the value, or -1 for a stop. */
  resume(from: number): number {
    const tokens = this.#tokens;
    let at = from;
    for (;;) {
      at = tokens.blanks(at);
      this.next = at;
      if (at >= tokens.length) return tokens.stopped(at);
      at = this.#token(at);
      if (at < 0) return -1;
      if (this.#open.length === 0 && this.#expected === 'next') return at;
    }
  }

  /** Behind the token that begins at `at`. */
  #token(at: number): number {
    const tokens = this.#tokens;
    const byte = tokens.bytes[at] as number;
    const isObject = this.#open.at(-1) === OBJECT_START;
    if (this.#expected === 'next') {
      if (byte === COMMA) {
        this.#expected = isObject ? 'name' : 'value';
        return at + 1;
      }
      return this.#close(at, byte);
    }
    if (this.#expected === 'first name' && byte === OBJECT_END) return this.#close(at, byte);
    if (this.#expected === 'first element' && byte === ARRAY_END) return this.#close(at, byte);
    if (this.#expected === 'first name' || this.#expected === 'name') {
      const end = byte === QUOTE ? tokens.string(at + 1) : tokens.stopped(at);
      if (end < 0) return -1;
      const value = tokens.colon(end);
      this.#expected = value < 0 ? this.#expected : 'value';
      return value;
    }
    if (byte === OBJECT_START || byte === ARRAY_START) {
      if (this.#open.length === DEEPEST) {
        tokens.note('tooDeep');
        tokens.stopped(at);
        tokens.stop = 'syntax';
        return -1;
      }
      this.#open.push(byte);
      this.#expected = byte === OBJECT_START ? 'first name' : 'first element';
      return at + 1;
    }
    const end = byte === QUOTE ? tokens.string(at + 1) + 1 : tokens.scalar(at);
    if (end <= 0) return -1;
    // A number may go on in the next chunk.
    if (end >= tokens.length && !tokens.isFinal) return tokens.stopped(tokens.length);
    this.#expected = 'next';
    return end;
  }

  #close(at: number, byte: number): number {
    const isEnd = byte === (this.#open.at(-1) === OBJECT_START ? OBJECT_END : ARRAY_END);
    if (!isEnd) return this.#tokens.stopped(at);
    this.#open.pop();
    this.#expected = 'next';
    return at + 1;
  }
}
