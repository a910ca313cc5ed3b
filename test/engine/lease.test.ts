import { describe, expect, it } from 'vitest';
import { ended, rowsOf, TABLE } from './memory-world.ts';
import { holdAt, twoProcesses } from './two-processes.ts';

const LEASE = 60_000;

const KEY = { tenant: 'default', ingestion: 'orders' };

/** Steps at which a worker has the lease, and after which it writes to the journal. */
const STEPS = [
  'core.apply.announce',
  'core.apply.stage',
  'core.apply.staged',
  'core.commit.committing',
  'core.commit.answered',
  'core.commit.finish',
];

const FINDS_IT_DONE = ['core.apply.stage', 'core.apply.staged'];

describe('of two processes that run one ingestion at the same time', () => {
  it('one works, the other is told whom it waits for, and then finds nothing new', async () => {
    const { world, spec, time, first, one, other } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.apply.stage');
    const working = ended(one.run(spec));
    await time.until(arrived);
    const waiting = ended(other.run(spec));
    // Ten times the lease: who renews it keeps it.
    await time.pass(10 * LEASE);
    release();
    const [done, waited] = await time.until(Promise.all([working, waiting]));
    expect(done.result.outcome).toBe('committed');
    expect(waited.result).toMatchObject({ outcome: 'nothing-new', units: { ingested: 0 } });
    expect(waited.events.filter(({ kind }) => kind === 'waiting')).toMatchObject([
      { reason: 'lease', heldBy: { host: 'host-a', pid: 101, since: '2026-01-01T00:00:00.000Z' } },
    ]);
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    expect(world.column('id')).toEqual(['1', '2']);
    expect(world.orphans()).toEqual([]);
  });

  it('the other loads what has arrived while it waited', async () => {
    const { world, spec, time, first, one, other } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.commit.finish');
    const working = ended(one.run(spec));
    await time.until(arrived);
    const waiting = ended(other.run(spec));
    await time.pass(1000);
    world.files['b.csv'] = rowsOf(3);
    first.onStep = () => {};
    release();
    const [done, waited] = await time.until(Promise.all([working, waiting]));
    expect([done.error, waited.error]).toEqual([null, null]);
    expect(world.column('id')).toEqual(['1', '2', '3']);
    expect(done.result.units.ingested + waited.result.units.ingested).toBe(2);
  });

  it('the other plans afresh when what it had planned was partly done while it waited', async () => {
    const { world, spec, time, first, one, other } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.apply.announce');
    const working = ended(one.run(spec));
    await time.until(arrived);
    world.files['b.csv'] = rowsOf(3);
    const waiting = ended(other.run(spec));
    await time.pass(1000);
    first.onStep = () => {};
    release();
    const [done, waited] = await time.until(Promise.all([working, waiting]));
    expect([done.error, waited.error]).toEqual([null, null]);
    // It told its plan only once: the one that it applied.
    expect(waited.events.filter(({ kind }) => kind === 'planned').length).toBeLessThanOrEqual(2);
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });

  it('the other stops with `stop`, says who is at work and has changed nothing', async () => {
    const { world, spec, time, first, one, other, store } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.apply.stage');
    const working = ended(one.run(spec));
    await time.until(arrived);
    const before = await store.read(KEY);
    const stopped = await time.until(ended(other.run(spec, { ifBusy: 'stop' })));
    expect(stopped.error).toMatchObject({
      code: 'INGESTION_BUSY',
      message: expect.stringContaining('process 101 on host-a works on it since 2026-01-01T00:00:00.000Z'),
      recovery: { kind: 'retry' },
      context: { ingestion: 'orders', host: 'host-a', pid: 101 },
    });
    expect(stopped.result.outcome).toBe('failed');
    expect(await store.read(KEY)).toEqual(before);
    release();
    expect((await time.until(working)).result.outcome).toBe('committed');
    expect((await time.until(ended(other.run(spec, { ifBusy: 'stop' })))).result.outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('the other waits also when both are in one process and one instance', async () => {
    const { world, spec, time, one } = await twoProcesses();
    const ends = await time.until(Promise.all([ended(one.run(spec)), ended(one.run(spec)), ended(one.run(spec))]));
    expect(ends.map(({ result }) => result.outcome).sort()).toEqual(['committed', 'nothing-new', 'nothing-new']);
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
  });

  it('the other learns that its plan was applied before', async () => {
    const { spec, time, first, one, other, world } = await twoProcesses();
    const plan = await time.until(other.plan(spec));
    const { arrived, release } = holdAt(first, 'core.apply.staged');
    const working = ended(one.apply(plan));
    await time.until(arrived);
    const waiting = ended(other.apply(plan));
    await time.pass(1000);
    release();
    const [done, waited] = await time.until(Promise.all([working, waiting]));
    expect(done.result.outcome).toBe('committed');
    expect(waited.result).toMatchObject({ outcome: 'nothing-new', appliedBefore: { sequence: 1 } });
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('plans, previews and readers never wait', async () => {
    const { spec, time, first, one, other } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.commit.finish');
    const working = ended(one.run(spec));
    await time.until(arrived);
    const before = time.elapsed;
    await other.plan(spec);
    await other.preview(spec);
    await other.head(spec);
    await other.history(spec);
    await other.previewReset(spec);
    expect(time.elapsed).toBe(before);
    release();
    await time.until(working);
  });

  it('nobody takes a lease who finds nothing to do', async () => {
    const { spec, time, one, store } = await twoProcesses();
    await time.until(ended(one.run(spec)));
    const before = await store.read(KEY);
    expect((await time.until(ended(one.run(spec)))).result.outcome).toBe('nothing-new');
    expect(await store.read(KEY)).toEqual(before);
    const holder = { token: 't', process: null, durationMilliseconds: 1 };
    expect(await store.leases?.acquire(KEY, holder, '')).toEqual({ kind: 'acquired', fence: '2' });
  });

  it('waiting ends with the signal, and disturbs nobody', async () => {
    const { spec, time, first, one, other } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.apply.stage');
    const working = ended(one.run(spec));
    await time.until(arrived);
    const controller = new AbortController();
    const waiting = ended(other.run(spec, { signal: controller.signal }));
    await time.pass(5000);
    controller.abort();
    const before = time.elapsed;
    expect((await time.until(waiting)).error?.code).toBe('CANCELLED');
    expect(time.elapsed).toBe(before);
    release();
    expect((await time.until(working)).result.outcome).toBe('committed');
  });
});

describe('a holder that shows no sign of life', () => {
  it.each([
    ['and may be alive loses the lease once it was watched for the whole duration', 'alive', LEASE, LEASE + 1],
    ['and of which nothing is known loses it by the time of its last renewal', 'unknown', LEASE - 10_000, LEASE - 8000],
    ['and is dead for certain loses it at once', 'dead', 0, 100],
  ] as const)('%s', async (_, known, least, most) => {
    const { world, spec, time, first, second, one, other } = await twoProcesses();
    const { arrived } = first.pauseAt('core.apply.stage');
    void one.run(spec).catch(() => {});
    await time.until(arrived);
    await time.pass(10_000);
    if (known !== 'unknown') second.knows.set(101, known);
    const before = time.elapsed;
    const taken = await time.until(ended(other.run(spec)));
    expect(taken.result.outcome).toBe('committed');
    expect(time.elapsed - before).toBeGreaterThanOrEqual(least);
    expect(time.elapsed - before).toBeLessThanOrEqual(most);
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it.each(STEPS)(
    'and wakes up late at %s changes nothing, and says that it was replaced or that it finds all done',
    async (step) => {
      const { world, spec, time, first, second, one, other, store } = await twoProcesses();
      const { arrived, wake } = first.pauseAt(step);
      const working = ended(one.run(spec));
      await time.until(arrived);
      second.knows.set(101, 'alive');
      const taken = await time.until(ended(other.run(spec)));
      expect(taken.error).toBeNull();
      const before = await store.read(KEY);
      const snapshots = world.sink.snapshots(TABLE);
      wake();
      const late = await time.until(working);
      // What it was about to stage is in the table: there is nothing left that it would have to write.
      if (FINDS_IT_DONE.includes(step)) expect(late.result).toMatchObject({ outcome: 'nothing-new', units: { ingested: 0 } });
      else {
        expect(late.error).toMatchObject({
          code: 'CHECKPOINT_SUPERSEDED',
          message: expect.stringContaining('took over ingestion "orders" after this one had not answered for 60 seconds'),
          recovery: { kind: 'retry' },
        });
      }
      expect(await store.read(KEY)).toEqual(before);
      expect(world.sink.snapshots(TABLE)).toEqual(snapshots);
      expect(world.column('id')).toEqual(['1', '2']);
      expect(world.orphans()).toEqual([]);
      expect((await time.until(ended(one.run(spec)))).result.outcome).toBe('nothing-new');
    },
  );

  it('and wakes up in the middle of the work of the other takes nothing from it', async () => {
    const { world, spec, time, first, second, one, other } = await twoProcesses();
    const { arrived, wake } = first.pauseAt('core.apply.staged');
    const working = ended(one.run(spec));
    await time.until(arrived);
    second.knows.set(101, 'dead');
    const held = holdAt(second, 'core.apply.staged');
    const taking = ended(other.run(spec));
    await time.until(held.arrived);
    wake();
    expect((await time.until(working)).error?.code).toBe('CHECKPOINT_SUPERSEDED');
    held.release();
    expect((await time.until(taking)).result.outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '2']);
    expect(world.orphans()).toEqual([]);
  });

  it('while it waited itself, before it had the lease, finds nothing new', async () => {
    const { world, spec, time, first, one, other } = await twoProcesses();
    const { arrived, wake } = first.pauseAt('core.lease.acquire');
    const working = ended(one.run(spec));
    await time.until(arrived);
    expect((await time.until(ended(other.run(spec)))).result.outcome).toBe('committed');
    wake();
    expect((await time.until(working)).result).toMatchObject({ outcome: 'nothing-new' });
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('when it gives the lease back late, takes it from nobody', async () => {
    const { world, spec, time, first, second, one, other } = await twoProcesses();
    const { arrived, wake } = first.pauseAt('core.lease.release');
    const working = ended(one.run(spec));
    await time.until(arrived);
    world.files['b.csv'] = rowsOf(3);
    second.knows.set(101, 'dead');
    const held = holdAt(second, 'core.apply.stage');
    const taking = ended(other.run(spec));
    await time.until(held.arrived);
    wake();
    expect((await time.until(working)).result.outcome).toBe('committed');
    held.release();
    expect((await time.until(taking)).error).toBeNull();
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });
});

describe('a wall clock that is wrong', () => {
  const YEAR = 365 * 86_400_000;

  it.each([-YEAR, YEAR])('by %d ms takes the lease from nobody who is known to be alive', async (off) => {
    const { world, spec, time, first, second, one, other } = await twoProcesses();
    const { arrived, release } = holdAt(first, 'core.apply.stage');
    const working = ended(one.run(spec));
    await time.until(arrived);
    second.knows.set(101, 'alive');
    second.offMilliseconds = off;
    const waiting = ended(other.run(spec));
    await time.pass(3 * LEASE);
    second.offMilliseconds = -off;
    await time.pass(3 * LEASE);
    release();
    const [done, waited] = await time.until(Promise.all([working, waiting]));
    expect([done.result.outcome, waited.result.outcome]).toEqual(['committed', 'nothing-new']);
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('far behind does not block for ever: the silence of the holder is watched', async () => {
    const { world, spec, time, first, second, one, other } = await twoProcesses({ second: { host: 'host-b' } });
    const { arrived } = first.pauseAt('core.apply.stage');
    void one.run(spec).catch(() => {});
    await time.until(arrived);
    second.offMilliseconds = -YEAR;
    const before = time.elapsed;
    expect((await time.until(ended(other.run(spec)))).result.outcome).toBe('committed');
    expect(time.elapsed - before).toBe(LEASE);
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('far ahead costs the holder its work, and no row is there twice', async () => {
    const { world, spec, time, first, second, one, other } = await twoProcesses({ second: { host: 'host-b' } });
    const { arrived, release } = holdAt(first, 'core.commit.committing');
    const working = ended(one.run(spec));
    await time.until(arrived);
    second.offMilliseconds = YEAR;
    expect((await time.until(ended(other.run(spec)))).result.outcome).toBe('committed');
    release();
    expect((await time.until(working)).error?.code).toBe('CHECKPOINT_SUPERSEDED');
    expect(world.column('id')).toEqual(['1', '2']);
    expect(world.orphans()).toEqual([]);
  });
});
