import { copyFile, cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { type Choice, MishapWorld, rowsOf } from './mishap-world.ts';

const HERE: Choice = { lake: 'lake2' };

/** Catalogs, tables and files; a state that was copied while it was open has its log written into it. */
async function lakesOf(world: MishapWorld): Promise<[string, string][]> {
  return Object.entries(await world.contentOf('.')).filter(([name]) => !name.endsWith('calve.db'));
}

/** Everything refuses with the same error, and not a byte of the two lakes changes. */
async function expectRefused(world: MishapWorld, choice: Choice, code: string, says: RegExp): Promise<void> {
  await world.write('landing/c.csv', rowsOf(3));
  const before = await lakesOf(world);
  const { error, outcome, said } = await world.run(choice);
  expect(said.at(-1)).toMatch(says);
  expect({ code: error?.code, recovery: error?.recovery.kind, outcome }).toEqual({ code, recovery: 'decide', outcome: 'held' });
  await expect(world.plan(choice)).rejects.toMatchObject({ code });
  await expect(world.ids(choice)).rejects.toMatchObject({ code });
  expect(await lakesOf(world)).toEqual(before);
}

describe('a lake that was moved', () => {
  const says =
    /^The lake was moved: its catalog \S+lake2\/catalog\.db says that the table sales\.orders is in (\S+)\/lake, but its files are in \1\/lake2 now\. Iceberg tables name their files by absolute paths, so they work only under the path where they were made\. Nothing was changed\. Move the lake back to \1\/lake, or leave a link there: ln -s \1\/lake2 \1\/lake$/;

  it('says so, and works again when it is moved back', async () => {
    await using world = await MishapWorld.loaded();
    await rename(world.at('lake'), world.at('lake2'));
    await expectRefused(world, HERE, 'ICEBERG_LAKE_MOVED', says);
    await rename(world.at('lake2'), world.at('lake'));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('works under both names when a link leads there', async () => {
    await using world = await MishapWorld.loaded();
    await rename(world.at('lake'), world.at('lake2'));
    await symlink(world.at('lake2'), world.at('lake'));
    await world.write('landing/c.csv', rowsOf(3));
    expect(await world.run(HERE)).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    await world.write('landing/d.csv', rowsOf(4));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids(HERE)).toEqual([1, 2, 3, 4]);
  });

  it('with all folders above it, or by renaming the warehouse alone, is found as well', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    await world.run({ lake: 'deep/er/lake' });
    await rename(world.at('deep'), world.at('flat'));
    const { error } = await world.run({ lake: 'flat/er/lake' });
    expect(error).toMatchObject({
      code: 'ICEBERG_LAKE_MOVED',
      context: { from: world.at('deep/er/lake'), to: world.at('flat/er/lake') },
    });
  });

  it('while a commit was open, before its table existed, is loaded once in its new place', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    await stopAt(world, 'core.commit.committing');
    await rename(world.at('lake'), world.at('lake2'));
    expect(await world.run(HERE)).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids(HERE)).toEqual([1]);
  });
});

