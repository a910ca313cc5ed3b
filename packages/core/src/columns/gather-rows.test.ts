import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellsBatch } from '../projection/text-batch.fixture.ts';
import { columnBuffers } from './column-buffers.ts';
import { BitmapBuilder, FixedBuilder, fixedFromBits, OffsetsBuilder } from './column-builder.ts';
import type { ColumnData } from './column-data.ts';
import type { ColumnType, Field } from './column-type.ts';
import { allRows, gatherRows } from './gather-rows.ts';
import { readValue } from './read-value.ts';

const string: Field = { name: 's', type: { kind: 'string' }, required: false };

/** The same optional texts in every layout. */
function everyLayout(values: readonly (string | null)[]): { layout: string; type: ColumnType; column: ColumnData }[] {
  const texts = new OffsetsBuilder();
  const lengths = new FixedBuilder(4);
  const bits = new BitmapBuilder();
  const validity = new BitmapBuilder();
  for (const value of values) {
    if (value === null) {
      texts.appendNull();
      lengths.appendNull();
    } else {
      texts.appendText(value);
      lengths.appendInt32(value.length);
    }
    bits.append(value !== null && value.length % 2 === 1);
    validity.append(value !== null);
  }
  const valid = validity.finishValidity();
  const offsets = texts.finish();
  const indexes = Int32Array.from(values, (_, row) => values.length - 1 - row);
  const ends = Int32Array.from({ length: values.length + 1 }, (_, row) => Math.floor(row / 2));
  return [
    { layout: 'offsets', type: string.type, column: offsets },
    { layout: 'cells', type: string.type, column: cellsBatch({ s: values }).columns[0]! },
    { layout: 'fixed', type: { kind: 'int32' }, column: lengths.finish() },
    { layout: 'bits', type: { kind: 'boolean' }, column: fixedFromBits(bits, validity) },
    { layout: 'dictionary', type: string.type, column: { layout: 'dictionary', indexes, values: offsets, ...valid } },
    { layout: 'struct', type: { kind: 'struct', fields: [string] }, column: { layout: 'struct', children: [offsets], ...valid } },
    {
      layout: 'list',
      type: { kind: 'list', element: string },
      column: { layout: 'list', offsets: ends, element: offsets, ...valid },
    },
  ];
}

describe('gatherRows', () => {
  it('gives the named rows of every layout, in memory of its own', () => {
    const value = fc.option(fc.string({ unit: fc.constantFrom('a', '"', 'é', ',', '\n'), maxLength: 60 }), { freq: 4 });
    const picks = fc.tuple(fc.array(value, { minLength: 1, maxLength: 30 }), fc.array(fc.nat(), { maxLength: 40 }));
    fc.assert(
      fc.property(picks, ([values, numbers]) => {
        const rows = Uint32Array.from(numbers, (number) => number % values.length);
        for (const { layout, type, column } of everyLayout(values)) {
          const expected = Array.from(rows, (row) => readValue(column, type, row));
          const gathered = gatherRows(column, rows);
          for (const buffer of columnBuffers(column))
            new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength).fill(0xaa);
          expect({ layout, values: expected.map((_, row) => readValue(gathered, type, row)) }).toEqual({
            layout,
            values: expected,
          });
        }
      }),
    );
  });

  it('copies all rows with allRows', () => {
    expect(Array.from(allRows(3))).toEqual([0, 1, 2]);
  });
});
