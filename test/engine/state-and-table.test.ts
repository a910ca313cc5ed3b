import { memoryState } from '@calve/core';
import { memorySink } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

async function loaded(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  world.files['a.csv'] = rowsOf(1);
  await world.run();
  world.files['b.csv'] = rowsOf(2);
  return world;
}

describe('before anything is planned', () => {
  it('a lost state is noticed, since the table proves more', async () => {
    const world = await loaded();
    world.state = memoryState();
    const { error, result } = await world.run();
    expect(error).toMatchObject({ code: 'CHECKPOINT_BEHIND', recovery: { kind: 'decide' } });
    expect(error?.message).toContain(TABLE);
    expect(result.outcome).toBe('held');
    await using calve = world.calve();
    await expect(calve.plan(world.spec())).rejects.toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    expect(world.column('id')).toEqual(['1']);
  });

  it('a lost table is noticed, since the state knows more', async () => {
    const world = await loaded();
    world.sink.drop(TABLE);
    expect((await world.run()).error).toMatchObject({ code: 'MARKER_BEHIND', recovery: { kind: 'decide' } });
    world.sink = memorySink();
    expect((await world.run()).error?.message).toContain('does not exist');
    expect(world.rows()).toEqual([]);
  });

  it('two states that write to one table under one id are noticed', async () => {
    const world = await loaded();
    const first = world.state;
    world.state = memoryState();
    const table = world.sink;
    world.sink = memorySink();
    await world.run();
    world.sink = table;
    expect((await world.run()).error).toMatchObject({ code: 'MARKER_CONFLICT' });
    world.state = first;
    expect((await world.run()).result.outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '2']);
  });
});

describe('a commit that an earlier process left open', () => {
  /** Stops the first process at a step, as a power cut would. */
  async function stoppedAt(world: MemoryWorld, step: string): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      world.onStep = (label, instance) => {
        if (label !== step || instance !== 2) return;
        resolve();
        return new Promise(() => {});
      };
    });
    const spec = world.spec();
    world
      .calve()
      .run(spec)
      .catch(() => {});
    await stopped;
    world.onStep = () => {};
  }

  it.each([
    ['core.apply.stage', 'is planned anew when it was only announced'],
    ['core.commit.committing', 'is committed with its files when it was staged'],
    ['core.commit.answered', 'is found in the table when only its answer was missing'],
    ['core.commit.finish', 'is noted when only the note was missing'],
  ])('at %s: %s', async (step) => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    await stoppedAt(world, step);
    const files = world.sink.files();
    const { result, events } = await world.run();
    expect(result).toMatchObject({ outcome: 'committed', units: { ingested: 1 }, counts: { main: { written: 2 } } });
    expect(events.filter(({ kind }) => kind === 'recovered')).toMatchObject([
      step === 'core.apply.stage' ? { outcome: 'dropped', units: null } : { outcome: 'finished', units: 1 },
    ]);
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    expect(world.column('id')).toEqual(['1', '2']);
    if (files.length > 0) expect(world.sink.files()).toEqual(files);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it('is planned anew when the table changed meanwhile and nothing was sent', async () => {
    const world = await loaded();
    const stopped = new Promise<void>((resolve) => {
      world.onStep = (label) => {
        if (label !== 'core.commit.committing') return;
        resolve();
        return new Promise(() => {});
      };
    });
    world
      .calve()
      .run(world.spec())
      .catch(() => {});
    await stopped;
    world.onStep = () => {};
    world.sink.addColumn(TABLE, { name: 'note', type: { kind: 'string' }, required: false });
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.rows()).toEqual([
      { id: '1', name: 'name 1', note: null },
      { id: '2', name: 'name 2', note: null },
    ]);
    expect(world.orphans()).toEqual([]);
  });

  it('is planned anew when its files are gone and nothing was sent', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await stoppedAt(world, 'core.commit.committing');
    const [lost] = world.sink.files();
    world.sink.deleteFile(lost!);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['1']);
    expect(world.sink.files()).not.toContain(lost);
  });

  it('waits for a decision when its files are gone and a request may still arrive', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    world.sink.faults.push('late');
    await using calve = world.calve({ commitPatienceMilliseconds: 0 });
    await ended(calve.run(world.spec()));
    world.sink.deleteFile(world.sink.files()[0]!);
    const requests = world.sink.requests;
    for (let time = 0; time < 2; time++) {
      expect((await world.run()).error).toMatchObject({ code: 'STAGED_FILES_MISSING', recovery: { kind: 'decide' } });
    }
    expect(world.sink.requests).toBe(requests);
    const head = await (await world.state.open()).read({ tenant: 'default', ingestion: 'orders' });
    expect(head).toMatchObject({ head: { intent: { outputs: { main: { attempts: [{ outcome: 'unknown' }] } } } } });
  });

  it('is not ended by its worker when the state is set back to the mere announcement meanwhile', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    const store = await world.state.open();
    const key = { tenant: 'default', ingestion: 'orders' };
    let announced: Awaited<ReturnType<typeof store.read>> = 'absent';
    world.onStep = async (label) => {
      if (label === 'core.apply.stage') announced = await store.read(key);
      if (label !== 'core.commit.answered') return;
      world.onStep = () => {};
      const now = await store.read(key);
      if (announced === 'absent' || now === 'absent') throw new TypeError('there is a ledger by now');
      await store.replace(key, now.version, announced.head, []);
    };
    const { error } = await world.run();
    expect(error).toMatchObject({ code: 'CHECKPOINT_SUPERSEDED', recovery: { kind: 'retry' } });
    // The table holds the commit, and nobody pretends to know of which files.
    expect((await world.run()).error).toMatchObject({ code: 'CHECKPOINT_BEHIND', recovery: { kind: 'decide' } });
    expect(world.column('id')).toEqual(['1']);
  });

  it('is not touched by planning', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await stoppedAt(world, 'core.commit.answered');
    const store = await world.state.open();
    const key = { tenant: 'default', ingestion: 'orders' };
    const before = await store.read(key);
    await using calve = world.calve();
    await calve.plan(world.spec());
    expect(await store.read(key)).toEqual(before);
  });
});
