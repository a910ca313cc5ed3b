import { randomHistory } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { stepLabels } from '../crash/step-labels.ts';
import { failureReport, tallyReport } from './history-tally.ts';
import { runHistories } from './run-histories.ts';

const labels = stepLabels('core', 'sink-iceberg');
const HISTORIES = 20_000;

describe('simulated histories', () => {
  it(`load every row once in ${HISTORIES} of them, whatever crashes, is lost, late, doubled or set back (R126, R135)`, {
    timeout: 1_200_000,
  }, async () => {
    const { tally, failures } = await runHistories({ first: 1, count: HISTORIES });
    console.log(tallyReport(tally, labels));
    expect(failures.slice(0, 3).map(failureReport).join('\n\n')).toBe('');
    expect(tally).toMatchObject({ histories: HISTORIES, failed: 0, problems: {} });
    // Empty tables and runs that ask a person would prove nothing.
    expect(tally.rows).toBeGreaterThan(3 * HISTORIES);
    expect(tally.halted).toBeLessThan(HISTORIES / 5);
    for (const label of labels) {
      expect(tally.passed[label] ?? 0, `${label} was never reached`).toBeGreaterThan(0);
      expect(tally.killed[label] ?? 0, `no process died at ${label}`).toBeGreaterThan(0);
    }
  });

  it('happen the same way again for the same seed', async () => {
    const twice = [await runHistories({ first: 500, count: 30 }), await runHistories({ first: 500, count: 30 })];
    expect(twice[0]?.tally).toEqual(twice[1]?.tally);
    const options = { steps: labels, ownFilesEvery: 100 };
    expect(randomHistory(7, options)).toEqual(randomHistory(7, options));
    expect(randomHistory(7, options)).not.toEqual(randomHistory(8, options));
  });
});
