import type { CellsColumn, OffsetsColumn } from './column-data.ts';
import { createCellSlice, readCell } from './read-cell.ts';

/** Most characters (UTF-16 units) of a cell that are shown to people. */
const longestCellText = 200;

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of one cell for people: unescaped, at most 200 characters, never cut inside one. Validity is the caller's business. */
export function cellText(column: CellsColumn | OffsetsColumn, row: number): string {
  const { bytes, start, end } = readCell(column, row, createCellSlice());
  return excerpt(bytes, start, end);
}

/** The beginning of `bytes[start, end)` as text, at most 200 characters, never cut inside one. */
export function excerpt(bytes: Uint8Array, start: number, end: number): string {
  // A character of UTF-16 has three bytes at most; what is cut off at the end is dropped again below.
  const text = decoder.decode(bytes.subarray(start, Math.min(end, start + longestCellText * 3 + 3)));
  if (text.length <= longestCellText) return text;
  const last = text.charCodeAt(longestCellText - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? longestCellText - 1 : longestCellText);
}
