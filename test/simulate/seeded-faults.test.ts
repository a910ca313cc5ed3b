import { describe, expect, it } from 'vitest';
import { failureReport } from './history-tally.ts';
import { runHistories } from './run-histories.ts';

const MOST_SEEDS = 500;

/** By name, as seeded-faults.ts has them; importing that file here would load the sink without its simulated disk. */
const FAULTS = [
  'the marker is not looked for',
  'a higher marker counts as done',
  '503 counts as a refusal',
  'files are deleted when the outcome is unknown',
  'COMMITTING is written after sending',
  'the writer id is left out of file names',
  'evidence is searched on the first base',
  'the generation is ignored',
  'two tables are committed in two intents',
];

describe('the simulator notices when', () => {
  it.each(FAULTS)('%s', async (fault) => {
    const { failures } = await runHistories({ first: 1, count: MOST_SEEDS, processes: 1, fault, isUntilFailure: true });
    const [failure] = failures;
    console.log(`${fault}: seed ${failure?.seed}, ${failure?.problems[0]?.slice(0, 160)}`);
    expect(failures, `"${fault}" was not noticed in ${MOST_SEEDS} histories`).toHaveLength(1);
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
