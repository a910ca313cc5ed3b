import type { ColumnData } from '@calve/core/plugin';
import { gatherRows } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KEPT_MEMORY } from '../datafile/row-memory.ts';
import { keepRuns, runsBetween } from './kept-runs.ts';

const ROWS = 40;
const random = (bytes: number, seed: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: bytes }, (_, at) => (Math.imul(at + 1, 0x9e3779b1 ^ seed) >>> 11) & 255);

function columnsOf(seed: number): ColumnData[] {
  const validity = random(ROWS / 8, seed);
  const lengths = random(ROWS, seed ^ 7);
  const offsets = new Int32Array(ROWS + 1);
  // Nothing lies under a null.
  for (let row = 0; row < ROWS; row++)
    offsets[row + 1] = offsets[row]! + (((validity[row >> 3]! >> (row & 7)) & 1) === 1 ? lengths[row]! % 60 : 0);
  const texts: ColumnData = { layout: 'offsets', offsets, bytes: random(offsets[ROWS]!, seed ^ 3), validity };
  return [
    ...[1, 4, 5, 8, 16].map((width): ColumnData => ({ layout: 'fixed', width, values: random(ROWS * width, seed) })),
    { layout: 'fixed', width: 0, values: random(ROWS / 8, seed ^ 1), validity },
    texts,
    { layout: 'dictionary', indexes: Int32Array.from(lengths, (at) => at % ROWS), values: texts, validity },
    { layout: 'list', offsets: Int32Array.from({ length: ROWS + 1 }, (_, row) => row >> 1), element: texts },
    { layout: 'struct', children: [texts, { layout: 'fixed', width: 4, values: random(ROWS * 4, seed) }], validity },
  ];
}

describe('rows that stay', () => {
  it('are what picking them one by one gives, of every layout', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat({ max: ROWS - 1 })), fc.nat({ max: 1000 }), fc.integer(), (rows, first, seed) => {
        const gone = Uint32Array.from(rows, (row) => first + row).sort();
        const runs = runsBetween(ROWS, gone, 0, gone.length, first);
        const staying = Uint32Array.from({ length: ROWS }, (_, row) => row).filter((row) => !rows.includes(row));
        expect(runs.rows).toBe(staying.length);
        expect(runs.numbers()).toEqual(staying);
        for (const column of columnsOf(seed)) {
          const expected = gatherRows(column, staying);
          expect(keepRuns(column, runs, KEPT_MEMORY)).toEqual(expected);
        }
      }),
    );
  });

  it('are counted among those of one batch only', () => {
    const runs = runsBetween(10, Uint32Array.of(3, 100, 101, 105, 300), 1, 4, 100);
    expect([...runs.numbers()]).toEqual([2, 3, 4, 6, 7, 8, 9]);
    expect(runs.count).toBe(2);
  });
});
