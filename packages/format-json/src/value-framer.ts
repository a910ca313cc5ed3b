import type { Path } from '@calve/core/plugin';
import { ARRAY_END, ARRAY_START, COMMA, LINE_FEED, OBJECT_END, OBJECT_START, QUOTE } from './byte-classes.ts';
import type { Framer, Outcome } from './framer.ts';
import type { JsonTokenizer } from './json-tokenizer.ts';
import { sameBytes } from './key-table.ts';
import { OutsideSkip } from './outside-skip.ts';
import type { RecordParser } from './record-parser.ts';
import { UnescapedText } from './unescape-text.ts';

/** What is expected next; `member` and `element` are those behind a comma. */
type Phase =
  | 'value'
  | 'first member'
  | 'member'
  | 'after member'
  | 'first element'
  | 'element'
  | 'after element'
  | 'after all'
  | 'ignored';

/** Names of members beside the records that a finding lists. */
const NAMES_SHOWN = 5;

/**
 * Values over any number of lines: one document, in which a path leads to the records, or values one after the other. Of what is no record only
 * single tokens are held; where an array of records stands, its elements are read one by one, so its length does not matter.
 */
export class ValueFramer implements Framer {
  start = 0;
  end = 0;
  valueStart = 0;
  line = 1;
  next = 0;
  ignoredAt = -1;
  /** The path led to an array or an object. */
  isFound = false;
  /** What stands on the path is no object, or at its end no array and no object. */
  isMisled = false;
  /** Members beside the records, in the first few: their names as they stand in the file. */
  readonly outside: string[] = [];
  outsideCount = 0;

  readonly #tokens: JsonTokenizer;
  readonly #parser: RecordParser;
  readonly #path: readonly Uint8Array[];
  readonly #isDocument: boolean;
  readonly #skip: OutsideSkip;
  #phase: Phase = 'value';
  #isSkipping = false;
  /** Objects on the way to the records that are open. */
  #level = 0;
  #isFirst = true;
  /** The line of the place up to which lines were counted, and the first line end behind it; -1: not looked for in these bytes. */
  #line = 1;
  #lineFeed = -1;

  constructor(tokens: JsonTokenizer, parser: RecordParser, framing: 'values' | 'document', path: Path) {
    this.#tokens = tokens;
    this.#parser = parser;
    this.#path = path.map((name) => new TextEncoder().encode(name));
    this.#isDocument = framing === 'document';
    this.#skip = new OutsideSkip(tokens);
  }

