import { describe, expect, it } from 'vitest';
import type { Program } from '../plan/ingestion-plan.ts';
import { planOf } from '../plan/plan-values.fixture.ts';
import type { TableChange } from '../sink/sink.ts';
import { columnMadeText } from './column-fixes.ts';
import { rejectionFixes } from './rejection-fixes.ts';

type Mode = Program['outputs'][number]['mode'];
const append: Mode = { kind: 'append' };
const merge: Mode = { kind: 'merge', keys: ['id'], newest: [] };
const reason = { code: 'X', severity: 'info' as const, message: 'Words.' };
const created: TableChange = { kind: 'create-table', path: [], before: null, after: null, reason };

function titles(
  codes: Record<string, number>,
  mode: Mode,
  changes: TableChange[],
  facts: { isCut?: boolean; isTableMade?: boolean } = {},
) {
  const plan = planOf();
  const [main, ...others] = plan.program.outputs;
  if (!main) throw new Error('A plan has an output.');
  const program = { ...plan.program, outputs: [{ ...main, mode, changes }, ...others] };
  const counts = { rows: 10, rejected: 3, codes: new Map(Object.entries(codes)) };
  return rejectionFixes({ ...plan, program }, counts, { isCut: false, isTableMade: false, ...facts }).map(({ title }) => title);
}

const LIMIT = 'Load the rest, and set up to 30 % of the rows aside';

describe('rejectionFixes', () => {
  it('make the columns of a new table text, the one with most rows first, then raise the limit', () => {
    expect(titles({ 'amount:int64': 1, 'day:date': 2, 'row:token-count': 9 }, append, [created])).toEqual([
      'Make "day" text',
      'Make "amount" text',
      LIMIT,
    ]);
    expect(titles({ 'row:token-count': 9 }, append, [created], { isCut: true })).toEqual([
      'Load the rest, and set aside however many rows do not fit',
    ]);
  });

  it('never change the type of a column of a table, also of one that this very run makes', () => {
    const expected = ['Load such rows with null in "amount"', LIMIT];
    expect(titles({ 'amount:int64': 3 }, append, [])).toEqual(expected);
    expect(titles({ 'amount:int64': 3 }, append, [created], { isTableMade: true })).toEqual(expected);
  });

  it('offer nothing for rows without a key but to leave them out', () => {
    for (const changes of [[], [created]]) expect(titles({ 'id:null-key': 3 }, merge, changes)).toEqual([LIMIT]);
  });

  it('do not make the key of a merge null, which would be rejected again', () => {
    expect(titles({ 'id:int64': 3, 'amount:int64': 1 }, merge, [])).toEqual(['Load such rows with null in "amount"', LIMIT]);
    expect(titles({ 'id:int64': 3 }, merge, [created])).toEqual(['Make "id" text', LIMIT]);
  });
});

describe('rejectionFixes of a spec that keeps no rejected rows', () => {
  const counts = (rejected: number) => ({ rows: 100, rejected, codes: new Map<string, number>() });
  const facts = { isCut: true, isTableMade: true };
  const quarantine = { name: 'rejected', sink: 'lake', options: {}, rows: 'rejected' };

  it('name a place for them, with a limit only where there are too many, and never a limit alone', () => {
    const patches = (rejected: number) =>
      rejectionFixes(planOf(), counts(rejected), { ...facts, quarantine }).map(({ specPatch }) => specPatch);
    const added = { op: 'add', path: '/outputs/-', value: quarantine };
    expect(patches(1)).toEqual([[added]]);
    expect(patches(5)).toEqual([[added, { op: 'replace', path: '/limits/maxRejectedRatio', value: 0.05 }]]);
    expect(rejectionFixes(planOf(), counts(5), { ...facts, quarantine: null })).toEqual([]);
  });
});

describe('columnMadeText', () => {
  it.each([
    [{ op: 'add', path: '/outputs/0/columns/a~1b', value: { type: { kind: 'string' } } }, 'a/b'],
    [{ op: 'add', path: '/outputs/0/columns/a/type', value: { kind: 'string' } }, 'a'],
    [{ op: 'add', path: '/outputs/0/columns/a/type', value: { kind: 'int64' } }, null],
    [{ op: 'add', path: '/outputs/0/columns/a', value: { onFailure: 'null' } }, null],
    [{ op: 'remove', path: '/outputs/0/columns/a/type' }, null],
    [{ op: 'replace', path: '/limits/maxRejectedRatio', value: 1 }, null],
  ])('%j', (operation, column) => {
    expect(columnMadeText({ title: '', specPatch: [operation] })).toBe(column);
  });
});