describe('a lake that was copied', () => {
  const says =
    /^The lake in (\S+)\/lake2 is a copy of the one in \1\/lake: its catalog \1\/lake2\/catalog\.db still has the table sales\.orders in \1\/lake, so whatever is written through it would go into the other lake\. Nothing was changed\. Use the lake in \1\/lake; for a second one, begin with an empty folder and load the files again; to go on with the copy alone, put it in the place of the original\.$/;

  it('is never written through: its catalog points into the original', async () => {
    await using world = await MishapWorld.loaded();
    await cp(world.at('lake'), world.at('lake2'), { recursive: true });
    await expectRefused(world, HERE, 'ICEBERG_LAKE_COPIED', says);
    // The original is what it was, and each way out works.
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
    expect(await world.run({ lake: 'second' })).toMatchObject({ outcome: 'committed', units: { ingested: 3 } });
    expect(await world.ids({ lake: 'second' })).toEqual([1, 2, 3]);
    await rm(world.at('lake'), { recursive: true });
    await rename(world.at('lake2'), world.at('lake'));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('and whose original went on, or has dropped its old metadata, is recognised all the same', async () => {
    await using world = await MishapWorld.loaded();
    await cp(world.at('lake'), world.at('lake2'), { recursive: true });
    await world.write('landing/d.csv', rowsOf(4));
    await world.run();
    await expectRefused(world, HERE, 'ICEBERG_LAKE_COPIED', says);
    const [first] = Object.keys(await world.contentOf('lake/warehouse/sales/orders/metadata')).filter((name) =>
      /\/00000-.*\.json$/.test(name),
    );
    await rm(world.at(first!));
    await expectRefused(world, HERE, 'ICEBERG_LAKE_COPIED', says);
  });

  it('and whose catalog somebody pointed to the copy is recognised by the paths inside the metadata', async () => {
    await using world = await MishapWorld.loaded();
    await cp(world.at('lake'), world.at('lake2'), { recursive: true });
    const catalog = new DatabaseSync(world.at('lake2/catalog.db'));
    catalog.exec(`UPDATE iceberg_tables SET metadata_location = replace(metadata_location, '/lake/', '/lake2/')`);
    catalog.close();
    await expectRefused(world, HERE, 'ICEBERG_LAKE_COPIED', says);
  });

  it('without its warehouse: two catalogs may not share a table', async () => {
    await using world = await MishapWorld.loaded();
    await mkdir(world.at('lake2'));
    for (const name of ['catalog.db', 'calve.db']) await copyFile(world.at(`lake/${name}`), world.at(`lake2/${name}`));
    await expectRefused(
      world,
      HERE,
      'ICEBERG_LAKE_COPIED',
      /^The catalog \S+lake2\/catalog\.db is a copy of \S+lake\/catalog\.db: both have the table sales\.orders in \S+lake\/warehouse\/sales\/orders, and neither would see what is written through the other\. Nothing was changed\. Use the lake in \S+lake; for a lake of its own, remove \S+lake2\/catalog\.db and the state beside it, and load the files again\.$/,
    );
  });

  it.each(['core.apply.staged', 'core.commit.committing'])(
    'while its first commit was open at %s neither commits nor deletes the files of the original',
    async (step) => {
      await using world = await MishapWorld.start();
      await world.write('landing/a.csv', rowsOf(1));
      await stopAt(world, step);
      await cp(world.at('lake'), world.at('lake2'), { recursive: true });
      const original = await world.contentOf('lake');
      expect(await world.run(HERE)).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
      expect(await world.contentOf('lake')).toEqual(original);
      expect((await world.run()).outcome).toBe('committed');
      expect(await world.ids()).toEqual([1]);
      expect(await world.ids(HERE)).toEqual([1]);
    },
  );

  it('while a later commit was open is refused before anything of it is sent', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/d.csv', rowsOf(4));
    await stopAt(world, 'core.commit.committing');
    await cp(world.at('lake'), world.at('lake2'), { recursive: true });
    await expectRefused(world, HERE, 'ICEBERG_LAKE_COPIED', says);
    expect(await world.run()).toMatchObject({ outcome: 'committed' });
    expect(await world.ids()).toEqual([1, 2, 3, 4]);
  });
});

describe('a table that lies outside of the warehouse on purpose', () => {
  it('stays usable: there is no second one of its name inside', async () => {
    await using world = await MishapWorld.loaded();
    // Another engine made the table elsewhere and registered it in this catalog.
    await mkdir(world.at('house'));
    const source = new DatabaseSync(world.at('lake/catalog.db'));
    await copyFile(world.at('lake/catalog.db'), world.at('house/catalog.db'));
    await copyFile(world.at('lake/calve.db'), world.at('house/calve.db'));
    source.close();
    await rm(world.at('lake/catalog.db'));
    await world.write('landing/c.csv', rowsOf(3));
    expect(await world.run({ lake: 'house' })).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids({ lake: 'house' })).toEqual([1, 2, 3]);
  });
});

/** A process that stops for good at a step: what it has on disk is what the next one finds. */
async function stopAt(world: MishapWorld, step: string): Promise<void> {
  await new Promise<void>((stopped) => {
    const run = world.run({
      isKilled: true,
      onStep: (label) => {
        if (label !== step) return;
        stopped();
        return new Promise<void>(() => {});
      },
    });
    run.catch(() => {});
  });
}
