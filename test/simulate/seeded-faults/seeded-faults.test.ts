import { beforeAll, describe, expect, it } from 'vitest';
import { failureReport } from '../history-tally.ts';
import { runHistories } from '../run-histories.ts';
import { runNamedTests } from './run-named-tests.ts';
import { plantedSource } from './seeded-fault.ts';
import { SEEDED_FAULTS } from './seeded-faults.ts';
import type { Verdict } from './verdict-reporter.ts';

const MOST_SEEDS = 500;

describe('the simulator notices when', () => {
  it.each(SEEDED_FAULTS)('$name', async ({ name: fault }) => {
    const { failures } = await runHistories({ first: 1, count: MOST_SEEDS, processes: 1, fault, isUntilFailure: true });
    const [failure] = failures;
    console.log(`${fault}: seed ${failure?.seed}, ${failure?.problems[0]?.slice(0, 160)}`);
    expect(failures, `"${fault}" was not noticed in ${MOST_SEEDS} histories`).toHaveLength(1);
  });
});

describe('an ordinary test fails when', () => {
  let verdicts: Verdict[] = [];

  beforeAll(async () => {
    verdicts = await runNamedTests();
  });

  it.each(SEEDED_FAULTS)('$name', ({ name, test }) => {
    const of = (project: string): Verdict[] =>
      verdicts.filter((verdict) => verdict.project === project && verdict.file === test.file && verdict.title === test.title);
    const passed = of('as it is');
    expect(passed.length, `${test.file} has no test "${test.title}"`).toBeGreaterThan(0);
    expect(passed.map(({ state }) => state)).toEqual(passed.map(() => 'passed'));
    // By what it asserts, not since the file could not be loaded.
    expect(of(name).map(({ state }) => state)).toEqual(passed.map(() => 'failed'));
    for (const { errors } of of(name)) expect(errors.join('\n')).toMatch(/^AssertionError/);
  });
});

describe('a seeded fault', () => {
  it('never goes without its place', () => {
    const fault = { name: 'f', edits: [{ file: 'a.ts', from: 'one', to: 'two' }], test: { file: '', title: '' } };
    expect(plantedSource(fault, '/anywhere/a.ts', 'one, $&')).toBe('two, $&');
    expect(plantedSource(fault, '/anywhere/b.ts', 'one')).toBe('one');
    expect(() => plantedSource(fault, '/anywhere/a.ts', 'one one')).toThrow('2 times');
    expect(() => plantedSource(fault, '/anywhere/a.ts', 'nothing')).toThrow('0 times');
  });
});

describe('a failing history', () => {
  it('is shown at its shortest, with the command that replays it', async () => {
    const fault = 'COMMITTING is written after sending';
    const { failures } = await runHistories({ first: 1, count: 1, processes: 1, fault });
    const [failure] = failures;
    expect(failure?.problems[0]).toContain('commit without journal');
    expect(failure?.history.length).toBeLessThanOrEqual(4);
    expect(failure?.history.join('\n')).toMatch(/arrives with 1 rows\n.*runs the ingestion/);
    expect(failure?.notes.join('\n')).toContain('the last process ends');
    expect(failure && failureReport(failure)).toContain('./dev simulate --seed 1');
  });
});
