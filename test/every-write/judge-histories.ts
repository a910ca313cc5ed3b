import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type HistoryFacts, runHistory } from './run-history.ts';
import { writeHistories } from './write-history.ts';

/** Of each of the two kinds of tables; both run at the same time. */
const HISTORIES = Number(process.env['CALVE_WRITE_HISTORIES'] ?? 500);

/** The test that random histories end as the reference says; it also fails when they hold nothing that could go wrong. */
export function judgeHistories(isPartitioned: boolean): void {
  it(`leaves what the reference has, once, whatever stops and whoever else writes: ${HISTORIES} histories`, {
    timeout: 600_000,
  }, async () => {
    const sum: HistoryFacts = { commits: 0, stops: 0, foreign: 0, restaged: 0, replaced: 0, deduplicated: 0 };
    await fc.assert(
      fc.asyncProperty(writeHistories, async (history) => {
        const facts = await runHistory({ ...history, isPartitioned });
        for (const name of Object.keys(sum) as (keyof HistoryFacts)[]) sum[name] += facts[name];
      }),
      { numRuns: HISTORIES },
    );
    process.stdout.write(`${JSON.stringify(sum)}\n`);
    for (const [name, count] of Object.entries(sum)) expect(count, name).toBeGreaterThan(HISTORIES / 20);
  });
}
