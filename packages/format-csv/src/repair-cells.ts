import type { CsvTokenizer } from './csv-tokenizer.ts';
import { findMalformedText, replaceMalformedText } from './replace-malformed-text.ts';

/**
 * Makes every cell from `firstCell` on valid UTF-8: a cell with malformed bytes is written again behind the data, with U+FFFD.
 *
 * @returns False when there was no room; the tokenizer's tail is then undefined.
 */
export function repairCells(source: Uint8Array, tokenizer: CsvTokenizer, firstCell: number): boolean {
  const { cells } = tokenizer;
  for (let cell = firstCell; cell < cells.count; cell += 1) {
    const start = cells.starts[cell] as number;
    const end = cells.ends[cell] as number;
    if (findMalformedText(source, start, end) < 0) continue;
    const out = replaceMalformedText(source, start, end, tokenizer.tail);
    if (out < 0) return false;
    cells.starts[cell] = tokenizer.tail;
    cells.ends[cell] = out;
    tokenizer.tail = out;
  }
  return true;
}
