import { memoryState } from '@calve/core';
import type { CheckpointStore, LeaseStore } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';
import { type Machine, VirtualTime } from './virtual-time.ts';

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

/** Two processes on one ingestion, over a state with leases. */
async function twoProcesses(changes: { second?: { host: string }; leases?: (leases: LeaseStore) => LeaseStore } = {}) {
  const world = new MemoryWorld();
  const memory = memoryState();
  const state = {
    open: async (): Promise<CheckpointStore> => {
      const store = await memory.open();
      return changes.leases ? Object.assign(store, { leases: changes.leases(store.leases!) }) : store;
    },
  };
  world.state = state;
  world.files['a.csv'] = rowsOf(1, 2);
  const spec = world.spec();
  const time = new VirtualTime();
  const first = time.machine(101);
  const second = time.machine(102, changes.second?.host);
  const calveOn = (machine: Machine) => world.calve({ environment: machine.environment() });
  const store = await memory.open();
  return { world, spec, time, first, second, one: calveOn(first), other: calveOn(second), calveOn, store };
}

/** Holds a process at a step while its timers go on. */
function holdAt(machine: Machine, step: string): { arrived: Promise<void>; release(): void } {
  const arrived = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  machine.onStep = (label) => {
    if (label !== step) return;
    arrived.resolve();
    return held.promise;
  };
  return { arrived: arrived.promise, release: held.resolve };
}

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
