import type { CsvDialect } from './byte-dialect.ts';
import { toByteDialect } from './byte-dialect.ts';
import { NULL_CELL, QUOTED_CELL } from './cell-index.ts';
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
}

/** What a dialect makes of the first records. */
export interface RecordSample {
  /** Number of cells per record. */
  widths: number[];
  /** Records with a bad or unclosed quote. */
  badRecords: number;
  /** Cells in quotes. */
  quotedCells: number;
  /** Text of the cells of the first records, as many as were asked for; `null` for a cell with nothing in it. */
  texts: (string | null)[][];
  /** True when not even the first record is complete in these bytes. */
  needsMore: boolean;
}

const MAX_RECORDS = 1000;

/** Reads up to 1,000 complete records of the head. */
export function sampleRecords(head: Head, dialect: CsvDialect, wantedTexts = 0): RecordSample {
  const { bytes, length, isFinal, lineEnd } = head;
  const tokenizer = new CsvTokenizer(toByteDialect(dialect), lineEnd);
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const sample: RecordSample = { widths: [], badRecords: 0, quotedCells: 0, texts: [], needsMore: false };
  tokenizer.attach(bytes, length, isFinal);
  for (let position = head.start; position < length && sample.widths.length < MAX_RECORDS; position = tokenizer.nextRecord) {
    const outcome = tokenizer.next(position);
    if (outcome === 'more' || outcome === 'full' || outcome === 'wide') {
      sample.needsMore = outcome !== 'wide' && sample.widths.length === 0;
      break;
    }
    if (outcome !== 'record') continue;
    const { cells } = tokenizer;
    sample.widths.push(cells.count);
    if (tokenizer.unescapedQuotes > 0 || tokenizer.unclosedQuoteAt >= 0) sample.badRecords += 1;
    for (let cell = 0; cell < cells.count; cell += 1) if (cells.kinds[cell] === QUOTED_CELL) sample.quotedCells += 1;
    if (sample.texts.length < wantedTexts) {
      sample.texts.push(
        Array.from({ length: cells.count }, (_, cell) =>
          cells.kinds[cell] === NULL_CELL ? null : decoder.decode(bytes.subarray(cells.starts[cell], cells.ends[cell])),
        ),
      );
    }
    tokenizer.forget(0, length);
  }
  if (sample.widths.length === 0 && !isFinal) sample.needsMore = true;
  return sample;
}

/** The most frequent width, the first one of equals, and how many records have it; 0 of 0 without records. */
export function commonWidth(widths: readonly number[]): { width: number; records: number } {
  const counts = new Map<number, number>();
  for (const width of widths) counts.set(width, (counts.get(width) ?? 0) + 1);
  let best = { width: 0, records: 0 };
  for (const [width, records] of counts) if (records > best.records) best = { width, records };
  return best;
}
