import { expect, it } from 'vitest';
import { tallyRows } from './tally-rows.ts';

const batches = [
  { name: 'a', ids: [0, 1, 2] },
  { name: 'b', ids: [3, 4] },
  { name: 'c', ids: [5] },
];

it('finds nothing where each record is there once, in any order', () => {
  expect(tallyRows(batches, [5, 0, 4, 3, 2, 1])).toEqual({
    ...{ expected: 6, found: 6, duplicates: 0, lost: 0, unknown: 0 },
    damaged: [],
  });
});

it('counts rows that are there more than once, that are missing and that nobody brought, per batch', () => {
  expect(tallyRows(batches, [0, 0, 0, 1, 3, 4, 5, 99, 99])).toEqual({
    ...{ expected: 6, found: 9, duplicates: 2, lost: 1, unknown: 2 },
    damaged: [{ batch: 'a', expected: 3, duplicated: 2, lost: 1 }],
  });
});
