import { expect, it } from 'vitest';
import { noCounts } from './count-rows.ts';
import { SharedCounts } from './shared-counts.ts';

const rows = (read: number): ReturnType<typeof noCounts> => ({ ...noCounts(), read, written: read });

it('keeps equal counts once', () => {
  const counts = new SharedCounts();
  const first = counts.shared({ main: rows(62), rejected: noCounts() });
  expect(counts.shared({ main: rows(62), rejected: noCounts() })).toBe(first);
});

it.each([
  ['rows', { main: rows(63), rejected: noCounts() }],
  ['rows of another output', { main: rows(62), rejected: rows(1) }],
  ['outputs', { main: rows(62) }],
  ['names of outputs', { other: rows(62), rejected: noCounts() }],
])('tells counts with other %s apart', (_, other) => {
  const counts = new SharedCounts();
  const first = counts.shared({ main: rows(62), rejected: noCounts() });
  expect(counts.shared(other)).toBe(other);
  expect(first).toEqual({ main: rows(62), rejected: noCounts() });
});

it('keeps no more of them than there may be kinds of small files', () => {
  const counts = new SharedCounts();
  for (let read = 0; read < 5000; read += 1) expect(counts.shared({ main: rows(read) })).toEqual({ main: rows(read) });
});
