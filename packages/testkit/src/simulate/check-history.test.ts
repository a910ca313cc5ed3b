import { describe, expect, it } from 'vitest';
import { checkHistory, type HistoryEnd, type HistoryEra } from './check-history.ts';

const version = { file: 'a.csv', version: 'v1', good: ['r1', 'r2'], bad: ['b1'] };

/** An era at whose beginning the tables held these rows, which count as loaded. */
const era = (changes: Partial<HistoryEra> = {}): HistoryEra => ({
  rows: [],
  rejected: [],
  known: new Set([...(changes.rows ?? []), ...(changes.rejected ?? [])]),
  isForgotten: false,
  excluded: new Set(),
  undecided: new Set(),
  again: new Set(),
  ...changes,
});
const first = era();

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
    eras: [first],
    removedByHand: new Map(),
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
    [
      'a file that was excluded',
      endOf(['r1', 'r2'], ['b1'], { eras: [era({ excluded: new Set(['v1']) })] }),
      ['excluded file loaded'],
    ],
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
    const removed = {
      removedByHand: new Map([
        ['r1', 0],
        ['r2', 0],
      ]),
      mayHalt: true,
      lastRun: 'halted' as const,
    };
    expect(await rulesOf(endOf([], ['b1'], removed))).toEqual([]);
    expect(await rulesOf(endOf([], [], { current: new Set(), ingested: new Set() }))).toEqual([]);
    expect(await rulesOf(endOf([], [], { eras: [era({ excluded: new Set(['v1']) })], ingested: new Set() }))).toEqual([]);
  });

  describe('after a person has decided anew', () => {
    const before = { rows: ['r1', 'r2'], rejected: ['b1'] };
    const twice = ['r1', 'r2', 'r1', 'r2'];

    it('wants everything once more where it was to load again', async () => {
      const eras = [first, era({ ...before, known: new Set() })];
      expect(await rulesOf(endOf(twice, ['b1', 'b1'], { eras }))).toEqual([]);
      expect(await rulesOf(endOf([...twice, 'r1'], ['b1', 'b1'], { eras }))).toEqual(['row duplicated']);
      expect(await rulesOf(endOf(['r1', 'r2'], ['b1'], { eras }))).toEqual(['row lost']);
      expect(await rulesOf(endOf(['r1', 'r2', 'r1'], ['b1', 'b1'], { eras }))).toEqual(['row lost']);
      expect(await rulesOf(endOf(twice, ['b1'], { eras }))).toEqual(['row lost']);
    });

    it('wants nothing of what counted as loaded', async () => {
      const eras = [first, era({ excluded: new Set(['v1']) })];
      expect(await rulesOf(endOf([], [], { eras, ingested: new Set() }))).toEqual([]);
      expect(await rulesOf(endOf(['r1', 'r2'], ['b1'], { eras }))).toEqual(['excluded file loaded']);
      const known = [first, era(before)];
      expect(await rulesOf(endOf(['r1', 'r2'], ['b1'], { eras: known }))).toEqual([]);
      expect(await rulesOf(endOf(twice, ['b1'], { eras: known }))).toEqual(['row duplicated', 'row duplicated']);
      expect(await rulesOf(endOf(twice, ['b1'], { eras: [first, era({ ...before, again: new Set(['r1', 'r2']) })] }))).toEqual(
        [],
      );
    });

    it('forgives the bad rows of a commit of which only a lost ledger knew', async () => {
      const eras = [first, era({ rows: before.rows, isForgotten: true })];
      expect(await rulesOf(endOf(['r1', 'r2'], [], { eras }))).toEqual([]);
      expect(await rulesOf(endOf(['r1', 'r2'], [], { eras: [first, era({ rows: before.rows })] }))).toEqual(['row lost']);
      expect(await rulesOf(endOf(['r1', 'r2'], [], { eras: [era({ isForgotten: true })] }))).toEqual(['row lost']);
    });

    it('does not miss the bad rows of a file that went', async () => {
      const eras = [first, era()];
      const removedByHand = new Map([
        ['r1', 1],
        ['r2', 1],
      ]);
      expect(await rulesOf(endOf([], [], { eras, removedByHand }))).toEqual([]);
    });

    it('misses what was there before', async () => {
      const eras = [first, era({ rows: ['other', ...before.rows], rejected: before.rejected })];
      expect(await rulesOf(endOf(['r1', 'r2'], ['b1'], { eras }))).toEqual(['row lost']);
      expect(await rulesOf(endOf(['r1', 'r2'], ['b1'], { eras, removedByHand: new Map([['other', 1]]) }))).toEqual([]);
    });
  });
});
