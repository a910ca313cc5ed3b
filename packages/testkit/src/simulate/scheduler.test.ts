import { describe, expect, it } from 'vitest';
import { seededRandom } from '../doubles/seeded-random.ts';
import { SimulatedScheduler } from './scheduler.ts';

describe('a simulated scheduler', () => {
  it('lets things happen in the order of their times, each after all that the one before set going', async () => {
    const scheduler = new SimulatedScheduler(seededRandom(1), 1000);
    const seen: string[] = [];
    for (const delay of [30, 10, 20, 25, 5, 15]) {
      scheduler.after(delay, () => {
        seen.push(`${delay}`);
        void (async () => {
          for (let turn = 0; turn < 20; turn += 1) await null;
          seen.push(`after ${delay} at ${scheduler.now}`);
        })();
      });
    }
    scheduler.after(12, () => seen.push('cancelled')).cancel();
    expect(await scheduler.run(100)).toBe(true);
    const order = [5, 10, 15, 20, 25, 30];
    expect(seen).toEqual(order.flatMap((delay) => [`${delay}`, `after ${delay} at ${1000 + delay}`]));
    expect(scheduler.happened).toBe(6);
  });

  it('orders what is due at one time by its seed', async () => {
    const orderOf = async (seed: number): Promise<string> => {
      const scheduler = new SimulatedScheduler(seededRandom(seed));
      const seen: number[] = [];
      for (let number = 0; number < 8; number += 1) scheduler.after(1, () => seen.push(number));
      await scheduler.run(100);
      return seen.join();
    };
    expect(await orderOf(1)).toBe(await orderOf(1));
    expect(new Set(await Promise.all([1, 2, 3, 4].map(orderOf))).size).toBeGreaterThan(1);
  });

  it('says when a history never ends', async () => {
    const scheduler = new SimulatedScheduler(seededRandom(1));
    const again = (): void => void scheduler.after(1, again);
    again();
    expect(await scheduler.run(50)).toBe(false);
  });
});
