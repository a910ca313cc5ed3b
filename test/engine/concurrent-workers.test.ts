import type { CheckpointStoreFactory, LedgerKey } from '@calve/core/plugin';
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

/** Holds the second instance when it arrives at a step. */
function holdAt(world: MemoryWorld, step: string): { arrived: Promise<void>; release(): void } {
  const arrived = Promise.withResolvers<void>();
  const held = Promise.withResolvers<void>();
  world.onStep = (label, instance) => {
    if (label !== step || instance !== 2) return;
    arrived.resolve();
    return held.promise;
  };
  return { arrived: arrived.promise, release: held.resolve };
}

describe('two instances that apply the same plan at the same time', () => {
  it('commit it once', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    world.files['b.csv'] = rowsOf(3);
    const plan = await world.calve().plan(world.spec());
    await using first = world.calve();
    await using second = world.calve();
    const ends = await Promise.all([first.apply(plan), second.apply(JSON.parse(JSON.stringify(plan)))]);
    expect(ends.map(({ outcome }) => outcome)).toContain('committed');
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    expect(world.column('id')).toEqual(['1', '2', '3']);
    expect(world.orphans()).toEqual([]);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it('commit it once in one instance too', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    const ends = await Promise.all([calve.apply(plan), calve.apply(plan), calve.apply(plan)]);
    expect(ends.map(({ outcome }) => outcome)).toContain('committed');
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    expect(world.orphans()).toEqual([]);
  });

  it.each(STEPS)('commit it once when one of them is paused at %s while the other ends', async (step) => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    const spec = world.spec();
    await using paused = world.calve();
    await using other = world.calve();
    const plan = await other.plan(spec);
    const { arrived, release } = holdAt(world, step);
    const running = ended(paused.apply(plan));
    await arrived;
    const ahead = await ended(other.apply(plan));
    release();
    const late = await running;
    expect(ahead.error).toBeNull();
    expect(late.error).toBeNull();
    expect([ahead.result.outcome, late.result.outcome]).toContain('committed');
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    expect(world.column('id')).toEqual(['1', '2']);
    expect(world.orphans()).toEqual([]);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it.each(STEPS.slice(1, 3))('do not disturb each other when one is cancelled at %s', async (step) => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    const spec = world.spec();
    await using paused = world.calve();
    await using other = world.calve();
    const plan = await other.plan(spec);
    const { arrived, release } = holdAt(world, step);
    const running = ended(paused.apply(plan));
    await arrived;
    // Joins the announcement of the paused one and takes it back, as nothing of it was sent.
    const controller = new AbortController();
    const aborting = world.onStep;
    world.onStep = (label, instance) => {
      if (instance === 3 && label === 'core.apply.stage') controller.abort();
      return aborting(label, instance);
    };
    expect((await ended(other.apply(plan, { signal: controller.signal }))).result.outcome).toBe('cancelled');
    release();
    const { error, result } = await running;
    expect(error).toBeNull();
    expect(result.outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '2']);
    expect(world.orphans()).toEqual([]);
  });
});

describe('two instances that run the same ingestion at the same time', () => {
  it('never take a commit of the other one, between two looks, for an old copy of the state', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    const spec = world.spec();
    let reads = 0;
    const state: CheckpointStoreFactory = {
      open: async () => {
        const store = await world.state.open();
        const read = async (key: LedgerKey) => {
          const found = await store.read(key);
          reads += 1;
          if (reads === 1) await world.run(spec);
          return found;
        };
        return new Proxy(store, {
          get(object, name) {
            const value: unknown = name === 'read' ? read : Reflect.get(object, name);
            return typeof value === 'function' && name !== 'read' ? value.bind(object) : value;
          },
        });
      },
    };
    await using slow = world.calve({ state });
    expect((await slow.plan(spec)).batch.units).toEqual([]);
    expect(reads).toBeGreaterThan(1);
    expect(world.column('id')).toEqual(['1']);
  });

  it.each(STEPS)('load every file once when one is paused at %s', async (step) => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    const spec = world.spec();
    await using paused = world.calve();
    await using other = world.calve();
    const { arrived, release } = holdAt(world, step);
    const running = ended(paused.run(spec));
    await arrived;
    world.files['b.csv'] = rowsOf(3);
    const ahead = await ended(other.run(spec));
    release();
    const late = await running;
    expect(ahead.result.outcome).toBe('committed');
    // The late one is either done, too late, or told that somebody was ahead; it never loads a row twice.
    if (late.error) expect(late.error.recovery.kind).toMatch(/^(retry|replan)$/);
    await world.run();
    expect(world.column('id').sort()).toEqual(['1', '2', '3']);
  });

  it('never replace what the other one may have sent', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    const spec = world.spec();
    await using fast = world.calve();
    let reads = 0;
    let committing = Promise.resolve({} as Awaited<ReturnType<typeof ended>>);
    const { promise: answered, resolve: release } = Promise.withResolvers<void>();
    // The other one sends its commit after this one found nothing to recover, and before it looks again.
    const state: CheckpointStoreFactory = {
      open: async () => {
        const store = await world.state.open();
        return new Proxy(store, {
          get(object, name) {
            if (name !== 'read') {
              const value: unknown = Reflect.get(object, name);
              return typeof value === 'function' ? value.bind(object) : value;
            }
            return async (key: LedgerKey) => {
              reads += 1;
              if (reads === 2) {
                const sent = new Promise<void>((resolve) => {
                  world.onStep = (label, instance) => {
                    if (instance !== 2 || label !== 'core.commit.answered') return;
                    resolve();
                    return answered;
                  };
                });
                world.files['b.csv'] = rowsOf(2);
                world.sink.faults.push('late');
                committing = ended(fast.run(spec));
                await sent;
              }
              return object.read(key);
            };
          },
        });
      },
    };
    const plan = await fast.plan(spec);
    await using slow = world.calve({ state });
    const { error } = await ended(slow.apply(plan));
    expect(reads).toBeGreaterThan(1);
    expect(error).toMatchObject({ code: 'CHECKPOINT_SUPERSEDED', recovery: { kind: 'retry' } });
    expect(world.sink.deliverLate()).toMatchObject([{ kind: 'committed' }]);
    release();
    expect((await committing).result.outcome).toBe('committed');
    expect((await world.run()).result.outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1', '2']);
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    expect(world.orphans()).toEqual([]);
  });
});
