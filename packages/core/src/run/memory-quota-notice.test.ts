import { describe, expect, it } from 'vitest';
import type { Reservation } from '../context/call-context.ts';
import { MemoryQuota } from './memory-quota.ts';
import { NOTICEABLE_MILLISECONDS, noticedReserve } from './memory-quota-notice.ts';

const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** A run of tenant `a` with memory for one request, and timers that a test fires by hand. */
function oneRun() {
  const quota = new MemoryQuota({ memoryBytes: 10, tenantMemoryBytes: 10 });
  const timers: { milliseconds: number; fire(): void }[] = [];
  const told: number[] = [];
  const cancel = new AbortController();
  const reserve = noticedReserve(quota, {
    tenant: 'a',
    signal: cancel.signal,
    onWaiting: () => told.push(told.length),
    environment: {
      sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          const timer = { milliseconds, fire: resolve };
          timers.push(timer);
          signal?.addEventListener('abort', () => {
            timers.splice(timers.indexOf(timer), 1);
            reject(signal.reason);
          });
        }),
    },
  });
  return { quota, timers, told, cancel, reserve };
}

/** One request that has to wait for another tenant, noticeably or not. */
async function waitOnce({ quota, timers, reserve }: ReturnType<typeof oneRun>, noticeably: boolean): Promise<Reservation> {
  const other = await quota.reserve('b', 10, new AbortController().signal);
  const granted = reserve(10);
  await settle();
  expect(timers).toMatchObject([{ milliseconds: NOTICEABLE_MILLISECONDS }]);
  if (noticeably) timers[0]?.fire();
  await settle();
  other.release();
  return granted;
}

describe('a run that reserves', () => {
  it('says nothing, and sets no timer, while there is memory', async () => {
    const { reserve, timers, told } = oneRun();
    for (let time = 0; time < 3; time++) (await reserve(10)).release();
    expect(timers).toEqual([]);
    expect(told).toEqual([]);
  });

  it('says nothing of a short wait, and leaves no timer behind', async () => {
    const run = oneRun();
    (await waitOnce(run, false)).release();
    await settle();
    expect(run.told).toEqual([]);
    expect(run.timers).toEqual([]);
  });

  it('says once that it waits, for all requests in a row that wait', async () => {
    const run = oneRun();
    for (let batch = 0; batch < 3; batch++) {
      (await waitOnce(run, true)).release();
      run.timers.length = 0;
    }
    expect(run.told).toHaveLength(1);
  });

  it('says it again after it went well in between', async () => {
    const run = oneRun();
    for (const noticeably of [true, false, true]) {
      (await waitOnce(run, noticeably)).release();
      await settle();
      run.timers.length = 0;
    }
    expect(run.told).toHaveLength(2);
  });

  it('leaves no timer behind when it is cancelled', async () => {
    const { quota, reserve, timers, cancel, told } = oneRun();
    await quota.reserve('b', 10, new AbortController().signal);
    const waiting = reserve(10);
    await settle();
    cancel.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
    await settle();
    expect(timers).toEqual([]);
    expect(told).toEqual([]);
  });
});
