import { describe, expect, it } from 'vitest';
import type { Reservation } from '../context/call-context.ts';
import { MemoryQuota, MOST_PASSED } from './memory-quota.ts';

const never = new AbortController().signal;

/** Lets everything that is ready go on. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Asks for memory and notes in `order` when it came. The tenant is the first letter of the name. */
function ask(quota: MemoryQuota, bytes: number, order: string[], name: string, signal = never): Promise<Reservation> {
  const granted = quota.reserve(name.charAt(0), bytes, signal);
  granted.then(
    () => order.push(name),
    () => order.push(`${name} cancelled`),
  );
  return granted;
}

describe('MemoryQuota of one tenant', () => {
  it('serves first come, first served: a large request is not overtaken by a small one', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const order: string[] = [];
    const first = await ask(quota, 60, order, 't first');
    const large = ask(quota, 80, order, 't large');
    const small = ask(quota, 10, order, 't small');
    await settle();
    expect(order).toEqual(['t first']);
    first.release();
    await settle();
    expect(order).toEqual(['t first', 't large', 't small']);
    expect(quota.usedBytes).toBe(90);
    for (const { release } of [await large, await small]) release();
    expect(quota.usedBytes).toBe(0);
  });

  it('grants what is larger than all of it, alone', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const order: string[] = [];
    const small = await ask(quota, 1, order, 't small');
    const huge = ask(quota, 1000, order, 't huge');
    const after = ask(quota, 1, order, 't after');
    await settle();
    expect(order).toEqual(['t small']);
    small.release();
    await settle();
    expect(order).toEqual(['t small', 't huge']);
    (await huge).release();
    await settle();
    expect(order).toEqual(['t small', 't huge', 't after']);
    (await after).release();
    expect(quota.usedBytes).toBe(0);
  });

  it('lets those behind go on when a waiting request is cancelled', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const order: string[] = [];
    const controller = new AbortController();
    const held = await ask(quota, 50, order, 't held');
    const large = ask(quota, 90, order, 't large', controller.signal);
    const small = ask(quota, 50, order, 't small');
    controller.abort();
    await expect(large).rejects.toMatchObject({ code: 'CANCELLED' });
    await settle();
    expect(order).toEqual(['t held', 't large cancelled', 't small']);
    for (const { release } of [held, await small]) release();
    expect(quota.usedBytes).toBe(0);
  });

  it('cancels at once what would have to wait under an aborted signal', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    await quota.reserve('a', 100, never);
    await expect(quota.reserve('a', 1, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('keeps what was granted when its signal is aborted later', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const controller = new AbortController();
    const first = await quota.reserve('a', 100, never);
    const second = quota.reserve('a', 40, controller.signal);
    first.release();
    const granted = await second;
    controller.abort();
    expect(quota.usedBytes).toBe(40);
    granted.release();
    expect(quota.usedBytes).toBe(0);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, '5'])('refuses %s, which would spoil all sums', async (bytes) => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    await expect(quota.reserve('t', bytes as number, never)).rejects.toMatchObject({ code: 'INTERNAL' });
    (await quota.reserve('t', 100, never)).release();
    expect([quota.usedBytes, quota.tenantCount]).toEqual([0, 0]);
  });

  it('takes a reservation back once, however often it is released', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const [first, second] = [await quota.reserve('a', 10, never), await quota.reserve('a', 10, never)];
    first.release();
    first.release();
    expect(quota.usedBytes).toBe(10);
    second.release();
    expect(quota.usedBytes).toBe(0);
  });
});

describe('MemoryQuota between tenants', () => {
  it('serves the one that holds least first, and whoever is at home there in the order of asking', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const order: string[] = [];
    const held = [await ask(quota, 50, order, 'a1'), await ask(quota, 40, order, 'a2'), await ask(quota, 10, order, 'b1')];
    const waiting = ['a3', 'a4', 'b2', 'c1', 'c2'].map((name) => ask(quota, 10, order, name));
    await settle();
    expect(order).toEqual(['a1', 'a2', 'b1']);
    held[0]?.release();
    await settle();
    // c holds nothing, then 10 as b does, who asked before c's second time; a holds 40.
    expect(order.slice(3)).toEqual(['c1', 'b2', 'c2', 'a3', 'a4']);
    for (const { release } of [...held, ...(await Promise.all(waiting))]) release();
    expect(quota).toMatchObject({ usedBytes: 0, tenantCount: 0 });
  });

  it('always has room for others where a tenant has a limit of its own', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 60 });
    const order: string[] = [];
    for (const name of ['a1', 'a2', 'a3', 'a4', 'b1', 'b2']) void ask(quota, 30, order, name);
    await settle();
    expect(order).toEqual(['a1', 'a2', 'b1']);
    expect(quota.heldBy('a')).toBe(60);
    expect(quota.heldBy('b')).toBe(30);
  });

  it('lets nobody wait for a tenant that waits for itself', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 50 });
    const order: string[] = [];
    const own = await ask(quota, 40, order, 'a1');
    const tooMuch = ask(quota, 50, order, 'a2');
    await ask(quota, 30, order, 'b1');
    await ask(quota, 20, order, 'b2');
    await settle();
    expect(order).toEqual(['a1', 'b1', 'b2']);
    own.release();
    await tooMuch;
    expect(quota.heldBy('a')).toBe(50);
  });

  it('grants what is above the limit of a tenant when the tenant holds nothing, whatever others hold', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 50 });
    const order: string[] = [];
    const other = await ask(quota, 20, order, 'b1');
    const own = await ask(quota, 1, order, 'a1');
    const large = ask(quota, 80, order, 'a2');
    await settle();
    expect(order).toEqual(['b1', 'a1']);
    own.release();
    await settle();
    expect(order).toEqual(['b1', 'a1', 'a2']);
    for (const { release } of [other, await large]) release();
    expect(quota.usedBytes).toBe(0);
  });

  it('gathers what is released for a large request instead of giving it away in small pieces', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const order: string[] = [];
    const held = await Promise.all(['a1', 'a2', 'a3', 'a4'].map((name) => ask(quota, 25, order, name)));
    const large = ask(quota, 75, order, 'b1 large');
    for (const name of ['a5', 'a6']) void ask(quota, 25, order, name);
    for (const { release } of held.slice(0, 2)) release();
    await settle();
    expect(order).toHaveLength(4);
    held[2]?.release();
    await settle();
    expect(order.slice(4)).toEqual(['b1 large']);
    (await large).release();
    await settle();
    expect(order.slice(5)).toEqual(['a5', 'a6']);
  });

  it('does not starve one who holds something by a stream of newcomers who hold nothing', async () => {
    const quota = new MemoryQuota({ memoryBytes: 100, tenantMemoryBytes: 100 });
    const order: string[] = [];
    await quota.reserve('holder', 10, never);
    let newcomer = await quota.reserve('newcomer 0', 90, never);
    void quota.reserve('holder', 50, never).then(() => order.push('holder'));
    let passed = 0;
    for (let tenant = 1; order.length === 0; tenant++) {
      expect(passed).toBeLessThanOrEqual(MOST_PASSED);
      const next = quota.reserve(`newcomer ${tenant}`, 90, never);
      void next.then(() => order.push('newcomer'));
      newcomer.release();
      await settle();
      if (order.shift() === 'holder') break;
      passed += 1;
      newcomer = await next;
    }
    expect(passed).toBe(MOST_PASSED);
    expect(quota.heldBy('holder')).toBe(60);
  });
});
