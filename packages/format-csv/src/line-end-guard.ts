import type { Position } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { CsvDialect } from './byte-dialect.ts';
import type { Chunk } from './chunk.ts';
import type { ChunkReader } from './chunk-reader.ts';
import type { CsvTokenizer } from './csv-tokenizer.ts';
import { isInsideQuotes } from './inside-quotes.ts';
import type { LineEnd } from './line-end.ts';
import type { Head } from './sample-records.ts';

const CARRIAGE_RETURN = 0x0d;
const LINE_FEED = 0x0a;

/** The dialect of a file, which is asked for only to say whether a bare LF stands inside quotes. */
export type DialectOf = (head: Head) => CsvDialect;

/**
 * Looks at the line ends of a whole file, chunk by chunk, inside quotes and outside.
 *
 * A file whose first line end is CR LF and that has a bare LF is refused: what Spark makes of it depends on where the read buffer of
 * its parser happens to end, so no reading of it is right.
 */
export class LineEndGuard {
  /** Where the first LF stands in a file whose line end is CR. */
  lineFeedAt: Position | undefined;

  readonly #lineEnd: LineEnd;
  readonly #dialectOf: DialectOf;
  /** How far the text was looked at. */
  #offset: number;
  #lineFeeds = 0;

  /** @param from Where the text begins in its file. */
  constructor(lineEnd: LineEnd, dialectOf: DialectOf, from = 0) {
    this.#offset = from;
    this.#lineEnd = lineEnd;
    this.#dialectOf = dialectOf;
  }

  /**
   * Looks at what is new in the chunk at hand. Called for every chunk, at least once.
   *
   * @param start Where the first record begins in the chunk; its length when none does.
   * @throws {CalveError} `CSV_MIXED_LINE_ENDS` (fix-input).
   */
  check(chunks: ChunkReader, start: number): void {
    if (this.#lineEnd === 'LF') return;
    const chunk = chunks.chunk as Chunk;
    const { textOffset } = chunks;
    const data = chunk.bytes.subarray(0, chunk.length);
    for (let at = data.indexOf(LINE_FEED, this.#offset - textOffset); at >= 0; at = data.indexOf(LINE_FEED, at + 1)) {
      if (this.#lineEnd === 'CR') {
        this.lineFeedAt ??= { unit: '', byteOffset: chunks.offsetOf(at) };
        break;
      }
      this.#lineFeeds += 1;
      // A CR at the end of a chunk is never consumed there, so it stands before its LF in the next one.
      if (data[at - 1] !== CARRIAGE_RETURN) {
        throw mixedLineEnds(chunks.offsetOf(at), this.#isQuoted(chunk, start, at), this.#lineFeeds);
      }
    }
    this.#offset = textOffset + chunk.length;
  }

  /**
   * Looks at the first record: when it ends with CR LF and has a bare LF inside quotes, that LF became the line end of the file, and a
   * CR would be left at the end of every record.
   *
   * @param start Place of the record in the chunk at hand.
   * @param line On which the record begins.
   * @throws {CalveError} `CSV_MIXED_LINE_ENDS` (fix-input).
   */
  checkFirstRecord(
    chunks: ChunkReader,
    start: number,
    line: number,
    record: Pick<CsvTokenizer, 'innerLines' | 'hasStrayReturn'>,
  ): void {
    if (this.#lineEnd !== 'LF' || record.innerLines === 0 || !record.hasStrayReturn) return;
    // In a file whose line end is LF, one inside a record is one inside quotes.
    const { bytes } = chunks.chunk as Chunk;
    throw mixedLineEnds(chunks.offsetOf(bytes.indexOf(LINE_FEED, start)), true, line);
  }

  #isQuoted({ bytes, length }: Chunk, start: number, at: number): boolean {
    if (at < start) return false;
    const dialect = this.#dialectOf({ bytes, length, start, isFinal: false, lineEnd: this.#lineEnd });
    return isInsideQuotes(bytes, start, at, dialect, this.#lineEnd);
  }
}

/**
 * Looks at bytes from the middle of a file whose lines end with CR LF, as `LineEndGuard` looks at those from its beginning.
 *
 * @param byteOffset Place of the chunk's first byte in the content.
 * @param start Where it is certain that a record begins; negative when nowhere.
 * @throws {CalveError} `CSV_MIXED_LINE_ENDS` (fix-input).
 */
export function refuseBareLineFeed(chunk: Chunk, byteOffset: number, start: number, dialect: CsvDialect): void {
  const data = chunk.bytes.subarray(0, chunk.length);
  // What stands before the first byte is not known.
  for (let at = data.indexOf(LINE_FEED, 1); at >= 0; at = data.indexOf(LINE_FEED, at + 1)) {
    if (data[at - 1] === CARRIAGE_RETURN) continue;
    const isQuoted = start >= 0 && start <= at && isInsideQuotes(chunk.bytes, start, at, dialect, 'CRLF');
    throw mixedLineEnds(byteOffset + at, isQuoted);
  }
}

function mixedLineEnds(byteOffset: number, isQuoted: boolean, line?: number): CalveError {
  const where = line === undefined ? 'one' : `line ${line}`;
  const found = isQuoted
    ? `${where} ends with a bare LF inside a quoted cell, at byte ${byteOffset}. Such a file cannot be read reliably, although the cell is quoted: what Spark makes of it depends on where its read buffer happens to end.`
    : `${where} ends with a bare LF at byte ${byteOffset}. Such a file cannot be read reliably: Spark gives other rows depending on its buffer size.`;
  const remedy = isQuoted ? 'Rewrite the line ends to be all alike, inside quotes too' : 'Give the file one kind of line end';
  return new CalveError(
    'CSV_MIXED_LINE_ENDS',
    `Lines end with CR LF, but ${found} ${remedy}, for instance with "sed -i 's/\\r$//'".`,
    { recovery: 'fix-input', context: { byteOffset, ...(line === undefined ? {} : { line }) } },
  );
}
