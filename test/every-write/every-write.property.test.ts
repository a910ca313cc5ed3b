import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type HistoryFacts, runHistory } from './run-history.ts';
import { writeHistories } from './write-history.ts';

const HISTORIES = Number(process.env['CALVE_WRITE_HISTORIES'] ?? 20);

describe('every kind of write', () => {
  it('leaves what the reference has, once, whatever stops and whoever else writes', { timeout: 300_000 }, async () => {
    const sum: HistoryFacts = { commits: 0, stops: 0, foreign: 0, restaged: 0, replaced: 0, deduplicated: 0 };
    await fc.assert(
      fc.asyncProperty(writeHistories, async (history) => {
        const facts = await runHistory(history);
        for (const name of Object.keys(sum) as (keyof HistoryFacts)[]) sum[name] += facts[name];
      }),
      { numRuns: HISTORIES },
    );
    console.log(sum);
    for (const count of Object.values(sum)) expect(count).toBeGreaterThan(0);
  });
});
