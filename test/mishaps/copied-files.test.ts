import { copyFile, link, readFile, rename, rm, symlink } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from './mishap-world.ts';

describe('a file under another name', () => {
  it.each<[string, (world: MishapWorld) => Promise<void>]>([
    ['copied', (world) => copyFile(world.at('landing/a.csv'), world.at('landing/z.csv'))],
    ['linked', (world) => link(world.at('landing/a.csv'), world.at('landing/z.csv'))],
    ['renamed', (world) => rename(world.at('landing/a.csv'), world.at('landing/z.csv'))],
  ])('%s after it was loaded is not loaded again, and the earlier one is named, once', async (_, mishap) => {
    await using world = await MishapWorld.loaded();
    await mishap(world);
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'nothing-new', code: null, units: { skipped: 1, ingested: 0 } });
    expect(told.said).toContainEqual(
      expect.stringMatching(
        /landing\/z\.csv has the same content as \S+landing\/a\.csv, which is loaded already or in the same batch: it is not loaded a second time\.$/,
      ),
    );
    expect(await world.ids()).toEqual([1, 2]);
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 0, ingested: 0 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('is loaded once when the original is as new, also when the two are in two commits of one run', async () => {
    for (const maxUnitsPerBatch of [1000, 1]) {
      await using world = await MishapWorld.start();
      for (const name of ['a', 'b', 'c']) await world.write(`landing/${name}.csv`, rowsOf(7));
      await world.write('landing/d.csv', rowsOf(8));
      const told = await world.run({ maxUnitsPerBatch });
      expect(told).toMatchObject({ outcome: 'committed', units: { ingested: 2, skipped: 2 } });
      expect(await world.ids()).toEqual([7, 8]);
      expect((await world.run()).outcome).toBe('nothing-new');
    }
  });

  it('is loaded in place of the original that was deleted before it could be loaded', async () => {
    await using world = await MishapWorld.start();
    for (const name of ['a', 'b']) await world.write(`landing/${name}.csv`, rowsOf(7));
    await world.write('landing/c.csv', rowsOf(8));
    const told = await world.run({
      onStep: (label) => (label === 'core.apply.stage' ? rm(world.at('landing/a.csv'), { force: true }) : undefined),
    });
    expect(told).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 2, skipped: 0, failed: 0 } });
    expect(told.said).toContainEqual(expect.stringMatching(/a\.csv was deleted or renamed before it was loaded/));
    expect(await world.ids()).toEqual([7, 8]);
  });

  it('is loaded by the next run when a stored plan finds the original deleted', async () => {
    await using world = await MishapWorld.start();
    for (const name of ['a', 'b']) await world.write(`landing/${name}.csv`, rowsOf(7));
    const plan = await world.plan();
    await rm(world.at('landing/a.csv'));
    expect(await world.apply(plan)).toMatchObject({
      outcome: 'failed',
      code: 'UNITS_SET_ASIDE',
      units: { failed: 1, skipped: 1 },
    });
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([7]);
  });

  it('compressed, also twice in different ways, is another file: its bytes are not the same', async () => {
    await using world = await MishapWorld.loaded();
    const content = await readFile(world.at('landing/a.csv'));
    await world.write('landing/fast.csv.gz', gzipSync(content, { level: 0 }));
    await world.write('landing/best.csv.gz', gzipSync(content, { level: 9 }));
    await world.write('landing/copy.csv.gz', gzipSync(content, { level: 9 }));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 2, skipped: 1 } });
    expect(await world.ids()).toEqual([1, 1, 1, 2]);
  });

  it('without rows is nobody’s copy: files that hold a header only may all look alike', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/x.csv', 'id,name\n');
    expect(await world.run()).toMatchObject({ units: { ingested: 1 } });
    await world.write('landing/y.csv', 'id,name\n');
    expect(await world.run()).toMatchObject({ units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('as a symbolic link is left out with its reason', async () => {
    await using world = await MishapWorld.loaded();
    await symlink('a.csv', world.at('landing/z.csv'));
    await symlink('nowhere', world.at('landing/broken.csv'));
    const plan = await world.plan();
    expect(plan.batch.skipped).toContainEqual({
      reason: 'is a symbolic link; links are not followed.',
      count: 2,
      examples: [expect.stringMatching(/broken\.csv$/), expect.stringMatching(/z\.csv$/)],
    });
    expect((await world.run()).outcome).toBe('nothing-new');
  });

  it('that is touched afterwards still is a copy, and one that another copy replaces is one of that: neither was ever loaded', async () => {
    await using world = await MishapWorld.loaded();
    await copyFile(world.at('landing/a.csv'), world.at('landing/z.csv'));
    await world.run();
    await world.setTime('landing/z.csv');
    const touched = await world.run();
    await copyFile(world.at('landing/b.csv'), world.at('landing/z.csv'));
    await world.setTime('landing/z.csv');
    const replaced = await world.run();
    for (const { outcome, code, units } of [touched, replaced]) {
      expect({ outcome, code, units }).toMatchObject({ outcome: 'nothing-new', code: null, units: { skipped: 1 } });
    }
    expect(touched.said).toEqual([
      expect.stringMatching(/z\.csv still has the same content as \S+a\.csv, which is loaded already/),
    ]);
    expect(replaced.said).toEqual([expect.stringMatching(/z\.csv was overwritten and now has the same content as \S+b\.csv, /)]);
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('that changes afterwards is a changed file: the rows of its earlier content are in the table', async () => {
    await using world = await MishapWorld.loaded();
    await copyFile(world.at('landing/a.csv'), world.at('landing/z.csv'));
    await world.setTime('landing/z.csv');
    await world.run();
    await world.write('landing/z.csv', rowsOf(1, 3));
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'held', units: { held: 1, ingested: 0 } });
    expect(told.said).toContainEqual(
      expect.stringMatching(
        /z\.csv changed after it was left out as a copy of loaded content; the rows of its earlier content are in the table\./,
      ),
    );
    expect(await world.ids()).toEqual([1, 2]);
    // It stays one, in every run and whatever it changes to, until somebody decides.
    expect(await world.run()).toMatchObject({ outcome: 'held', units: { held: 1, ingested: 0 } });
    await world.write('landing/z.csv', rowsOf(1, 3, 4));
    expect(await world.run()).toMatchObject({ outcome: 'held', units: { held: 1, ingested: 0 } });
    expect(await world.ids()).toEqual([1, 2]);
    expect(await world.run({ onChanged: 'append' })).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([1, 1, 2, 3, 4]);
  });
});
