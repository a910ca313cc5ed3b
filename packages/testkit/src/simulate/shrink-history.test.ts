import { describe, expect, it } from 'vitest';
import { describeHistory } from './describe-history.ts';
import type { History } from './history.ts';
import { randomHistory } from './random-history.ts';
import { shrinkHistory } from './shrink-history.ts';

const options = { steps: ['core.apply.stage', 'iceberg.send.done'], ownFilesEvery: 10 };

describe('the shortest history', () => {
  it('holds nothing but what makes it fail', async () => {
    const hasLateCommit = ({ events }: History): boolean =>
      events.some(
        (event) => 'faults' in event && event.faults.some((fault) => fault.kind === 'commit' && fault.answer === 'late'),
      );
    const seed = Array.from({ length: 500 }, (_, at) => at).find((at) => hasLateCommit(randomHistory(at, options)));
    const shortest = await shrinkHistory(randomHistory(seed ?? 0, options), async (history) => hasLateCommit(history));
    expect(shortest.events).toHaveLength(1);
    expect(shortest.events[0]).toMatchObject({ isImpatient: false, faults: [{ kind: 'commit', answer: 'late' }] });
    expect(describeHistory(shortest)[1]).toMatch(/ms {2}process-\d+ (runs the ingestion|applies plan\S*); commit \d: late$/);
  });

  it('is never longer than the one that was found, and fails as well', async () => {
    for (let seed = 1; seed < 40; seed += 1) {
      const history = randomHistory(seed, options);
      const fails = ({ events }: History): boolean => events.filter(({ kind }) => kind === 'process-runs').length >= 2;
      if (!fails(history)) continue;
      const shortest = await shrinkHistory(history, async (candidate) => fails(candidate));
      expect(fails(shortest)).toBe(true);
      expect(shortest.events).toHaveLength(2);
    }
  });
});
