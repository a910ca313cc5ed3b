import type { Field } from '@calve/core/plugin';
import type { ColumnValues } from '../parquet/column-values.ts';
import type { ExtremeRows } from '../parquet/extreme-rows.ts';
import { storedDecimal } from '../spec/stored-value.ts';
import { FixedBuffer } from './fixed-buffer.ts';
import { outOfRange } from './refused-value.ts';
import type { TextBuffer } from './text-buffer.ts';

/** The buffer as the encoder takes it, in the buffer's own memory: it holds until the buffer is changed. */
export function columnValues(buffer: FixedBuffer | TextBuffer): ColumnValues {
  const { rows, nulls, valid } = buffer;
  if (buffer instanceof FixedBuffer) return { rows, nulls, valid, bytes: buffer.values, offsets: null };
  return { rows, nulls, valid, bytes: buffer.bytes, offsets: buffer.offsets };
}

/**
 * Checks that every value fits its type; the smallest and the largest answer for all.
 *
 * @throws {CalveError} `ICEBERG_VALUE_RANGE`: a decimal with more digits than its type.
 */
export function checkRange({ name, type }: Field, buffer: FixedBuffer | TextBuffer, { lowest, highest }: ExtremeRows): void {
  if (type.kind !== 'decimal' || lowest === -1 || !(buffer instanceof FixedBuffer)) return;
  const { values, width } = buffer;
  const view = new DataView(values.buffer, values.byteOffset);
  const limit = 10n ** BigInt(type.precision);
  for (const row of [lowest, highest]) {
    const value = storedDecimal(view, row * width, width);
    if (value <= -limit || value >= limit) throw outOfRange(type, name, value);
  }
}
