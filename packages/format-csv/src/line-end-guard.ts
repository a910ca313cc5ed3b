import type { Position } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { Chunk } from './chunk-pool.ts';
import type { LineEnd } from './line-end.ts';

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/**
 * Looks at the line ends of a whole file, chunk by chunk, inside quotes and outside.
 *
 * A file whose first line end is CR LF and that has a bare LF is refused: what Spark makes of it depends on where the read buffer of
 * its parser happens to end, so no reading of it is right.
 */
export class LineEndGuard {
  readonly #lineEnd: LineEnd;
  /** How far the content was looked at. */
  #offset = 0;
  #lineFeeds = 0;
  #lastByte = -1;

  constructor(lineEnd: LineEnd) {
    this.#lineEnd = lineEnd;
  }

  /**
   * @param byteOffset Place of the chunk's first byte in the content.
   * @returns Where an LF stands in a file whose line end is CR.
   * @throws {CalveError} `CSV_MIXED_LINE_ENDS` (fix-input).
   */
  check(chunk: Chunk, byteOffset: number): Position | undefined {
    if (this.#lineEnd === 'LF') return undefined;
    const data = chunk.bytes.subarray(0, chunk.length);
    const from = this.#offset - byteOffset;
    for (let at = data.indexOf(LINE_FEED, from); at >= 0; at = data.indexOf(LINE_FEED, at + 1)) {
      if (this.#lineEnd === 'CR') return { unit: '', byteOffset: byteOffset + at };
      const before = at > 0 ? data[at - 1] : this.#lastByte;
      this.#lineFeeds += 1;
      if (before !== CARRIAGE_RETURN) throw mixedLineEnds(byteOffset + at, this.#lineFeeds);
    }
    this.#offset = byteOffset + chunk.length;
    if (chunk.length > 0) this.#lastByte = data[chunk.length - 1] as number;
    return undefined;
  }
}

function mixedLineEnds(byteOffset: number, line: number): CalveError {
  return new CalveError(
    'CSV_MIXED_LINE_ENDS',
    `The first line ends with CR LF, but line ${line} ends with a bare LF at byte ${byteOffset}. Such a file cannot be read reliably: Spark gives other rows depending on its buffer size. Give the file one kind of line end, for instance with "sed -i 's/\\r$//'".`,
    { recovery: 'fix-input', context: { byteOffset, line } },
  );
}
