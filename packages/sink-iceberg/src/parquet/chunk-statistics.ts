import { codePointsEnd, upperBinaryBound, upperTextBound } from '../spec/bounds.ts';
import type { ColumnValues } from './column-values.ts';
import type { ExtremeRows } from './extreme-rows.ts';
import type { ChunkStatistics } from './file-metadata.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { PhysicalType } from './physical-type.ts';
import { plainValues } from './plain-values.ts';

/** Bytes that a bound in the footer keeps of a text or of bytes. */
const CUT = 16;
// A bound that cannot be cut is left out when it is longer: no statistics are right, wrong ones lose rows.
const LONGEST = 256;

/**
 * What the footer says of a column chunk. Texts and bytes are cut after 16 bytes, the larger bound upwards; bytes of fixed length are not,
 * since readers take as many as the type says. The smallest value is -0 and the largest +0 where it is a zero, as Parquet demands.
 *
 * @param isText Cut between characters only.
 */
export function chunkStatistics(
  type: PhysicalType,
  isText: boolean,
  values: ColumnValues,
  nulls: number,
  { lowest, highest, notNumbers }: ExtremeRows,
): ChunkStatistics {
  const isFloating = type.order === 'float32' || type.order === 'float64';
  const counts = { nullCount: nulls, ...(isFloating ? { nanCount: notNumbers } : {}) };
  if (lowest === -1) return counts;
  if (type.order === 'bytes') {
    const low = headOf(values, type.width, lowest);
    const high = headOf(values, type.width, highest);
    if (values.offsets === null) return low.length > LONGEST ? counts : { ...counts, min: low, max: high };
    return { ...counts, ...cutBounds(low, high, isText) };
  }
  const min = plainValue(type, values, lowest);
  const max = plainValue(type, values, highest);
  if (isFloating) {
    if (isZero(min)) min[min.length - 1] = 0x80;
    if (isZero(max)) max[max.length - 1] = 0;
  }
  return { ...counts, min, max };
}

function plainValue(type: PhysicalType, values: ColumnValues, row: number): Uint8Array {
  const out = new GrowingBytes(16);
  plainValues(out, type, values, null, row, row + 1);
  return out.view();
}

/** The value, or as much of it as any bound could keep. */
function headOf({ bytes, offsets }: ColumnValues, width: number, row: number): Uint8Array {
  const start = offsets === null ? row * width : offsets[row]!;
  const end = offsets === null ? start + width : offsets[row + 1]!;
  return bytes.slice(start, Math.min(end, start + LONGEST + 1));
}

function cutBounds(
  low: Uint8Array,
  high: Uint8Array,
  isText: boolean,
): Pick<ChunkStatistics, 'min' | 'max' | 'isMinCut' | 'isMaxCut'> {
  const isMinCut = low.length > CUT;
  const isMaxCut = high.length > CUT;
  const min = isMinCut ? low.slice(0, isText ? characters(low).end : CUT) : low;
  if (!isMaxCut) return { min, max: high, isMinCut };
  const max = isText ? upperTextBound(high, characters(high).count) : upperBinaryBound(high, CUT);
  if (max !== null) return { min, max, isMinCut, isMaxCut };
  return high.length > LONGEST ? {} : { min, max: high, isMinCut };
}

/** How many characters fit, and where they end. */
function characters(text: Uint8Array): { count: number; end: number } {
  let count = CUT;
  let end = codePointsEnd(text, 0, text.length, count);
  while (end > CUT) {
    count -= 1;
    end = codePointsEnd(text, 0, text.length, count);
  }
  return { count, end };
}

function isZero(bytes: Uint8Array): boolean {
  const last = bytes.length - 1;
  return (bytes[last]! & 0x7f) === 0 && bytes.subarray(0, last).every((byte) => byte === 0);
}
