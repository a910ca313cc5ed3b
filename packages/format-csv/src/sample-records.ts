import type { CsvDialect } from './byte-dialect.ts';
import { toByteDialect } from './byte-dialect.ts';
import type { CellIndex } from './cell-index.ts';
import { NULL_CELL, QUOTED_CELL } from './cell-index.ts';
import type { Outcome, TokenizerLimits } from './csv-tokenizer.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import type { LineEnd } from './line-end.ts';

/** The first bytes of a file, decompressed. */
export interface Head {
  /** Data in `[0, length)`, behind it room for rewritten cells. */
  bytes: Uint8Array;
  length: number;
  /** Where the first record begins: after a byte order mark and skipped lines. */
  start: number;
  /** True when the file ends at `length`. */
  isFinal: boolean;
  lineEnd: LineEnd;
  /** What a record may have; absent: anything that fits into these bytes. */
  limits?: TokenizerLimits;
}

/** What a dialect makes of the first records. */
export interface RecordSample {
  /** Number of cells per record. */
  widths: number[];
  /** Records with a bad or unclosed quote. */
  badRecords: number;
  /** Where the first records begin, one per record of `texts`. */
  starts: number[];
  /** Cells in quotes. */
  quotedCells: number;
  /** Text of the cells of the first records, as many as were asked for; `null` for a cell with nothing in it. */
  texts: (string | null)[][];
  /** Bounds of the first record, without its line end; `null` when it could not be read. */
  first: { start: number; end: number } | null;
  /** Where reading ended. */
  end: number;
  /** Why it ended there; `null`: there is nothing behind, or there are records enough. */
  stop: SampleStop | null;
}

/** What the tokenizer says of a record that it could not read. */
export interface SampleStop {
  outcome: Exclude<Outcome, 'record' | 'blank' | 'comment'>;
  openQuoteAt: number;
  longCell: { start: number; end: number };
}

const REPLACEMENT = '\ufffd';
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

const MAX_RECORDS = 1000;
/** With many columns a few records tell as much as many do with a few. */
const MAX_TEXTS = 100_000;

/** Reads up to 1,000 complete records of the head. */
export function sampleRecords(head: Head, dialect: CsvDialect, wantedTexts = 0): RecordSample {
  const { bytes, length, isFinal, lineEnd, limits } = head;
  const tokenizer = new CsvTokenizer(toByteDialect(dialect), lineEnd, limits);
  const sample: RecordSample = {
    widths: [],
    badRecords: 0,
    quotedCells: 0,
    texts: [],
    starts: [],
    first: null,
    end: head.start,
    stop: null,
  };
  let texts = 0;
  tokenizer.attach(bytes, length, isFinal);
  for (; sample.end < length && sample.widths.length < MAX_RECORDS; sample.end = tokenizer.nextRecord) {
    const outcome = tokenizer.next(sample.end);
    if (outcome === 'blank' || outcome === 'comment') continue;
    if (outcome !== 'record') {
      const { openQuoteAt, longCell } = tokenizer;
      sample.stop = { outcome, openQuoteAt, longCell };
      break;
    }
    const { cells } = tokenizer;
    sample.first ??= { start: sample.end, end: tokenizer.contentEnd };
    sample.widths.push(cells.count);
    if (tokenizer.unescapedQuotes > 0 || tokenizer.unclosedQuoteAt >= 0) sample.badRecords += 1;
    for (let cell = 0; cell < cells.count; cell += 1) if (cells.kinds[cell] === QUOTED_CELL) sample.quotedCells += 1;
    if (sample.texts.length < wantedTexts && texts < MAX_TEXTS) {
      texts += cells.count;
      sample.starts.push(sample.end);
      sample.texts.push(textsOf(cells, bytes, sample.end, tokenizer.contentEnd));
    }
    tokenizer.forget(0, length);
  }
  return sample;
}

/** The text of all cells, which are those of the record in `bytes[start, end)`. */
function textsOf(cells: CellIndex, bytes: Uint8Array, start: number, end: number): (string | null)[] {
  // One text is cut many times as fast as many are made.
  const record = decoder.decode(bytes.subarray(start, end));
  const isValid = !record.includes(REPLACEMENT);
  let at = start;
  let character = 0;
  return Array.from({ length: cells.count }, (_, cell) => {
    const from = cells.starts[cell] as number;
    const to = cells.ends[cell] as number;
    if (cells.kinds[cell] === NULL_CELL) return null;
    // Rewritten cells stand elsewhere.
    if (!isValid || from < at || to > end) return decoder.decode(bytes.subarray(from, to));
    const first = character + charactersIn(bytes, at, from);
    character = first + charactersIn(bytes, from, to);
    at = to;
    return record.slice(first, character);
  });
}

/** How many UTF-16 units valid UTF-8 becomes. */
function charactersIn(bytes: Uint8Array, from: number, to: number): number {
  let characters = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if ((byte & 0xc0) !== 0x80) characters += byte >= 0xf0 ? 2 : 1;
  }
  return characters;
}

/** The most frequent width, the first one of equals, and how many records have it; 0 of 0 without records. */
export function commonWidth(widths: readonly number[]): { width: number; records: number } {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  let best = { width: 0, records: 0 };
  for (const [width, records] of counts) if (records > best.records) best = { width, records };
  return best;
}
