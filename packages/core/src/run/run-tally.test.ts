import { describe, expect, it } from 'vitest';
import type { UnitState } from '../checkpoint/unit-record.ts';
import { CalveError, errorData } from '../errors/calve-error.ts';
import { recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import type { RunOptions } from './run-event.ts';
import { RunTally } from './run-tally.ts';

function aside(state: UnitState, name = `${state}.csv`) {
  const finding = { code: 'X', severity: 'warning' as const, message: `${name} is ${state}` };
  return recordOf(unitOf(name), { state, finding, counts: null });
}

describe('RunTally', () => {
  it('has nothing new when nothing happened', () => {
    expect(new RunTally().conclude()).toEqual({
      error: null,
      result: {
        outcome: 'nothing-new',
        units: { ingested: 0, skipped: 0, held: 0, quarantined: 0, failed: 0 },
        counts: {},
        snapshots: {},
      },
    });
  });

  it('adds up several commits and keeps the last snapshot of each output', () => {
    const tally = new RunTally();
    tally.committed([recordOf(unitOf('a.csv')), recordOf(unitOf('b.csv'))], { main: '1', rejected: '2' });
    tally.committed([recordOf(unitOf('c.csv'))], { main: '3' });
    expect(tally.conclude()).toMatchObject({
      error: null,
      result: {
        outcome: 'committed',
        units: { ingested: 3 },
        counts: { main: { read: 6, written: 6 } },
        snapshots: { main: '3', rejected: '2' },
      },
    });
  });

  it('counts a known file under a new identity as skipped', () => {
    const tally = new RunTally();
    tally.setAside([recordOf(unitOf('a.csv')), aside('skipped')]);
    expect(tally.conclude()).toMatchObject({
      error: null,
      result: { outcome: 'nothing-new', units: { ingested: 0, skipped: 2 } },
    });
  });

  it('counts a copy that is loaded after all where it ends', () => {
    const tally = new RunTally();
    const copies = ['a', 'b'].map((name) =>
      recordOf(unitOf(name), { state: 'skipped', code: 'OBJECT_SAME_CONTENT', counts: null }),
    );
    tally.setAside(copies);
    tally.reconsidered([copies[0]!.unit.key, 'another']);
    tally.committed([recordOf(unitOf('a'))], { main: '1' });
    expect(tally.conclude().result.units).toMatchObject({ ingested: 1, skipped: 1 });
  });

  it.each<[UnitState[], RunOptions['allow'], 'held' | 'failed' | null]>([
    [['held'], [], 'held'],
    [['quarantined'], [], 'held'],
    [['failed'], [], 'failed'],
    [['held', 'failed'], [], 'failed'],
    [['held', 'failed'], ['failed'], 'held'],
    [['held', 'quarantined'], ['held'], 'held'],
    [['held', 'quarantined', 'failed'], ['held', 'quarantined', 'failed'], null],
    [['quarantined'], ['held', 'failed'], 'held'],
  ])('%j with %j allowed ends as %s', (states, allow, outcome) => {
    const tally = new RunTally();
    tally.committed([recordOf(unitOf('a.csv'))], { main: '1' });
    tally.setAside(states.map((state) => aside(state)));
    const { result, error } = tally.conclude(allow);
    expect(result.outcome).toBe(outcome ?? 'committed');
    expect(error?.code).toBe(outcome ? 'UNITS_SET_ASIDE' : undefined);
    for (const state of states) expect(result.units[state]).toBe(1);
  });

  it('says in the error what happened to the rest, and carries the result and every finding', () => {
    const tally = new RunTally();
    tally.setAside([aside('held', 'a.csv'), aside('held', 'b.csv')]);
    const { error, result } = tally.conclude();
    expect(error).toMatchObject({
      message: '2 files were set aside. Nothing was committed. The first one: a.csv is held',
      recovery: { kind: 'decide' },
      diagnostics: [{ message: 'a.csv is held' }, { message: 'b.csv is held' }],
      context: { result },
    });
    tally.committed([], {});
    expect(tally.conclude().error?.message).toContain('The rest is committed.');
  });

  it.each([
    [new CalveError('CANCELLED', 'x', { recovery: 'retry' }), 'cancelled'],
    [new CalveError('COMMIT_STATE_UNKNOWN', 'x', { recovery: 'verify' }), 'unknown'],
    [new CalveError('COMMIT_CONFLICT', 'x', { recovery: 'verify' }), 'unknown'],
    [new CalveError('CHECKPOINT_OUTCOME_UNKNOWN', 'x', { recovery: 'verify' }), 'unknown'],
    [new CalveError('REJECTED_LIMIT', 'x', { recovery: { kind: 'decide', choices: [] } }), 'held'],
    [new CalveError('PLAN_STALE', 'x', { recovery: 'replan' }), 'failed'],
    [new TypeError('x'), 'failed'],
  ] as const)('ends with %s as %s, and keeps what was committed before', (thrown, outcome) => {
    const tally = new RunTally();
    tally.committed([recordOf(unitOf('a.csv'))], { main: '1' });
    const { result, error } = tally.fail(errorData(thrown));
    expect(result).toMatchObject({ outcome, units: { ingested: 1 }, snapshots: { main: '1' } });
    expect(error).toMatchObject({ message: 'x', context: { result } });
  });

  it('keeps code, cause, diagnostics and context of the error', () => {
    const cause = new TypeError('deep');
    const diagnostics = [{ code: 'X', severity: 'error' as const, message: 'y' }];
    const thrown = new CalveError('COMMIT_REFUSED', 'x', {
      recovery: 'fix-access',
      context: { output: 'main' },
      diagnostics,
      cause,
    });
    expect(new RunTally().fail(errorData(thrown)).error).toMatchObject({
      code: 'COMMIT_REFUSED',
      recovery: { kind: 'fix-access' },
      context: { output: 'main', result: { outcome: 'failed' } },
      diagnostics,
      cause: { code: 'TypeError', message: 'deep' },
    });
  });
});
