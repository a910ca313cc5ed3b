import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { BitmapBuilder, FixedBuilder, fixedFromBits, OffsetsBuilder, widthOf } from '@calve/core/plugin';
import type { Scalar } from './column-kinds.ts';

/** A column of these values, in memory of its own. */
export function columnOfScalars(type: ColumnType, values: readonly (Scalar | null)[]): ColumnData {
  if (type.kind === 'boolean') {
    const bits = new BitmapBuilder();
    const validity = new BitmapBuilder();
    for (const value of values) {
      bits.append(value === true);
      validity.append(value !== null);
    }
    return fixedFromBits(bits, validity);
  }
  if (type.kind === 'string' || type.kind === 'binary') {
    const builder = new OffsetsBuilder();
    for (const value of values) {
      if (value === null) builder.appendNull();
      else if (typeof value === 'string') builder.appendText(value);
      else builder.appendBytes(value as Uint8Array);
    }
    return builder.finish();
  }
  const builder = new FixedBuilder(widthOf(type) as number);
  for (const value of values) appendFixed(builder, type, value);
  return builder.finish();
}

function appendFixed(builder: FixedBuilder, type: ColumnType, value: Scalar | null): void {
  if (value === null) builder.appendNull();
  else if (value instanceof Uint8Array) builder.appendBytes(value);
  else if (type.kind === 'float32') builder.appendFloat32(value as number);
  else if (type.kind === 'float64') builder.appendFloat64(value as number);
  else if (builder.width === 4) builder.appendInt32(value as number);
  else if (builder.width === 8) builder.appendInt64(value as bigint);
  else builder.appendInt128(value as bigint);
}
