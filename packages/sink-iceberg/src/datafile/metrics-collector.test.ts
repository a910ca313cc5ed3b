import type { ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../spec/bounds.ts';
import { fromHex, toHex } from '../spec/hex.ts';
import type { SingleValue } from '../spec/single-value.ts';
import { decodeSingleValue, encodeSingleValue } from '../spec/single-value.ts';
import { arbitraryTable, scalar } from './testing/arbitrary-table.ts';
import type { TestValue } from './testing/column-of-values.ts';
import { field, writerConfiguration, writeTable } from './testing/test-table.ts';

/** Order of the values of a type as Iceberg defines it. */
function compare(type: ColumnType, a: SingleValue, b: SingleValue): number {
  if (typeof a === 'string' || a instanceof Uint8Array)
    return compareBytes(encodeSingleValue(type, a), encodeSingleValue(type, b));
  if (a === 0 && b === 0) return Number(Object.is(b, -0)) - Number(Object.is(a, -0));
  return a < b ? -1 : a > b ? 1 : 0;
}

const isNaNValue = (value: TestValue): boolean => typeof value === 'number' && Number.isNaN(value);

describe('metrics of a data file', () => {
  it('enclose every value, and are as tight as they may be', async () => {
    const column = scalar.chain(({ type, values }) =>
      fc.record({ type: fc.constant(type), values: fc.array(fc.option(values, { freq: 4 }), { minLength: 1, maxLength: 300 }) }),
    );
    await fc.assert(
      fc.asyncProperty(column, async ({ type, values }) => {
        const one = field(5, 'a', type);
        // Small row groups: bounds are those of the file.
        const { files } = await writeTable([{ field: one, values }], writerConfiguration([one], { rowGroupBytes: 1 }));
        const { lowerBounds, upperBounds, valueCounts, nullCounts, nanCounts } = files[0]!;
        const present = values.filter((value) => value !== null && !isNaNValue(value)) as SingleValue[];
        expect(valueCounts).toEqual({ 5: values.length });
        expect(nullCounts).toEqual({ 5: values.filter((value) => value === null).length });
        expect(nanCounts).toEqual(
          type.kind === 'float32' || type.kind === 'float64' ? { 5: values.filter(isNaNValue).length } : {},
        );
        expect(Object.keys(lowerBounds)).toEqual(present.length > 0 ? ['5'] : []);
        if (present.length === 0) {
          expect(upperBounds).toEqual({});
          return;
        }
        const lower = decodeSingleValue(type, fromHex(lowerBounds[5]!));
        for (const value of present) expect(compare(type, lower, value)).toBeLessThanOrEqual(0);
        const isCut = type.kind === 'string' || type.kind === 'binary' || type.kind === 'fixed';
        if (!isCut) expect(present.some((value) => compare(type, lower, value) === 0)).toBe(true);
        if (upperBounds[5] === undefined) {
          expect(type.kind === 'string' || type.kind === 'binary').toBe(true);
          return;
        }
        const upper = decodeSingleValue(type, fromHex(upperBounds[5]));
        for (const value of present) expect(compare(type, value, upper)).toBeLessThanOrEqual(0);
        if (!isCut) expect(present.some((value) => compare(type, upper, value) === 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('cut texts at 16 code points and leave out an upper bound that does not exist', async () => {
    const fields = [field(1, 'a', { kind: 'string' }), field(2, 'b', { kind: 'string' }), field(3, 'c', { kind: 'binary' })];
    const { files } = await writeTable(
      [
        { field: fields[0]!, values: ['abcdefghijklmnopq', 'abcdefghijklmnop'] },
        { field: fields[1]!, values: ['b', '\u{10ffff}'.repeat(17)] },
        { field: fields[2]!, values: [Uint8Array.of(7), new Uint8Array(17).fill(255)] },
      ],
      writerConfiguration(fields),
    );
    const text = (value: string): string => toHex(new TextEncoder().encode(value));
    expect(files[0]!.lowerBounds).toEqual({ 1: text('abcdefghijklmnop'), 2: text('b'), 3: '07' });
    expect(files[0]!.upperBounds).toEqual({ 1: text('abcdefghijklmnoq') });
  });

  it('measure members of structs, and of what is inside lists only the size', async () => {
    const fields = [
      field(1, 's', { kind: 'struct', fields: [field(2, 'x', { kind: 'int32' })] }),
      field(3, 'l', { kind: 'list', element: field(4, 'element', { kind: 'int32' }) }),
      field(5, 'm', { kind: 'map', key: field(6, 'key', { kind: 'string' }, true), value: field(7, 'value', { kind: 'int32' }) }),
    ];
    const { files } = await writeTable(
      [
        { field: fields[0]!, values: [null, { x: null }, { x: 3 }] },
        { field: fields[1]!, values: [null, [], [1, null]] },
        { field: fields[2]!, values: [null, [], [{ key: 'k', value: 1 }]] },
      ],
      writerConfiguration(fields),
    );
    expect(Object.keys(files[0]!.columnSizes)).toEqual(['2', '4', '6', '7']);
    expect(files[0]).toMatchObject({ valueCounts: { 2: 3 }, nullCounts: { 2: 2 }, lowerBounds: { 2: '03000000' } });
    expect(Object.keys(files[0]!.valueCounts)).toEqual(['2']);
  });

  it('are kept for the first 100 columns', async () => {
    const fields = Array.from({ length: 102 }, (_, at) => field(at + 1, `c${at}`, { kind: 'int32' }));
    const { files } = await writeTable(
      fields.map((one) => ({ field: one, values: [1] })),
      writerConfiguration(fields),
    );
    expect(Object.keys(files[0]!.lowerBounds)).toHaveLength(100);
    expect(Object.keys(files[0]!.columnSizes)).toHaveLength(102);
  });

  it('survive JSON', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable(10), async (table) => {
        const { files } = await writeTable(table, writerConfiguration(table.map((column) => column.field)));
        expect(JSON.parse(JSON.stringify(files))).toEqual(files);
      }),
      { numRuns: 30 },
    );
  });
});
