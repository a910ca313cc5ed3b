import { rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Choice, MishapWorld, rowsOf } from './mishap-world.ts';

const STATE = 'lake/calve.db';

async function deleteState(world: MishapWorld): Promise<void> {
  for (const end of ['', '-wal', '-shm']) await rm(world.at(STATE + end), { force: true });
}

async function adopt(world: MishapWorld, choice: Choice = {}) {
  await using calve = world.calve(choice);
  return await calve.adopt(world.spec(choice));
}

describe('the state was deleted, and the ledger adopted from the table', () => {
  it('nothing is new, and what comes later is', async () => {
    await using world = await MishapWorld.loaded();
    await deleteState(world);
    expect((await world.run()).code).toBe('CHECKPOINT_BEHIND');
    await using calve = world.calve();
    expect(await calve.previewAdopt(world.spec())).toMatchObject({
      table: 'sales.orders',
      committed: { main: 1 },
      known: { count: 2 },
      changed: { count: 0 },
      unknown: { count: 0 },
      gone: 0,
    });
    expect(await adopt(world)).toMatchObject({ outcome: 'adopted', known: 2 });
    expect((await world.run()).outcome).toBe('nothing-new');
    await world.write('landing/c.csv', rowsOf(3));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
    expect(await adopt(world)).toMatchObject({ outcome: 'already-there' });
  });

  it('a file that changed meanwhile waits, with a sentence that says why', async () => {
    await using world = await MishapWorld.loaded();
    await deleteState(world);
    await world.write('landing/a.csv', rowsOf(1, 10));
    expect(await adopt(world)).toMatchObject({ outcome: 'adopted', known: 2 });
    const { outcome, units, said } = await world.run();
    expect({ outcome, units }).toMatchObject({ outcome: 'held', units: { held: 1, ingested: 0 } });
    expect(said.join(' ')).toMatch(
      /a\.csv was changed or touched\. The rows of its earlier version are in the table, but the ledger, which was begun anew, does not know what that version held, so nobody can tell what is new in it\. Nothing of it is loaded: put new rows into a new file, or ignore files that change\./,
    );
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('a file that was only touched is not loaded again, also where changed files are to be loaded', async () => {
    await using world = await MishapWorld.loaded();
    await deleteState(world);
    await world.setTime('landing/a.csv');
    await adopt(world);
    expect(await world.run({ onChanged: 'append' })).toMatchObject({ outcome: 'held', units: { held: 1 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('a copy of a loaded file is not loaded', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/copy.csv', rowsOf(1));
    await world.run();
    await deleteState(world);
    await adopt(world);
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('a file that was renamed is asked about, and not loaded', async () => {
    await using world = await MishapWorld.loaded();
    await deleteState(world);
    await rm(world.at('landing/a.csv'));
    await world.write('landing/renamed.csv', rowsOf(1));
    await expect(adopt(world)).rejects.toMatchObject({ code: 'OPTIONS_INVALID', recovery: { kind: 'decide' } });
    expect((await world.run()).code).toBe('CHECKPOINT_BEHIND');
    await using calve = world.calve();
    expect(await calve.adopt(world.spec(), { unknown: 'leave' })).toMatchObject({ outcome: 'adopted', left: 1 });
    expect((await world.run()).outcome).toBe('nothing-new');
    expect(await world.ids()).toEqual([1, 2]);
  });
});

describe('a ledger that was reset', () => {
  it('with reload: everything is loaded again, into the table that was kept', async () => {
    await using world = await MishapWorld.loaded();
    await using calve = world.calve();
    expect(await calve.reset(world.spec(), { reload: true })).toMatchObject({ committed: { main: 1 } });
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
    expect(await world.ids()).toEqual([1, 1, 2, 2]);
    expect((await world.run()).outcome).toBe('nothing-new');
  });

  it('with fromNow: what is there counts as loaded, also where the state was lost', async () => {
    await using world = await MishapWorld.loaded();
    await deleteState(world);
    await world.write('landing/c.csv', rowsOf(3));
    await using calve = world.calve();
    expect(await calve.reset(world.spec(), { fromNow: true })).toMatchObject({ countedAsLoaded: 3 });
    expect((await world.run()).outcome).toBe('nothing-new');
    await world.write('landing/d.csv', rowsOf(4));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 4]);
  });

  it('with fromNow: loaded files that a clock which is behind takes for unfinished stay loaded', async () => {
    await using world = await MishapWorld.loaded();
    const choice: Choice = { clockAheadMilliseconds: -1000 * 60 * 60 * 24 * 365 * 20, settleSeconds: 0.1 };
    await using calve = world.calve(choice);
    expect(await calve.previewReset(world.spec(choice))).toMatchObject({ again: { count: 0 }, unsettled: 2 });
    expect(await calve.reset(world.spec(choice), { fromNow: true })).toMatchObject({ countedAsLoaded: 2 });
    expect((await world.run()).outcome).toBe('nothing-new');
    await world.write('landing/c.csv', rowsOf(3));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('makes a plan stale that was made before', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/c.csv', rowsOf(3));
    const plan = await world.plan();
    await using calve = world.calve();
    await calve.reset(world.spec(), { fromNow: true });
    expect(await world.apply(plan)).toMatchObject({ code: 'PLAN_STALE', units: { ingested: 0 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('without a choice: nothing happens, and the sentence has the numbers', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/c.csv', rowsOf(3));
    const before = await world.contentOf('lake');
    await using calve = world.calve();
    const choice = {} as unknown as { reload: true };
    await expect(calve.reset(world.spec(), choice)).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringContaining('reload: 3 files load, 2 of them again, which doubles their rows in sales.orders.'),
    });
    expect(await world.contentOf('lake')).toEqual(before);
  });
});