  read(from: number, row: number): Outcome {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    this.ignoredAt = -1;
    let at = from;
    if (this.#isFirst && bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) at += 3;
    for (;;) {
      at = tokens.blanks(at);
      this.next = at;
      if (at >= tokens.length) return this.#atEnd();
      this.#isFirst = false;
      if (this.#isSkipping) {
        const end = this.#skip.resume(at);
        this.next = this.#skip.next;
        if (end < 0) return this.#stopped();
        this.#isSkipping = false;
        at = end;
        continue;
      }
      const byte = bytes[at];
      switch (this.#phase) {
        case 'value':
          if (this.#path.length > 0) {
            if (byte !== OBJECT_START) return this.#misled(at);
            this.#level = 1;
            this.#phase = 'first member';
            at += 1;
            continue;
          }
          if (byte !== ARRAY_START) return this.#record(at, row, this.#isDocument ? 'after all' : 'value');
          this.isFound = true;
          this.#phase = 'first element';
          at += 1;
          continue;
        case 'first member':
        case 'member': {
          if (byte === OBJECT_END && this.#phase === 'first member') {
            at = this.#closeObject(at);
            continue;
          }
          const outcome = this.#member(at, row);
          if (outcome !== 'go on') return outcome;
          at = this.next;
          continue;
        }
        case 'after member':
          if (byte === OBJECT_END) at = this.#closeObject(at);
          else if (byte === COMMA) {
            this.#phase = 'member';
            at += 1;
          } else return this.#unexpected(at);
          continue;
        case 'first element':
        case 'element':
          if (byte !== ARRAY_END || this.#phase === 'element') return this.#record(at, row, 'after element');
          at = this.#closeArray(at);
          continue;
        case 'after element':
          if (byte === ARRAY_END) at = this.#closeArray(at);
          else if (byte === COMMA) {
            this.#phase = 'element';
            at += 1;
          } else return this.#unexpected(at);
          continue;
        case 'after all':
          this.#phase = 'ignored';
          this.ignoredAt = at;
          this.start = at;
          this.line = this.lineAt(at);
          this.next = tokens.length;
          return 'blank';
        case 'ignored':
          this.next = tokens.length;
          return tokens.isFinal ? 'end' : 'more';
      }
    }
  }

  shift(consumed: number): void {
    this.#countTo(consumed);
    this.#lineFeed = -1;
  }

  lineAt(to: number): number {
    let line = this.#line;
    for (let at = this.#nextLineFeed(); at < to; at = lineFeedFrom(this.#tokens, at + 1)) line += 1;
    return line;
  }

  /** Counts the lines up to a place, for good: places only go forward. */
  #countTo(to: number): void {
    while (this.#nextLineFeed() < to) {
      this.#line += 1;
      this.#lineFeed = lineFeedFrom(this.#tokens, this.#lineFeed + 1);
    }
  }

  /** The first line end behind what was counted. It is looked for once, since a document may be one line of gigabytes. */
  #nextLineFeed(): number {
    if (this.#lineFeed < 0) this.#lineFeed = lineFeedFrom(this.#tokens, 0);
    return this.#lineFeed;
  }

  /** A record, or what stands in its place. */
  #record(at: number, row: number, after: Phase): Outcome {
    const tokens = this.#tokens;
    const isObject = tokens.bytes[at] === OBJECT_START;
    if (!isObject) tokens.problem = null;
    const end = isObject ? this.#parser.read(at, row) : tokens.value(at, 0);
    const isCut = end >= tokens.length && !tokens.isFinal && !isObject;
    if (end < 0 || isCut) {
      if (isCut) tokens.stopped(tokens.length);
      if (isObject) this.#parser.undo(row);
      return this.#stopped();
    }
    if (!isObject) tokens.note('notAnObject');
    this.isFound = true;
    this.#phase = after;
    this.start = at;
    this.valueStart = at;
    this.end = end;
    this.next = end;
    this.#countTo(at);
    this.line = this.#line;
    if (tokens.problem === null) return 'record';
    if (isObject) this.#parser.undo(row);
    return 'rejected';
  }

  /** A member on the way to the records. `go on`: at `next`. */
  #member(at: number, row: number): Outcome | 'go on' {
    const tokens = this.#tokens;
    if (tokens.bytes[at] !== QUOTE) return this.#unexpected(at);
    const nameEnd = tokens.string(at + 1);
    if (nameEnd < 0) return this.#stopped();
    const isNext = !this.isFound && this.#isNext(at + 1, nameEnd);
    const value = tokens.colon(nameEnd);
    if (value < 0) return this.#stopped();
    if (value >= tokens.length) return tokens.isFinal ? this.#unexpected(value) : 'more';
    const byte = tokens.bytes[value];
    if (!isNext) {
      this.#noteOutside(at + 1, nameEnd);
      this.#phase = 'after member';
      this.#isSkipping = true;
      this.#skip.begin();
    } else if (this.#level < this.#path.length) {
      if (byte !== OBJECT_START) return this.#misled(value);
      this.#level += 1;
      this.#phase = 'first member';
    } else if (byte === ARRAY_START) {
      this.isFound = true;
      this.#phase = 'first element';
    } else if (byte === OBJECT_START) return this.#record(value, row, 'after member');
    else return this.#misled(value);
    this.next = isNext ? value + 1 : value;
    return 'go on';
  }

  /** True for the name that the path says. */
  #isNext(start: number, end: number): boolean {
    const wanted = this.#path[this.#level - 1] as Uint8Array;
    const { bytes, hasEscapes } = this.#tokens;
    if (!hasEscapes) return sameBytes(wanted, bytes, start, end);
    const text = new Uint8Array(end - start);
    return sameBytes(wanted, text, 0, new UnescapedText().write(bytes, start, end, text, 0).end);
  }

  #noteOutside(start: number, end: number): void {
    this.outsideCount += 1;
    if (this.outside.length >= NAMES_SHOWN) return;
    this.outside.push(new TextDecoder().decode(this.#tokens.bytes.subarray(start, Math.min(end, start + 60))));
  }

  #closeObject(at: number): number {
    this.#level -= 1;
    this.#phase = this.#level > 0 ? 'after member' : 'after all';
    return at + 1;
  }

  #closeArray(at: number): number {
    this.#phase = this.#level > 0 ? 'after member' : this.#isDocument ? 'after all' : 'value';
    return at + 1;
  }

  #unexpected(at: number): Outcome {
    this.#tokens.stopped(at);
    return this.#stopped();
  }

  #misled(at: number): Outcome {
    this.#tokens.stopped(at);
    this.isMisled = true;
    return 'malformed';
  }

  #stopped(): Outcome {
    return this.#tokens.stop === 'more' ? 'more' : 'malformed';
  }

  /** Nothing but white space is left of the bytes at hand. */
  #atEnd(): Outcome {
    const tokens = this.#tokens;
    if (!tokens.isFinal) return 'more';
    const isBetween = !this.#isSkipping && (this.#phase === 'after all' || this.#phase === 'ignored' || this.#phase === 'value');
    if (isBetween) return 'end';
    tokens.stopped(tokens.length);
    return 'malformed';
  }
}

/** The first line end from a place on; behind the data when there is none. */
function lineFeedFrom({ bytes, length }: JsonTokenizer, from: number): number {
  const at = bytes.subarray(0, length).indexOf(LINE_FEED, from);
  return at < 0 ? length : at;
}
