import { randomHistory } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { HISTORY_LABELS, HISTORY_STEPS } from './history-steps.ts';
import { failureReport, tallyReport } from './history-tally.ts';
import { runHistories } from './run-histories.ts';

const HISTORIES = 20_000;

describe('simulated histories', () => {
  it(`load every row once in ${HISTORIES} of them, whatever crashes, is lost, late, doubled or set back (R126, R135)`, {
    timeout: 1_200_000,
  }, async () => {
    const { tally, failures } = await runHistories({ first: 1, count: HISTORIES });
    console.log(tallyReport(tally, HISTORY_LABELS));
    expect(failures.slice(0, 3).map(failureReport).join('\n\n')).toBe('');
    expect(tally).toMatchObject({ histories: HISTORIES, failed: 0, problems: {} });
    // Empty tables and runs that ask a person would prove nothing.
    expect(tally.rows).toBeGreaterThan(3 * HISTORIES);
    expect(tally.halted).toBeLessThan(HISTORIES / 5);
    for (const label of HISTORY_LABELS) {
      expect(tally.passed[label] ?? 0, `${label} was never reached`).toBeGreaterThan(0);
      expect(tally.killed[label] ?? 0, `no process died at ${label}`).toBeGreaterThan(0);
    }
  });

  it('happen the same way again for the same seed', async () => {
    const twice = [await runHistories({ first: 500, count: 30 }), await runHistories({ first: 500, count: 30 })];
    expect(twice[0]?.tally).toEqual(twice[1]?.tally);
    const options = { ...HISTORY_STEPS, ownFilesEvery: 100 };
    expect(randomHistory(7, options)).toEqual(randomHistory(7, options));
    expect(randomHistory(7, options)).not.toEqual(randomHistory(8, options));
  });

  it('tell how far they are, so that a long run can go on from there', async () => {
    const nexts: number[] = [];
    const onProgress = (_tally: unknown, next: number): void => void nexts.push(next);
    const whole = await runHistories({ first: 1, count: 240, onProgress });
    expect(nexts.length).toBeGreaterThan(3);
    expect(nexts).toEqual([...nexts].sort((a, b) => a - b));
    expect(nexts.at(-1)).toBe(241);
    expect(whole.tally.histories).toBe(240);
  });
});
