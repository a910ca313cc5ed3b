import { CalveError, memoryState, type ResetChoice } from '@calve/core';
import type { CheckpointStoreFactory } from '@calve/core/plugin';
import { withoutLeases } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

const key = { tenant: 'default', ingestion: 'orders' };

/** `a.csv` and `b.csv` are loaded in a commit each; `c.csv` is not. */
async function loaded(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  world.files['a.csv'] = rowsOf(1);
  await world.run();
  world.files['b.csv'] = rowsOf(2);
  await world.run();
  world.files['c.csv'] = rowsOf(3);
  return world;
}

async function reset(world: MemoryWorld, choice: ResetChoice) {
  await using calve = world.calve();
  return await calve.reset(world.spec(), choice);
}

async function headOf(world: MemoryWorld) {
  const found = await (await world.state.open()).read(key);
  if (found === 'absent') throw new TypeError('there is no ledger');
  return found.head;
}

describe('the preview of a reset', () => {
  it('tells how many files would load again, and writes nothing', async () => {
    const world = await loaded();
    const before = await (await world.state.open()).read(key);
    await using calve = world.calve();
    expect(await calve.previewReset(world.spec())).toEqual({
      ingestion: 'orders',
      state: 'memory',
      table: TABLE,
      ledger: { generation: expect.any(String), committed: { main: 2 } },
      proven: { main: 2, rejected: 0 },
      open: null,
      again: { count: 2, bytes: 34, examples: ['memory:///a.csv', 'memory:///b.csv'] },
      others: { count: 1, bytes: 17, examples: ['memory:///c.csv'] },
      gone: 0,
      unsettled: 0,
    });
    expect(await (await world.state.open()).read(key)).toEqual(before);
  });

  it('counts loaded files that are gone, each once', async () => {
    const world = await loaded();
    world.touched.set('b.csv', 1);
    await world.run();
    delete world.files['a.csv'];
    delete world.files['b.csv'];
    delete world.files['c.csv'];
    await using calve = world.calve();
    expect(await calve.previewReset(world.spec())).toMatchObject({ again: { count: 0 }, others: { count: 0 }, gone: 3 });
  });

  it('of a lost state still tells what the table proves', async () => {
    const world = await loaded();
    world.state = memoryState();
    await using calve = world.calve();
    expect(await calve.previewReset(world.spec())).toMatchObject({
      ledger: null,
      proven: { main: 2 },
      again: { count: 0 },
      others: { count: 3 },
    });
  });
});

