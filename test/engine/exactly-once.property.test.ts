import type { MemorySinkFault } from '@calve/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

const STEPS = [
  'core.apply.announce',
  'core.apply.stage',
  'core.apply.staged',
  'core.commit.committing',
  'core.commit.answered',
  'core.commit.finish',
];

/** What happens to an ingestion, one after the other. */
const happening = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'file-arrives' as const }) },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('process-runs' as const),
      faults: fc.array(fc.constantFrom<MemorySinkFault>('conflict', 'refused', 'lost-before', 'lost-after', 'late'), {
        maxLength: 3,
      }),
      /** Where the process stops, for good or until it wakes; null: it ends by itself. */
      stopsAt: fc.option(fc.constantFrom(...STEPS), { freq: 2 }),
      isImpatient: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'late-requests-arrive' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'stopped-processes-wake' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'another-writer-commits' as const }) },
);

describe('every row is in the table once', () => {
  it('whatever processes stop and wake, and whatever answers are lost', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { minLength: 3, maxLength: 14 }), async (happenings) => {
        const world = new MemoryWorld();
        const spec = world.spec({ limits: { maxUnitsPerBatch: 2 } });
        const stops = new Map<number, string>();
        const wakers: (() => void)[] = [];
        const processes: Promise<unknown>[] = [];
        let stopped = () => {};
        world.onStep = (label, instance) => {
          if (stops.get(instance) !== label) return;
          stops.delete(instance);
          stopped();
          return new Promise<void>((resolve) => wakers.push(resolve));
        };
        let instances = 1;
        let arrived = 0;
        const wake = async () => {
          for (const waker of wakers.splice(0)) waker();
          await Promise.allSettled(processes);
        };
        for (const happens of happenings) {
          if (happens.kind === 'file-arrives') {
            arrived += 1;
            world.files[`${arrived}.csv`] = rowsOf(arrived);
          } else if (happens.kind === 'process-runs') {
            world.sink.faults.splice(0, Infinity, ...happens.faults);
            instances += 1;
            if (happens.stopsAt !== null) stops.set(instances, happens.stopsAt);
            const patience = happens.isImpatient ? { commitPatienceMilliseconds: 0 } : {};
            const stop = new Promise<void>((resolve) => {
              stopped = resolve;
            });
            const running = ended(world.calve(patience).run(spec));
            processes.push(running);
            await Promise.race([running, stop]);
          } else if (happens.kind === 'late-requests-arrive') world.sink.deliverLate();
          else if (happens.kind === 'stopped-processes-wake') await wake();
          else if (world.sink.snapshots(TABLE).length > 0) world.sink.touch(TABLE);
        }
        // In the end everything is well again.
        world.sink.faults.splice(0);
        await wake();
        world.sink.deliverLate();
        arrived += 1;
        world.files[`${arrived}.csv`] = rowsOf(arrived);
        stops.clear();
        let last = await world.run(spec);
        for (let time = 0; time < 3 && last.result.outcome !== 'nothing-new'; time++) last = await world.run(spec);
        expect(last.result.outcome, last.error?.message ?? '').toBe('nothing-new');
        expect(
          world
            .column('id')
            .map(Number)
            .sort((a, b) => a - b),
        ).toEqual(Array.from({ length: arrived }, (_, index) => index + 1));
      }),
      { numRuns: 150 },
    );
  });
});
