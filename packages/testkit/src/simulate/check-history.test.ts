import { describe, expect, it } from 'vitest';
import { checkHistory, type HistoryEnd } from './check-history.ts';

const version = { file: 'a.csv', version: 'v1', good: ['r1', 'r2'], bad: ['b1'] };

/** How a history ended whose tables hold these rows. */
function endOf(rows: string[], rejected: string[], changes: Partial<HistoryEnd> = {}): HistoryEnd {
  const tables = { rows: { head: '1', snapshots: [] }, rejected: { head: '2', snapshots: [] } };
  return {
    reader: {
      rows: async (table) => (table === tables.rows ? rows : rejected),
      files: () => ({ metadata: [], data: [], missing: [] }),
    },
    tables,
    versions: [version],
    current: new Set(['v1']),
    ingested: new Set(['v1']),
    excluded: new Set(),
    removedByHand: new Set(),
    foreign: [],
    lastRun: 'well',
    lastRunSays: 'committed',
    mayHalt: false,
    ...changes,
  };
}

const rulesOf = async (end: HistoryEnd): Promise<string[]> => (await checkHistory(end)).map(({ rule }) => rule);

describe('the checker', () => {
  it('is content when every row is there once', async () => {
    expect(await rulesOf(endOf(['r2', 'r1', 'other'], ['b1'], { foreign: ['other'] }))).toEqual([]);
  });

  it.each<[string, HistoryEnd, string[]]>([
    ['a row twice', endOf(['r1', 'r2', 'r1'], ['b1']), ['row duplicated']],
    ['a bad row twice', endOf(['r1', 'r2'], ['b1', 'b1']), ['row duplicated']],
    ['half of a file', endOf(['r1'], ['b1']), ['row lost']],
    ['a file without its bad rows', endOf(['r1', 'r2'], []), ['row lost']],
    ['a file that was never loaded', endOf([], [], { ingested: new Set() }), ['row lost']],
    ['a file that only the state knows', endOf([], [], { current: new Set() }), ['loaded unit not in the table']],
    ['a file that was excluded', endOf(['r1', 'r2'], ['b1'], { excluded: new Set(['v1']) }), ['excluded file loaded']],
    ['a row of others that is gone', endOf(['r1', 'r2'], ['b1'], { foreign: ['x'] }), ['foreign row changed']],
    ['an end with an error', endOf(['r1', 'r2'], ['b1'], { lastRun: 'badly' }), ['does not end']],
    ['a question that nobody gave cause for', endOf(['r1', 'r2'], ['b1'], { lastRun: 'halted' }), ['does not end']],
  ])('sees %s', async (_, end, rules) => {
    expect(await rulesOf(end)).toEqual(rules);
  });

  it('sees a snapshot that refers to a file that is gone', async () => {
    const end = endOf(['r1', 'r2'], ['b1']);
    const tables = { ...end.tables, rejected: { head: '2', snapshots: [{ id: '2', manifestList: 'list', summary: {} }] } };
    const reader = { rows: async () => [], files: () => ({ metadata: [], data: [], missing: ['gone.parquet'] }) };
    expect(await rulesOf({ ...end, tables, reader, versions: [] })).toEqual(['live file deleted']);
  });

  it('leaves to people what people did', async () => {
    const removed = { removedByHand: new Set(['r1', 'r2']), mayHalt: true, lastRun: 'halted' as const };
    expect(await rulesOf(endOf([], ['b1'], removed))).toEqual([]);
    expect(await rulesOf(endOf([], [], { current: new Set(), ingested: new Set() }))).toEqual([]);
    expect(await rulesOf(endOf([], [], { excluded: new Set(['v1']), ingested: new Set() }))).toEqual([]);
  });
});
