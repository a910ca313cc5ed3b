import { describe, expect, it } from 'vitest';
import { unitOf } from '../plan/plan-values.fixture.ts';
import { matchOrigins } from './adopt-ledger.ts';
import type { RowOrigin } from './row-origins.ts';

const A = unitOf('a.csv');
const B = unitOf('b.csv');
const outputs = { accepted: 'main', rejected: 'bad' };

function origin(name: string, version = '1', accepted = 2, rejected = 1): RowOrigin {
  return { uri: `file:///landing/${name}`, version, accepted, rejected };
}

describe('files beside the rows of a table', () => {
  it.each<[string, RowOrigin[], { known: number; changed: number; unknown: number; gone: number; mustChoose: boolean }]>([
    [
      'all there as they were',
      [origin('a.csv'), origin('b.csv')],
      { known: 2, changed: 0, unknown: 0, gone: 0, mustChoose: false },
    ],
    ['one without rows', [origin('a.csv')], { known: 1, changed: 0, unknown: 1, gone: 0, mustChoose: false }],
    [
      'one in another version',
      [origin('a.csv'), origin('b.csv', '0')],
      { known: 1, changed: 1, unknown: 0, gone: 0, mustChoose: false },
    ],
    [
      'one in two versions, the newer is there',
      [origin('a.csv', '0'), origin('a.csv'), origin('b.csv')],
      { known: 2, changed: 0, unknown: 0, gone: 0, mustChoose: false },
    ],
    [
      'one gone, one without rows',
      [origin('c.csv'), origin('a.csv')],
      { known: 1, changed: 0, unknown: 1, gone: 1, mustChoose: true },
    ],
    ['one changed, one without rows', [origin('a.csv', '0')], { known: 0, changed: 1, unknown: 1, gone: 0, mustChoose: true }],
    [
      'one gone, the others known',
      [origin('c.csv'), origin('a.csv'), origin('b.csv')],
      { known: 2, changed: 0, unknown: 0, gone: 1, mustChoose: false },
    ],
  ])('%s', (_, origins, expected) => {
    const { known, changed, unknown, gone, mustChoose, records } = matchOrigins(origins, [A, B], outputs);
    expect({ known: known.count, changed: changed.count, unknown: unknown.count, gone, mustChoose }).toEqual(expected);
    expect(records).toHaveLength(origins.length);
    expect(new Set(records.map(({ unit }) => unit.key)).size).toBe(origins.length);
  });

  it('what is there comes last, so that it is the newest of its place, and keeps what the source says of it', () => {
    const { records } = matchOrigins([origin('a.csv'), origin('a.csv', '0')], [A], outputs);
    expect(records.map(({ unit }) => unit.kind === 'object' && [unit.place, unit.version])).toEqual([
      [A.place, '0'],
      [A.place, '1'],
    ]);
    expect(records[1]?.unit).toEqual(A);
  });

  it('counts obey the law: read is written and rejected', () => {
    const { records } = matchOrigins([origin('a.csv')], [A], outputs);
    expect(records[0]?.counts).toMatchObject({
      main: { read: 3, written: 2, rejected: 1, filtered: 0 },
      bad: { read: 3, written: 1, rejected: 0, filtered: 2 },
    });
  });
});
