import type { Path } from '@calve/core/plugin';
import { ARRAY_END, ARRAY_START, COMMA, OBJECT_END, OBJECT_START, QUOTE } from './byte-classes.ts';
import type { JsonTokenizer } from './json-tokenizer.ts';

/** Objects in objects that are looked into for records. */
const DEEPEST_PATH = 5;

/** An array of objects inside of a document. */
export interface RecordArray {
  path: Path;
  /** Objects that were seen of it. */
  records: number;
}

/** What an object has inside: where arrays of objects stand, and what it says of itself. */
export class Outline {
  readonly arrays: RecordArray[] = [];
  /** The text of the member `type` of the document. */
  type = '';
  readonly #tokens: JsonTokenizer;
  readonly #path: string[] = [];

  constructor(tokens: JsonTokenizer) {
    this.#tokens = tokens;
  }

  /** Behind the object that begins at `from`, or -1 when the bytes end before or it is no JSON: what was seen until then counts. */
  object(from: number): number {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    let at = tokens.blanks(from + 1);
    if (bytes[at] === OBJECT_END) return at + 1;
    for (;;) {
      if (bytes[at] !== QUOTE) return tokens.stopped(at);
      const nameEnd = tokens.string(at + 1);
      const value = nameEnd < 0 ? -1 : tokens.colon(nameEnd);
      if (value < 0) return -1;
      this.#path.push(this.#text(at, nameEnd + 1));
      const end = this.#member(value);
      this.#path.pop();
      if (end < 0) return -1;
      at = tokens.blanks(end);
      if (bytes[at] === OBJECT_END) return at + 1;
      if (bytes[at] !== COMMA) return tokens.stopped(at);
      at = tokens.blanks(at + 1);
    }
  }

  /** How many of the elements of the array that begins at `from` are objects; of the others, if there are any, the first. */
  elements(from: number): { end: number; records: number; other: number } {
    const tokens = this.#tokens;
    const { bytes } = tokens;
    const seen = { end: -1, records: 0, other: -1 };
    let at = tokens.blanks(from + 1);
    if (bytes[at] === ARRAY_END) return { ...seen, end: at + 1 };
    for (;;) {
      if (at >= tokens.length) return { ...seen, end: tokens.stopped(at) };
      const isObject = bytes[at] === OBJECT_START;
      if (isObject) seen.records += 1;
      const start = at;
      at = tokens.value(at, 1);
      if (!isObject && seen.other < 0 && (at >= 0 || bytes[start] === ARRAY_START)) seen.other = start;
      if (at < 0) return seen;
      at = tokens.blanks(at);
      if (bytes[at] === ARRAY_END) return { ...seen, end: at + 1 };
      if (bytes[at] !== COMMA) return { ...seen, end: tokens.stopped(at) };
      at = tokens.blanks(at + 1);
    }
  }

  #member(at: number): number {
    const tokens = this.#tokens;
    const byte = tokens.bytes[at];
    if (byte === OBJECT_START && this.#path.length < DEEPEST_PATH) return this.object(at);
    if (byte === ARRAY_START && this.#path.length <= DEEPEST_PATH) {
      const { end, records, other } = this.elements(at);
      if (records > 0 && other < 0) this.arrays.push({ path: [...this.#path], records });
      return end;
    }
    const end = tokens.value(at, this.#path.length);
    if (end >= 0 && byte === QUOTE && this.#path.length === 1 && this.#path[0] === 'type') this.type = this.#text(at, end);
    return end;
  }

  /** The text of a string, quotes included in its bounds. */
  #text(start: number, end: number): string {
    const text = new TextDecoder().decode(this.#tokens.bytes.subarray(start, end));
    try {
      return JSON.parse(text) as string;
    } catch {
      // An escape that does not exist: the decoder will say so.
      return text.slice(1, -1);
    }
  }
}
