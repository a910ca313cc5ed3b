import type { CsvDialect } from './byte-dialect.ts';
import { toByteDialect } from './byte-dialect.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import type { LineEnd } from './line-end.ts';

/**
 * True when the byte at `at` stands inside a quoted cell: a file that ended after it would have a quote that never closes. Takes a copy
 * of `bytes[start, at]`, for a message and not for every record.
 *
 * @param start Where a record begins, at or before `at`.
 */
export function isInsideQuotes(bytes: Uint8Array, start: number, at: number, dialect: CsvDialect, lineEnd: LineEnd): boolean {
  const length = at + 1 - start;
  // Rewritten cells take at most as much room as the text that they are of.
  const copy = new Uint8Array(length * 2 + 16);
  copy.set(bytes.subarray(start, at + 1));
  const tokenizer = new CsvTokenizer(toByteDialect(dialect), lineEnd);
  tokenizer.attach(copy, length, true);
  let isOpen = false;
  for (let position = 0; position < length; position = tokenizer.nextRecord) {
    const outcome = tokenizer.next(position);
    if (outcome === 'more' || outcome === 'full' || outcome === 'wide') return false;
    isOpen = outcome === 'record' && tokenizer.unclosedQuoteAt >= 0;
    tokenizer.forget(0, length);
  }
  return isOpen;
}
