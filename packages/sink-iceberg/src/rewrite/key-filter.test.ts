import type { ColumnData, ColumnType } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KeyFilter } from './key-filter.ts';

const numbers = (values: readonly bigint[]): ColumnData => ({
  layout: 'fixed',
  width: 8,
  values: new Uint8Array(BigInt64Array.from(values).buffer),
});

function texts(values: readonly string[]): ColumnData {
  const parts = values.map((value) => new TextEncoder().encode(value));
  const offsets = Int32Array.from({ length: parts.length + 1 }, (_, row) =>
    parts.slice(0, row).reduce((sum, { length }) => sum + length, 0),
  );
  return { layout: 'offsets', offsets, bytes: Uint8Array.from(parts.flatMap((part) => [...part])) };
}

function selected(type: ColumnType, keys: ColumnData, keyRows: number, table: ColumnData, rows: number): number[] {
  const filter = new KeyFilter(type, keyRows);
  for (let row = 0; row < keyRows; row++) filter.add(keys, row);
  const found = new Int32Array(rows);
  return [...found.subarray(0, filter.select(table, rows, found))];
}

describe('KeyFilter', () => {
  it('passes every row that has a key, in ascending order, whatever the layout', () => {
    fc.assert(
      fc.property(
        fc.array(fc.bigInt({ min: -5000n, max: 5000n })),
        fc.array(fc.bigInt({ min: -5000n, max: 5000n })),
        (keys, table) => {
          const expected = table.flatMap((value, row) => (keys.includes(value) ? [row] : []));
          const dictionary = (values: readonly bigint[]): ColumnData => ({
            layout: 'dictionary',
            indexes: Int32Array.from(values, (_, row) => row),
            values: numbers(values),
          });
          for (const incoming of [numbers(keys), dictionary(keys)])
            for (const stored of [numbers(table), dictionary(table)])
              expect(selected({ kind: 'int64' }, incoming, keys.length, stored, table.length)).toEqual(
                expect.arrayContaining(expected),
              );
          const [keyTexts, tableTexts] = [keys.map(String), table.map(String)];
          expect(selected({ kind: 'string' }, texts(keyTexts), keys.length, texts(tableTexts), table.length)).toEqual(
            expect.arrayContaining(expected),
          );
        },
      ),
    );
  });

  it.each<[string, (at: number) => bigint]>([
    ['follow each other', (at) => BigInt(at)],
    ['are whole days in microseconds', (at) => BigInt(at) * 86_400_000_000n],
    ['differ in their upper half', (at) => BigInt(at) << 32n],
    ['are far apart', (at) => BigInt(at) * 0x1234_5678_9abdn],
  ])('stops nearly all rows without a key where values %s', (_, keyOf) => {
    const keys = numbers(Array.from({ length: 1000 }, (_, at) => keyOf(at * 50)));
    const table = numbers(Array.from({ length: 50_000 }, (_, at) => keyOf(at)));
    expect(selected({ kind: 'int64' }, keys, 1000, table, 50_000).length).toBeLessThan(1000 + 49_000 * 0.15);
  });

  it.each([0, 1, 100_000, 2 ** 26, 2 ** 31])(
    'says what it takes for %i keys: not less than nothing, and no more than 128 MiB',
    (keys) => {
      expect(KeyFilter.bytes(keys)).toBeGreaterThanOrEqual(Math.min(keys * 2, 2 ** 27));
      expect(KeyFilter.bytes(keys)).toBeLessThanOrEqual(Math.max(128, Math.min(keys * 4, 2 ** 27)));
    },
  );

  it('passes all rows of a type whose equal values may differ in their bytes', () => {
    expect(selected({ kind: 'float64' }, numbers([0n]), 1, numbers([1n << 63n, 5n]), 2)).toEqual([0, 1]);
  });
});