describe('a reset', () => {
  it.each([undefined, {}, { reload: true, fromNow: true }, { reload: false }, { fromNow: 'yes' }])(
    'with the choice %j changes nothing, and says what each choice means',
    async (choice) => {
      const world = await loaded();
      const before = await (await world.state.open()).read(key);
      const error = await reset(world, choice as unknown as ResetChoice).catch((thrown: unknown) => thrown);
      expect(CalveError.is(error) && error.toJSON()).toMatchObject({
        code: 'OPTIONS_INVALID',
        recovery: {
          kind: 'decide',
          choices: [
            'reload: 3 files load, 2 of them again, which doubles their rows in sales.orders',
            'fromNow: 3 files count as loaded, 1 of them without a row in sales.orders',
          ],
        },
        context: { again: { count: 2 }, others: { count: 1 } },
      });
      expect(await (await world.state.open()).read(key)).toEqual(before);
    },
  );

  it('with reload: everything loads again, under the next number of a new generation', async () => {
    const world = await loaded();
    const { generation } = await headOf(world);
    expect(await reset(world, { reload: true })).toMatchObject({ committed: { main: 2 }, countedAsLoaded: 0 });
    expect((await headOf(world)).generation).not.toBe(generation);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 3 } });
    expect(world.column('id').sort()).toEqual(['1', '1', '2', '2', '3']);
    expect((await headOf(world)).committed['main']).toBe(3);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it('with fromNow: what is there counts as loaded, and what comes later loads', async () => {
    const world = await loaded();
    expect(await reset(world, { fromNow: true })).toMatchObject({ countedAsLoaded: 3 });
    expect((await world.run()).result.outcome).toBe('nothing-new');
    world.files['d.csv'] = rowsOf(4);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['1', '2', '4']);
  });

  it('with fromNow: a file that changes afterwards waits, and the sentence does not claim that its rows are in the table', async () => {
    const world = await loaded();
    await reset(world, { fromNow: true });
    world.files['c.csv'] = rowsOf(3, 30);
    const { result, error } = await world.run();
    expect(result.units.held).toBe(1);
    expect(error?.diagnostics.map(({ message }) => message).join()).toContain('none of its rows are in the table');
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('with fromNow: a copy of what counts as loaded is compared with it, and left out', async () => {
    const world = await loaded();
    await reset(world, { fromNow: true });
    world.files['copy.csv'] = rowsOf(3);
    expect((await world.run()).result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it.each([true, false])('with fromNow: a copy whose original is gone waits; onSameContent load: %s', async (loads) => {
    const world = await loaded();
    await reset(world, { fromNow: true });
    delete world.files['c.csv'];
    world.files['moved.csv'] = rowsOf(3);
    const { result } = await world.run(loads ? { onSameContent: 'load' } : {});
    expect(result.units).toMatchObject(loads ? { ingested: 1 } : { held: 1 });
    expect(world.column('id')).toEqual(loads ? ['1', '2', '3'] : ['1', '2']);
  });

  it('with fromNow: a file that was only touched waits, also where changed files are to be loaded', async () => {
    const world = await loaded();
    await reset(world, { fromNow: true });
    world.touched.set('a.csv', 1);
    const { result, error } = await world.run({ onChanged: 'append' });
    expect(result.units).toMatchObject({ held: 1, ingested: 0 });
    expect(error?.diagnostics.map(({ message }) => message).join()).toContain('was changed or touched');
    expect((await world.run({ onChanged: 'ignore' })).result).toMatchObject({ outcome: 'nothing-new' });
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it.each(['absent', 'unused', 'used'])('a plan made on an %s ledger is stale afterwards', async (before) => {
    const world = before === 'used' ? await loaded() : new MemoryWorld();
    world.files['c.csv'] = rowsOf(3);
    if (before === 'unused') {
      world.files['c.csv'] = '';
      await world.run();
      world.files['c.csv'] = rowsOf(3);
    }
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    await reset(world, { fromNow: true });
    const rows = world.column('id');
    const { error } = await ended(calve.apply(plan));
    expect(error).toMatchObject({ code: 'PLAN_STALE', recovery: { kind: 'replan' } });
    expect(world.column('id')).toEqual(rows);
    // A plan that was applied before is not told apart from one that was not: what it loaded is forgotten.
    expect((await ended(calve.apply(plan))).error?.code).toBe('PLAN_STALE');
  });

  it('brings what is open to its end first', async () => {
    const world = await loaded();
    world.sink.faults.push('lost-after');
    await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
    expect((await ended(impatient.run(world.spec()))).error?.code).toBe('COMMIT_STATE_UNKNOWN');
    expect(await impatient.previewReset(world.spec())).toMatchObject({ open: { sequence: 3 } });
    expect(await reset(world, { fromNow: true })).toMatchObject({ committed: { main: 3 } });
    expect(await headOf(world)).toMatchObject({ intent: null, committed: { main: 3 } });
    expect((await world.run()).result.outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });

  it('changes nothing when what is open cannot be settled', async () => {
    const world = await loaded();
    world.sink.faults.push('late');
    await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
    await ended(impatient.run(world.spec()));
    world.sink.deleteFile(world.sink.files().at(-1)!);
    const before = await headOf(world);
    await expect(reset(world, { reload: true })).rejects.toMatchObject({ code: 'STAGED_FILES_MISSING' });
    expect(await headOf(world)).toEqual(before);
  });

  it('a worker that slept through it cannot commit', async () => {
    const world = await loaded();
    let wake = () => {};
    const asleep = new Promise<void>((resolve) => {
      world.onStep = (label) => {
        if (label !== 'core.apply.staged') return;
        world.onStep = () => {};
        resolve();
        return new Promise<void>((resume) => {
          wake = resume;
        });
      };
    });
    await using sleeper = world.calve();
    const running = ended(sleeper.run(world.spec()));
    await asleep;
    await reset(world, { fromNow: true });
    wake();
    expect((await running).error).toMatchObject({ code: 'CHECKPOINT_SUPERSEDED' });
    expect(world.column('id')).toEqual(['1', '2']);
    expect(world.orphans()).toEqual([]);
  });

  it('is told nothing of what a worker of the old ledger had set aside', async () => {
    const world = await loaded();
    delete world.files['c.csv'];
    world.files['a.csv'] = rowsOf(1, 10);
    const store = await world.state.open();
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    expect(plan.batch.setAside).toMatchObject([{ state: 'held' }]);
    let isFirst = true;
    const state: CheckpointStoreFactory = {
      open: async () =>
        new Proxy(store, {
          get(target, name) {
            if (name === 'close') return async () => {};
            const value: unknown = Reflect.get(target, name);
            if (typeof value !== 'function') return value;
            return async (...given: unknown[]) => {
              if (name === 'advance' && isFirst) {
                isFirst = false;
                await reset(world, { reload: true });
              }
              return value.apply(target, given);
            };
          },
        }),
    };
    await using late = world.calve({ state: withoutLeases(state) });
    await ended(late.apply(plan));
    expect(isFirst).toBe(false);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 2, held: 0 } });
  });

  it('is a way out when the table was made anew', async () => {
    const world = await loaded();
    world.sink.drop(TABLE);
    expect((await world.run()).error?.code).toBe('MARKER_BEHIND');
    expect(await reset(world, { reload: true })).toMatchObject({ committed: { main: 0 } });
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 3 } });
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });
});
