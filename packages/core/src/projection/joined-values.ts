import type { ColumnData } from '../columns/column-data.ts';
import { CalveError } from '../errors/calve-error.ts';

/**
 * One column out of columns of one row each, which have a value. They are of the same type.
 *
 * @throws {CalveError} `INTERNAL`: they are neither of a fixed width nor text.
 */
export function joinedValues(values: readonly ColumnData[]): ColumnData {
  const [first] = values;
  if (first !== undefined && values.length === 1) return first;
  if (first?.layout === 'fixed' && first.width > 0) {
    const { width } = first;
    const joined = new Uint8Array(width * values.length);
    for (const [row, value] of values.entries())
      if (value.layout === 'fixed') joined.set(value.values.subarray(0, width), row * width);
    return { layout: 'fixed', width, values: joined };
  }
  const texts = values.map((value) => {
    if (value.layout !== 'offsets')
      throw new CalveError('INTERNAL', `Values of the layout "${value.layout}" cannot be joined.`, { recovery: 'report' });
    return value.bytes.subarray(value.offsets[0], value.offsets[1]);
  });
  const offsets = new Int32Array(texts.length + 1);
  for (const [row, text] of texts.entries()) offsets[row + 1] = (offsets[row] as number) + text.length;
  const bytes = new Uint8Array(offsets[texts.length] as number);
  for (const [row, text] of texts.entries()) bytes.set(text, offsets[row]);
  return { layout: 'offsets', offsets, bytes };
}
