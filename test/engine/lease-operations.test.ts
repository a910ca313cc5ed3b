import { memoryState } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { ended, rowsOf } from './memory-world.ts';
import { holdAt, twoProcesses } from './two-processes.ts';

const LEASE = 60_000;

const KEY = { tenant: 'default', ingestion: 'orders' };

describe('operations on a ledger', () => {
  it('wait for a run and say so; with `stop` they change nothing', async () => {
    const { spec, time, first, one, other, store } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.commit.finish');
    const working = ended(one.run(spec));
    await time.until(arrived);
    const before = await store.read(KEY);
    const choice = { fromNow: true as const };
    await expect(time.until(other.reset(spec, { ...choice, ifBusy: 'stop' }))).rejects.toMatchObject({ code: 'INGESTION_BUSY' });
    expect(await store.read(KEY)).toEqual(before);
    const told: unknown[] = [];
    const resetting = other.reset(spec, { ...choice, onWaiting: (heldBy) => told.push(heldBy) });
    await time.pass(1000);
    release();
    expect((await time.until(working)).error).toBeNull();
    expect(await time.until(resetting)).toMatchObject({ committed: { main: 1 }, countedAsLoaded: 1 });
    expect(told).toMatchObject([{ host: 'host-a', pid: 101 }]);
    expect((await time.until(ended(other.run(spec)))).result.outcome).toBe('nothing-new');
  });

  it('adopt waits for the run that makes the ledger, and then finds it there; with `stop` it changes nothing', async () => {
    const { world, spec, time, first, one, other, store } = await twoProcesses();
    await time.until(ended(one.run(spec)));
    // The table is kept, and a run on a new state has begun.
    const lost = memoryState();
    const state = await lost.open();
    const third = time.machine(103);
    const adopting = world.calve({ environment: third.environment(), state: lost });
    const running = world.calve({ environment: first.environment(), state: lost });
    const { arrived, release } = holdAt(first, 'core.adopt.replace');
    const working = running.adopt(spec);
    await time.until(arrived);
    await expect(time.until(adopting.adopt(spec, { ifBusy: 'stop' }))).rejects.toMatchObject({ code: 'INGESTION_BUSY' });
    expect(await state.read(KEY)).toBe('absent');
    const told: unknown[] = [];
    const waiting = adopting.adopt(spec, { onWaiting: (heldBy) => told.push(heldBy) });
    await time.pass(2 * LEASE);
    release();
    expect(await time.until(working)).toMatchObject({ outcome: 'adopted', known: 1 });
    expect(await time.until(waiting)).toMatchObject({ outcome: 'already-there' });
    expect(told).toMatchObject([{ host: 'host-a', pid: 101 }]);
    expect((await time.until(ended(adopting.run(spec)))).result.outcome).toBe('nothing-new');
    expect(await store.read(KEY)).not.toBe('absent');
    await other.close();
  });

  it.each(['the signal', 'close'] as const)('and runs that are ended by %s give it back at once', async (by) => {
    const { world, spec, time, first, one, other } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.commit.committing');
    const controller = new AbortController();
    world.sink.faults.push('conflict');
    const working = ended(one.run(spec, { signal: controller.signal }));
    await time.until(arrived);
    const closed = by === 'close' ? one.close() : controller.abort();
    release();
    expect((await time.until(working)).error?.code).toBe('CANCELLED');
    await closed;
    const before = time.elapsed;
    expect((await time.until(ended(other.run(spec, { ifBusy: 'stop' })))).error).toBeNull();
    expect(time.elapsed).toBe(before);
    expect(world.column('id')).toEqual(['1', '2']);
    // Nothing is renewed any more, and nothing wakes up later.
    await time.pass(3 * LEASE);
    expect(time.sleeping).toBe(0);
  });

  it('give the lease back, also when they fail', async () => {
    const { spec, time, one, other, world } = await twoProcesses();
    await time.until(ended(one.run(spec)));
    world.files['b.csv'] = rowsOf(3);
    await time.until(one.reset(spec, { fromNow: true }));
    world.files['c.csv'] = rowsOf(4);
    world.sink.faults.push('refused');
    expect((await time.until(ended(one.run(spec)))).error?.code).toBe('COMMIT_REFUSED');
    const before = time.elapsed;
    expect((await time.until(ended(other.run(spec, { ifBusy: 'stop' })))).result.outcome).toBe('committed');
    expect(time.elapsed).toBe(before);
    expect(world.column('id')).toEqual(['1', '2', '4']);
  });
});
