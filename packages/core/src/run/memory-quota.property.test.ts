import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryQuota, MOST_PASSED } from './memory-quota.ts';

const TENANTS = ['a', 'b', 'c'];
const MEMORY_BYTES = 100;

/** Lets everything that is ready go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

interface Asked {
  tenant: string;
  bytes: number;
  state: 'waiting' | 'held' | 'released' | 'cancelled';
  cancel: AbortController;
  release(): void;
  /** Releases that it may wait for at most; counted down by each. */
  patience: number;
}

/** The requests of one history and what the laws say of them. */
class History {
  readonly asked: Asked[] = [];
  readonly #quota: MemoryQuota;
  readonly #tenantMemoryBytes: number;

  constructor(quota: MemoryQuota, tenantMemoryBytes: number) {
    this.#quota = quota;
    this.#tenantMemoryBytes = tenantMemoryBytes;
  }

  in(state: Asked['state']): Asked[] {
    return this.asked.filter((one) => one.state === state);
  }

  ask(tenant: string, bytes: number): void {
    const ahead = this.in('waiting').filter((one) => one.tenant === tenant).length;
    // Its own turn comes after those ahead of it at home; each of them, and then it, is passed by so many and waits for those who hold.
    const patience = this.in('held').length + (ahead + 1) * (MOST_PASSED + TENANTS.length);
    const one: Asked = { tenant, bytes, state: 'waiting', cancel: new AbortController(), release: () => {}, patience };
    this.asked.push(one);
    this.#quota.reserve(tenant, bytes, one.cancel.signal).then(
      ({ release }) => {
        const older = this.asked.slice(0, this.asked.indexOf(one));
        expect(older.filter((other) => other.tenant === tenant && other.state === 'waiting')).toEqual([]);
        one.state = 'held';
        one.release = release;
      },
      () => {
        one.state = 'cancelled';
      },
    );
  }

  release(one: Asked): void {
    for (const waiting of this.in('waiting')) waiting.patience -= 1;
    one.state = 'released';
    one.release();
    one.release();
  }

  check(): void {
    const held = this.in('held');
    const sum = (some: readonly Asked[]) => some.reduce((total, { bytes }) => total + bytes, 0);
    const withBytes = held.filter(({ bytes }) => bytes > 0);
    expect(this.#quota.usedBytes).toBe(sum(held));
    if (sum(held) > MEMORY_BYTES) expect(withBytes).toHaveLength(1);
    for (const tenant of TENANTS) {
      const own = held.filter((one) => one.tenant === tenant);
      expect(this.#quota.heldBy(tenant)).toBe(sum(own));
      if (sum(own) > this.#tenantMemoryBytes) expect(own.filter(({ bytes }) => bytes > 0)).toHaveLength(1);
    }
    for (const one of this.in('waiting')) expect(one.patience).toBeGreaterThanOrEqual(0);
    // Whoever waits, waits for something.
    if (withBytes.length === 0) expect(this.in('waiting')).toEqual([]);
  }
}

const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), tenant: fc.constantFrom(...TENANTS), bytes: fc.nat(130) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), which: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat() }) },
);

describe('the laws of MemoryQuota', () => {
  it('keep the limits but for one request above them, the order of each tenant, and starve and forget nobody', async () => {
    const seen = { aboveAll: 0, aboveTenant: 0, waited: 0, cancelled: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
        fc.constantFrom(30, 60, MEMORY_BYTES),
        async (steps, tenantMemoryBytes) => {
          const quota = new MemoryQuota({ memoryBytes: MEMORY_BYTES, tenantMemoryBytes });
          const history = new History(quota, tenantMemoryBytes);
          for (const step of steps) {
            if (step.kind === 'ask') history.ask(step.tenant, step.bytes);
            else {
              const some = history.in(step.kind === 'release' ? 'held' : 'waiting');
              const one = some[step.which % some.length];
              if (one && step.kind === 'release') history.release(one);
              else one?.cancel.abort();
            }
            await settle();
            history.check();
            seen.waited += history.in('waiting').length;
          }
          for (let held = history.in('held'); held.length > 0; held = history.in('held')) {
            history.release(held[0]!);
            await settle();
            history.check();
          }
          for (const { bytes, state } of history.asked) {
            expect(['released', 'cancelled']).toContain(state);
            if (state === 'cancelled') seen.cancelled += 1;
            else if (bytes > MEMORY_BYTES) seen.aboveAll += 1;
            else if (bytes > tenantMemoryBytes) seen.aboveTenant += 1;
          }
          expect(quota).toMatchObject({ usedBytes: 0, tenantCount: 0 });
        },
      ),
      { numRuns: 300 },
    );
    for (const times of Object.values(seen)) expect(times).toBeGreaterThan(100);
  });
});
