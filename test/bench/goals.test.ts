import { describe, expect, it } from 'vitest';
import { pythonRival } from '../../bench/contestants/python.ts';
import type { Outcome, WorkloadResult } from '../../bench/measure/run-workload.ts';
import { type TableValues, valuesDifference } from '../../bench/measure/table-values.ts';
import { judge } from '../../bench/report/judge.ts';
import { resultTable } from '../../bench/report/table.ts';
import type { Goal } from '../../bench/workloads/goal.ts';
import { chooseWorkloads } from '../../bench/workloads/workloads.ts';

const values: TableValues = { rows: 2, columns: { id: '2/17', note: '1/5' }, together: '99', bytes: 0 };

describe('values of a table', () => {
  it('are the same when only the data files differ in size', () => {
    expect(valuesDifference(values, { ...values, bytes: 10 })).toBeNull();
  });

  it.each([
    ['a row is missing', { rows: 1 }, '1 rows, not 2'],
    ['a column has other values', { columns: { id: '2/17', note: '1/6' } }, 'other values in note'],
    ['values changed places between rows', { together: '98' }, 'values stand in other rows'],
  ])('differ when %s', (_, change, sentence) => {
    expect(valuesDifference(values, { ...values, ...change })).toBe(sentence);
  });
});

function outcome(
  contestant: string,
  cpuSeconds: number | null,
  writes: Outcome['writes'] = 'table',
  commits: number[] = [],
  wallSeconds = 1,
): Outcome {
  const run = { cpuSeconds: cpuSeconds ?? 0, wallSeconds, peakBytes: 150e6, hung: false, result: { commits }, problem: null };
  const isRight = cpuSeconds !== null;
  const runs = isRight ? [run, run, run] : [];
  return {
    contestant,
    title: contestant,
    writes,
    runs,
    problem: isRight ? null : 'other values in note',
    failed: !isRight,
    values: null,
    writtenBytes: 0,
  };
}

function result(goals: readonly Goal[], outcomes: readonly Outcome[]): WorkloadResult {
  const workload = { ...chooseWorkloads(1, ['csv-base'])[0]!, goals };
  return { workload, contentBytes: 1, rows: 1, sha256: [], values: 'x', outcomes, again: () => null, clear: () => {} };
}

describe('goals', () => {
  const ratio: Goal = { kind: 'ratio', against: 'best', goal: 2, gate: 1.3 };

  it('are measured against the cheapest rival that commits a table with the right values', () => {
    const outcomes = [outcome('calve', 2), outcome('polars', 3), outcome('duckdb', null), outcome('papaparse', 1, 'parquet')];
    expect(judge(result([ratio], outcomes), 1)).toMatchObject([{ value: 1.5, reached: false, gateHeld: true }]);
  });

  it('have a gate below them', () => {
    expect(judge(result([ratio], [outcome('calve', 3), outcome('polars', 3)]), 1)).toMatchObject([{ value: 1, gateHeld: false }]);
  });

  it('have a gate that is not held when there is nothing to compare with, unless nobody asked for a rival', () => {
    const none = judge(result([ratio], [outcome('calve', 3), outcome('polars', null)]), 1);
    expect(none).toMatchObject([{ value: null, gateHeld: false, text: expect.stringContaining('gate 1.3, NOT MEASURED') }]);
    const noRival = [outcome('calve', 3), outcome('calve-plain', 1), outcome('papaparse', 9, 'parquet')];
    expect(judge(result([ratio], noRival), 1)).toMatchObject([{ value: null, gateHeld: true }]);
  });

  it("are those of Calve without WebAssembly too, which is nobody's rival and may be left out", () => {
    const plain: Goal = { kind: 'ratio', of: 'calve-plain', against: 'duckdb', goal: 1 };
    const outcomes = [outcome('calve', 1), outcome('calve-plain', 2), outcome('duckdb', 3)];
    expect(judge(result([ratio, plain], outcomes), 1)).toMatchObject([{ value: 3 }, { value: 1.5, reached: true }]);
    expect(judge(result([ratio, plain], [outcome('calve', 1), outcome('duckdb', 3)]), 1)).toMatchObject([{ value: 3 }]);
  });

  it('have no figure when Calve wrote other values', () => {
    expect(judge(result([ratio], [outcome('calve', null), outcome('polars', 3)]), 1)).toMatchObject([
      { value: null, reached: false },
    ]);
  });

  it('of commits compare the last 20 with those after the first', () => {
    const commits = [9, ...Array<number>(20).fill(1), ...Array<number>(50).fill(1.5), ...Array<number>(20).fill(2)];
    const growth: Goal = { kind: 'growth', goal: 1.2 };
    expect(judge(result([growth], [outcome('calve', 2, 'table', commits)]), 1)).toMatchObject([{ value: 2, reached: false }]);
  });

  it('of wall time are judged with threads only, against the rival that takes the least', () => {
    const wall: Goal = { kind: 'wall', goal: 1 };
    const slow = [
      outcome('calve', 2, 'table', [], 4),
      outcome('polars', 9, 'table', [], 3),
      outcome('duckdb', 3, 'table', [], 6),
    ];
    expect(judge(result([wall], slow), 1)).toEqual([]);
    expect(judge(result([wall], slow), 2)).toMatchObject([
      { value: 0.75, reached: false, gateHeld: true, text: expect.stringContaining('quickest rival, polars, with 2 threads') },
    ]);
    expect(judge(result([wall], [outcome('calve', 2)]), 2)).toMatchObject([{ value: null, reached: false, gateHeld: true }]);
  });

  it('of memory depend on threads', () => {
    const memory: Goal = { kind: 'memory', oneThread: 100, moreThreads: 300 };
    const results = result([memory], [outcome('calve', 2)]);
    expect([judge(results, 1)[0]?.reached, judge(results, 2)[0]?.reached]).toEqual([false, true]);
  });
});

it('a row without the right values says why and has no figures', () => {
  const table = resultTable([result([], [outcome('calve', 2), outcome('duckdb', null)])]);
  expect(table.split('\n').at(-1)).toBe('|  | duckdb |  |  |  |  |  |  | other values in note |');
});

it('a rival that cannot be imported is missing, and says why', () => {
  const noPython = process.execPath;
  expect(pythonRival('polars', noPython)).toMatchObject({ name: 'polars', missing: expect.any(String) });
});
