import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reservation } from '../context/call-context.ts';
import { MemoryQuota } from './memory-quota.ts';

const never = new AbortController().signal;

/** Lets everything that is ready go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Asks for memory and notes in `order` when it came. */
function ask(quota: MemoryQuota, bytes: number, order: string[], name: string, signal = never): Promise<Reservation> {
  const granted = quota.reserve(bytes, signal);
  granted.then(
    () => order.push(name),
    () => order.push(`${name} cancelled`),
  );
  return granted;
}

describe('MemoryQuota', () => {
  it('serves first come, first served: a large request is not overtaken by a small one', async () => {
    const quota = new MemoryQuota(100);
    const order: string[] = [];
    const first = await ask(quota, 60, order, 'first');
    const large = ask(quota, 80, order, 'large');
    const small = ask(quota, 10, order, 'small');
    await settle();
    expect(order).toEqual(['first']);
    first.release();
    await settle();
    expect(order).toEqual(['first', 'large', 'small']);
    expect(quota.usedBytes).toBe(90);
    for (const { release } of [await large, await small]) release();
    expect(quota.usedBytes).toBe(0);
  });

  it('grants what is larger than all of it, alone', async () => {
    const quota = new MemoryQuota(100);
    const order: string[] = [];
    const small = await ask(quota, 1, order, 'small');
    const huge = ask(quota, 1000, order, 'huge');
    const after = ask(quota, 1, order, 'after');
    await settle();
    expect(order).toEqual(['small']);
    small.release();
    await settle();
    expect(order).toEqual(['small', 'huge']);
    (await huge).release();
    await settle();
    expect(order).toEqual(['small', 'huge', 'after']);
    (await after).release();
    expect(quota.usedBytes).toBe(0);
  });

  it('lets those behind go on when a waiting request is cancelled', async () => {
    const quota = new MemoryQuota(100);
    const order: string[] = [];
    const controller = new AbortController();
    const held = await ask(quota, 50, order, 'held');
    const large = ask(quota, 90, order, 'large', controller.signal);
    const small = ask(quota, 50, order, 'small');
    controller.abort();
    await expect(large).rejects.toMatchObject({ code: 'CANCELLED' });
    await settle();
    expect(order).toEqual(['held', 'large cancelled', 'small']);
    for (const { release } of [held, await small]) release();
    expect(quota.usedBytes).toBe(0);
  });

  it('cancels at once what would have to wait under an aborted signal', async () => {
    const quota = new MemoryQuota(100);
    await quota.reserve(100, never);
    await expect(quota.reserve(1, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('keeps what was granted when its signal is aborted later', async () => {
    const quota = new MemoryQuota(100);
    const controller = new AbortController();
    const first = await quota.reserve(100, never);
    const second = quota.reserve(40, controller.signal);
    first.release();
    const granted = await second;
    controller.abort();
    expect(quota.usedBytes).toBe(40);
    granted.release();
    expect(quota.usedBytes).toBe(0);
  });

  it('takes a reservation back once, however often it is released', async () => {
    const quota = new MemoryQuota(100);
    const [first, second] = [await quota.reserve(10, never), await quota.reserve(10, never)];
    first.release();
    first.release();
    expect(quota.usedBytes).toBe(10);
    second.release();
    expect(quota.usedBytes).toBe(0);
  });

  it('never grants more than there is, but for one request that is larger than all, and forgets nobody', async () => {
    const step = fc.record({ bytes: fc.nat(150), fate: fc.constantFrom('release', 'cancel', 'wait') });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const quota = new MemoryQuota(100);
        const granted = new Map<number, number>();
        const releases: (() => void)[] = [];
        const check = () => {
          const used = [...granted.values()].reduce((sum, bytes) => sum + bytes, 0);
          expect(quota.usedBytes).toBe(used);
          const larger = [...granted.values()].filter((bytes) => bytes > 0);
          if (used > 100) expect(larger).toHaveLength(1);
        };
        let answered = 0;
        for (const [index, { bytes, fate }] of steps.entries()) {
          const controller = new AbortController();
          quota.reserve(bytes, controller.signal).then(
            ({ release }) => {
              answered += 1;
              granted.set(index, bytes);
              releases.push(() => {
                granted.delete(index);
                release();
              });
            },
            () => {
              answered += 1;
            },
          );
          await settle();
          check();
          if (fate === 'cancel') controller.abort();
          if (fate === 'release') releases.shift()?.();
          await settle();
          check();
        }
        while (releases.length > 0) {
          releases.shift()?.();
          await settle();
          check();
        }
        expect(answered).toBe(steps.length);
        expect(quota.usedBytes).toBe(0);
      }),
      { numRuns: 40 },
    );
  });
});
