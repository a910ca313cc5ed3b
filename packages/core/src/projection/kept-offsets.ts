import type { ArenaPieces } from '../columns/arena-pieces.ts';

/**
 * Where the records of accepted rows began.
 *
 * @param kept The rows that are kept of those that have offsets; null: the first `rows`, all of them.
 * @param pieces Of the accepted batch: offsets that only have to outlive the batch they came with stand there.
 */
export function keptOffsets(offsets: Float64Array, kept: Uint32Array | null, rows: number, pieces: ArenaPieces): Float64Array {
  if (kept !== null) {
    const gathered = new Float64Array(rows);
    for (let row = 0; row < rows; row++) gathered[row] = offsets[kept[row]!]!;
    return gathered;
  }
  const { buffer, byteOffset } = pieces.take(rows * 8);
  const all = new Float64Array(buffer, byteOffset, rows);
  all.set(offsets.subarray(0, rows));
  return all;
}
