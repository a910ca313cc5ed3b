import { copyFile, cp, mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Choice, MishapWorld, rowsOf } from './mishap-world.ts';

const STATE = 'lake/calve.db';
const LOST =
  /^The table sales\.orders holds (one commit|2 commits) of ingestion "orders", but the state \S+ knows none: the state was deleted, or it is not the one that belongs to this table\. Nothing is loaded, since files would be loaded a second time\. Restore the state from a backup, name the right one, or adopt the table, which rebuilds the state from its rows; to load everything again, use another ingestion id together with another table\.$/;

async function expectRefused(world: MishapWorld, choice: Choice, code: string, says: RegExp): Promise<void> {
  await world.write('landing/c.csv', rowsOf(3));
  const ids = await world.ids(choice);
  const lake = await world.contentOf('lake');
  for (let time = 0; time < 2; time++) {
    const { error, said } = await world.run(choice);
    expect(said.at(-1)).toMatch(says);
    expect(error?.code).toBe(code);
  }
  await expect(world.plan(choice)).rejects.toMatchObject({ code });
  expect(await world.ids(choice)).toEqual(ids);
  expect(await world.contentOf('lake')).toEqual(lake);
}

/** Two commits, with a copy of the state from between them. */
async function withBackup(): Promise<MishapWorld> {
  const world = await MishapWorld.loaded();
  await copyFile(world.at(STATE), world.at('backup.db'));
  await world.write('landing/b2.csv', rowsOf(4));
  await world.run();
  return world;
}

describe('a state that is not what it was', () => {
  it.each<[string, (world: MishapWorld) => Promise<void>]>([
    ['deleted', (world) => rm(world.at(STATE))],
    ['emptied', (world) => truncate(world.at(STATE))],
  ])('%s: nothing is loaded, since the table holds commits that the state does not know', async (_, mishap) => {
    await using world = await withBackup();
    await copyFile(world.at(STATE), world.at('newest.db'));
    await mishap(world);
    await expectRefused(world, {}, 'CHECKPOINT_BEHIND', LOST);
    // Each way out that the sentence offers.
    const anew = { id: 'orders_again', table: 'sales.orders_again' };
    expect(await world.run(anew)).toMatchObject({ outcome: 'committed', units: { ingested: 4 } });
    expect(await world.ids(anew)).toEqual([1, 2, 3, 4]);
    expect(await world.run({ state: 'newest.db' })).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3, 4]);
  });

  it('replaced by an older copy: nothing is loaded twice', async () => {
    await using world = await withBackup();
    await copyFile(world.at('backup.db'), world.at(STATE));
    await expectRefused(
      world,
      {},
      'CHECKPOINT_BEHIND',
      /^The table sales\.orders holds 2 commits of ingestion "orders", but the state \S+ knows only 1: it is an old copy\. Nothing is loaded, since files would be loaded a second time\. Restore the newest copy of the state, or adopt the table, which rebuilds the state from its rows; to load everything again, use another ingestion id together with another table\.$/,
    );
    await using calve = world.calve();
    expect(await calve.adopt(world.spec())).toMatchObject({ outcome: 'adopted' });
    expect((await world.run()).outcome).toBe('committed');
    expect(await world.ids()).toEqual([1, 2, 3, 4]);
  });

  it.each<[string, (world: MishapWorld) => Promise<void>, RegExp]>([
    [
      'another program’s file',
      (world) => writeFile(world.at(STATE), 'not a database at all, but long enough to be one: '.repeat(100)),
      /^The state file \S+calve\.db cannot be used: the file is no SQLite database; name another path, restore it from a backup, or remove it: the next run then says how it is rebuilt from the table \(.*\)\.$/,
    ],
    [
      'cut off',
      (world) => truncate(world.at(STATE), 5000),
      /^The state file \S+calve\.db cannot be used: the file is damaged; restore it from a backup, or remove it: the next run then says how it is rebuilt from the table \(.*\)\.$/,
    ],
    [
      'a folder',
      async (world) => {
        await rm(world.at(STATE));
        await mkdir(world.at(STATE));
      },
      /^The state file \S+calve\.db cannot be used: the file cannot be opened; check that the path is a file that may be written, and that no quota is used up \(.*\)\.$/,
    ],
  ])('%s: it is left as it is, and nothing is loaded', async (_, mishap, says) => {
    await using world = await withBackup();
    await mishap(world);
    await expectRefused(world, {}, 'CHECKPOINT_UNAVAILABLE', says);
  });

  it('that of another ingestion knows nothing of this one', async () => {
    await using world = await MishapWorld.loaded();
    await world.run({ id: 'others', table: 'sales.others', state: 'others.db' });
    await expectRefused(world, { state: 'others.db' }, 'CHECKPOINT_BEHIND', LOST);
  });

  it.each([1, 2])('that of another lake, with %i commits under the same id, tells of another history', async (commits) => {
    await using world = await MishapWorld.loaded();
    const other = { lake: 'other' };
    for (let at = 0; at < commits; at++) {
      await world.write(`landing/other-${at}.csv`, rowsOf(50 + at));
      await world.run(other);
    }
    await cp(world.at('other/calve.db'), world.at('mixed-up.db'));
    await expectRefused(
      world,
      { state: 'mixed-up.db' },
      'MARKER_CONFLICT',
      /^The table sales\.orders and the state \S+mixed-up\.db hold different histories of ingestion "orders": the state, or the catalog that names this table, is that of another lake, or two states write to one table under one id\. Nothing is loaded\. Put back or name the state that belongs to this table, or use another ingestion id together with another table\.$/,
    );
  });
});
