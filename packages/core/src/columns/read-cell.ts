import { CalveError } from '../errors/calve-error.ts';
import type { CellsColumn, OffsetsColumn } from './column-data.ts';

/** Where the text of one cell stands: `bytes[start, end)`. Made once and filled again for every cell, so reading allocates nothing. */
export interface CellSlice {
  bytes: Uint8Array;
  start: number;
  end: number;
  /** Holds cells that had to be unescaped; grows when needed, overwritten by the next of them. */
  scratch: Uint8Array;
}

/** An empty slice for `readCell`. */
export function createCellSlice(): CellSlice {
  const scratch = new Uint8Array(256);
  return { bytes: scratch, start: 0, end: 0, scratch };
}

/**
 * Points `slice` at the text of a cell, without quotes and escapes. Only a cell that is still escaped is copied, into
 * `slice.scratch`. Validity is the caller's business; the slice holds until the next call or the release of the batch.
 *
 * @throws {CalveError} `CONTRACT_UNSUPPORTED`: the column's cells are escaped as JSON, which is not available yet.
 */
export function readCell(column: CellsColumn | OffsetsColumn, row: number, slice: CellSlice): CellSlice {
  if (column.layout === 'offsets') {
    slice.bytes = column.bytes;
    slice.start = column.offsets[row]!;
    slice.end = column.offsets[row + 1]!;
    return slice;
  }
  const start = column.starts[row]!;
  const end = column.ends[row]!;
  if (column.quoted === undefined || column.quoted[row] !== 2) {
    slice.bytes = column.source;
    slice.start = start;
    slice.end = end;
    return slice;
  }
  if (slice.scratch.length < end - start) slice.scratch = new Uint8Array((end - start) * 2);
  slice.bytes = slice.scratch;
  slice.start = 0;
  slice.end = unescapeCell(column, start, end, slice.scratch, 0);
  return slice;
}

/**
 * Writes an escaped cell to `target` from `at` on; at most `end - start` bytes.
 *
 * `doubled-quote`: two quotes become one, a single one stays. `character`: the escape goes and the byte after it stays, at the very
 * end it stays itself. A decoder with other rules rewrites the cell itself (`quoted` 1).
 *
 * @returns The end of what was written.
 * @throws {CalveError} `CONTRACT_UNSUPPORTED` for JSON escapes.
 */
export function unescapeCell(column: CellsColumn, start: number, end: number, target: Uint8Array, at: number): number {
  const { source, escaping, escape: escapeByte } = column;
  if (escaping === 'json')
    throw new CalveError('CONTRACT_UNSUPPORTED', 'Cells escaped as JSON cannot be read yet; the decoder has to unescape them.', {
      recovery: 'report',
    });
  let to = at;
  for (let from = start; from < end; from++) {
    const byte = source[from]!;
    if (byte === escapeByte && escaping !== 'none' && from + 1 < end) {
      if (escaping === 'character') from++;
      else if (source[from + 1] === escapeByte) from++;
    }
    target[to++] = source[from]!;
  }
  return to;
}
