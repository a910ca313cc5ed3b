import { CalveError } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { ended, rowsOf } from './memory-world.ts';
import { holdAt, twoProcesses } from './two-processes.ts';

const LEASE = 60_000;

describe('a state that does not answer', () => {
  const lost = new CalveError('CHECKPOINT_OUTCOME_UNKNOWN', 'The answer was lost.', { recovery: 'verify' });
  const unavailable = new CalveError('CHECKPOINT_UNAVAILABLE', 'The state cannot be reached.', { recovery: 'retry' });

  it('to the one that asks for the lease is asked again, and the lease is not in its own way', async () => {
    let calls = 0;
    const { spec, time, one } = await twoProcesses({
      leases: (leases) => ({
        renew: (...call) => leases.renew(...call),
        release: (...call) => leases.release(...call),
        async acquire(...call) {
          const answer = await leases.acquire(...call);
          calls += 1;
          if (calls < 3) throw lost;
          return answer;
        },
      }),
    });
    expect((await time.until(ended(one.run(spec)))).result.outcome).toBe('committed');
    expect(time.elapsed).toBeLessThan(1000);
  });

  it('to renewals for a while is told once, and costs nothing when it comes back in time', async () => {
    let renewals = 0;
    const { spec, time, first, one } = await twoProcesses({
      leases: (leases) => ({
        acquire: (...call) => leases.acquire(...call),
        release: (...call) => leases.release(...call),
        async renew(...call) {
          renewals += 1;
          if (renewals <= 2) throw unavailable;
          return leases.renew(...call);
        },
      }),
    });
    const { arrived, release } = holdAt(first, 'core.apply.stage');
    const working = ended(one.run(spec));
    await time.until(arrived);
    await time.pass(2 * LEASE);
    release();
    const { result, events } = await time.until(working);
    expect(result.outcome).toBe('committed');
    expect(renewals).toBeGreaterThan(3);
    const findings = events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []));
    expect(findings.filter(({ severity }) => severity !== 'info')).toMatchObject([
      { code: 'CHECKPOINT_UNAVAILABLE', severity: 'warning' },
    ]);
  });

  it('to the one that gives the lease back does not make its run fail, and others take over', async () => {
    const { spec, time, one, other, world } = await twoProcesses({
      leases: (leases) => ({
        acquire: (...call) => leases.acquire(...call),
        renew: (...call) => leases.renew(...call),
        release: () => Promise.reject(unavailable),
      }),
    });
    const { result, events } = await time.until(ended(one.run(spec)));
    expect(result.outcome).toBe('committed');
    const said = events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic.message] : []));
    expect(said.at(-1)).toContain('may wait for up to 60 seconds');
    world.files['b.csv'] = rowsOf(3);
    expect((await time.until(ended(other.run(spec)))).result.outcome).toBe('committed');
    expect(time.elapsed).toBeLessThan(LEASE + 1000);
  });

  it.each(['release', 'acquire'] as const)(
    'to %s, on a disk that is full, does not keep its own next run waiting',
    async (method) => {
      let isFull = false;
      const { spec, time, first, one, other, world, calveOn } = await twoProcesses({
        leases: (leases) => ({
          acquire: async (...call) => {
            const answer = await leases.acquire(...call);
            if (isFull && method === 'acquire') throw lost;
            return answer;
          },
          renew: (...call) => leases.renew(...call),
          release: (...call) => (isFull ? Promise.reject(unavailable) : leases.release(...call)),
        }),
      });
      // Others are told that its process lives.
      const onlooker = time.machine(103);
      onlooker.knows.set(101, 'alive');
      isFull = true;
      const failed = await time.until(ended(one.run(spec)));
      expect(failed.error?.code).toBe(method === 'acquire' ? 'CHECKPOINT_OUTCOME_UNKNOWN' : undefined);
      isFull = false;
      first.knows.set(101, 'alive');
      world.files['b.csv'] = rowsOf(3);
      const before = time.elapsed;
      const busy = await time.until(ended(calveOn(onlooker).run(spec, { ifBusy: 'stop' })));
      expect(busy.error?.code).toBe('INGESTION_BUSY');
      expect((await time.until(ended(one.run(spec, { ifBusy: 'stop' })))).result.outcome).toBe('committed');
      expect(time.elapsed).toBe(before);
      expect((await time.until(ended(other.run(spec, { ifBusy: 'stop' })))).result.outcome).toBe('nothing-new');
      expect(world.column('id')).toEqual(['1', '2', '3']);
    },
  );
});
