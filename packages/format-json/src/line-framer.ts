import { ARRAY_END, ARRAY_START, BLANK_IN_LINE, CARRIAGE_RETURN, COMMA, LINE_FEED, OBJECT_START } from './byte-classes.ts';
import type { Framer, Outcome } from './framer.ts';
import type { JsonTokenizer } from './json-tokenizer.ts';
import type { RecordParser } from './record-parser.ts';

/**
 * One record per line; LF, CR LF and CR end a line. As in Spark: what follows the first value of a line is ignored, blank lines are no data, a
 * byte order mark in front of any line is dropped, and the objects of an array are records of their own, all of them or none.
 */
export class LineFramer implements Framer {
  start = 0;
  end = 0;
  valueStart = 0;
  line = 1;
  next = 0;
  ignoredAt = -1;

  readonly #tokens: JsonTokenizer;
  readonly #parser: RecordParser;
  /** The line that comes next. */
  #nextLine = 1;
  /** Inside of a line with an array: its next element, -1 when there is none. */
  #element = -1;
  #lineEnd = 0;
  #afterLine = 0;
  #ignoredInLine = -1;

  constructor(tokens: JsonTokenizer, parser: RecordParser) {
    this.#tokens = tokens;
    this.#parser = parser;
  }

  /** True where the next thing is a line, not another record of the line before. */
  get isAtLine(): boolean {
    return this.#element < 0;
  }

  /** Takes note of lines that somebody else has read. @returns The number of the first. */
  passLines(lines: number): number {
    this.#nextLine += lines;
    return this.#nextLine - lines;
  }

  read(from: number, row: number): Outcome {
    if (this.#element >= 0) return this.#readElement(row);
    const tokens = this.#tokens;
    const { bytes, length } = tokens;
    this.ignoredAt = -1;
    this.next = from;
    if (from >= length) return tokens.isFinal ? 'end' : 'more';
    this.start = bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf ? from + 3 : from;
    const at = tokens.blanks(this.start);
    this.valueStart = at;
    const byte = bytes[at];
    if (at >= length || byte === LINE_FEED || byte === CARRIAGE_RETURN)
      return this.#finishLine(at) ? this.#take('blank') : 'more';
    if (byte === OBJECT_START) return this.#close(this.#parser.read(at, row), row);
    tokens.problem = null;
    if (byte === ARRAY_START) return this.#readArray(at, row);
    const end = tokens.value(at, 0);
    if (end >= 0) tokens.note('notAnObject');
    return this.#close(end, row);
  }

  shift(_consumed: number): void {}

  lineAt(_at: number): number {
    return this.#nextLine;
  }

  /** @param end Behind the first value of the line, or -1 for a stop. */
  #close(end: number, row: number): Outcome {
    const tokens = this.#tokens;
    if (end < 0 && tokens.stop === 'more') return this.#undo(row);
    if (!this.#finishLine(end < 0 ? tokens.stopAt : end)) return this.#undo(row);
    if (end < 0) tokens.note('json');
    this.end = this.#lineEnd;
    if (tokens.problem === null) return this.#take('record');
    this.#parser.undo(row);
    return this.#take('rejected');
  }

  #undo(row: number): 'more' {
    this.#parser.undo(row);
    return 'more';
  }

  #take(outcome: 'record' | 'rejected' | 'blank'): Outcome {
    this.line = this.#nextLine;
    this.#nextLine += 1;
    this.next = this.#afterLine;
    return outcome;
  }

  /** Finds the end of the line from `from` on, and whether something stands in between. False: it is not at hand. */
  #finishLine(from: number): boolean {
    const { bytes, length, isFinal } = this.#tokens;
    let at = from;
    let ignoredAt = -1;
    while (at < length && bytes[at] !== LINE_FEED && bytes[at] !== CARRIAGE_RETURN) {
      if (ignoredAt < 0 && BLANK_IN_LINE[bytes[at] as number] === 0) ignoredAt = at;
      at += 1;
    }
    // Whether LF follows CR has to be known.
    if (!isFinal && (at === length || (bytes[at] === CARRIAGE_RETURN && at + 1 === length))) return false;
    this.#lineEnd = at;
    this.ignoredAt = ignoredAt;
    this.#ignoredInLine = ignoredAt;
    this.#afterLine = Math.min(length, at + (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED ? 2 : 1));
    return true;
  }

  /** All elements are read once before the first of them is a record: if one is none, the line is rejected as it stands. */
  #readArray(from: number, row: number): Outcome {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    const parser = this.#parser;
    const first = tokens.blanks(from + 1);
    let at = first;
    let isGood = true;
    for (let isFirst = true; !(isFirst && bytes[at] === ARRAY_END); isFirst = false) {
      if (bytes[at] === OBJECT_START) {
        at = parser.read(at, row);
        if (at >= 0) parser.undo(row);
      } else {
        tokens.problem = null;
        at = tokens.value(at, 1);
        if (at >= 0) tokens.note('notAnObject');
      }
      if (at < 0) return this.#close(-1, row);
      isGood = tokens.problem === null;
      at = tokens.blanks(at);
      if (!isGood || bytes[at] === ARRAY_END) break;
      if (bytes[at] !== COMMA) return this.#close(tokens.stopped(at), row);
      at = tokens.blanks(at + 1);
    }
    if (!isGood) {
      // Behind a bad element the rest of the line does not matter, unless it is not all there.
      if (!this.#finishLine(at)) return 'more';
      this.end = this.#lineEnd;
      return this.#take('rejected');
    }
    if (!this.#finishLine(at + 1)) return 'more';
    if (at === first) return this.#take('blank');
    this.#take('record');
    this.#element = first;
    return this.#readElement(row);
  }

  #readElement(row: number): Outcome {
    const tokens = this.#tokens;
    this.start = this.#element;
    this.valueStart = this.#element;
    this.end = this.#parser.read(this.#element, row);
    const at = tokens.blanks(this.end);
    const isLast = tokens.bytes[at] !== COMMA;
    this.#element = isLast ? -1 : tokens.blanks(at + 1);
    this.next = isLast ? this.#afterLine : this.#element;
    // What is ignored stands behind the last element, and is told once.
    this.ignoredAt = isLast ? this.#ignoredInLine : -1;
    return 'record';
  }
}
