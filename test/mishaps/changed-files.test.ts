import { appendFile, rename, rm, stat, truncate, utimes } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from './mishap-world.ts';

/** So large that only its ends are looked at while it is listed; `digit` stands in the middle. */
function large(digit: string): string {
  const row = (id: number, text: string) => `${String(id).padStart(8, '0')},${text}\n`;
  const rows = Array.from({ length: 9000 }, (_, at) => row(10 + at, at === 4500 ? `middle ${digit}` : 'filled with text'));
  return `id,name\n${rows.join('')}`;
}

describe('a file that changes after it was loaded', () => {
  it.each<[string, (world: MishapWorld) => Promise<void>, RegExp]>([
    ['is appended to', (world) => appendFile(world.at('landing/a.csv'), '3,name 3\n'), /a\.csv changed after it was loaded/],
    ['is rewritten with the same size', (world) => world.write('landing/a.csv', rowsOf(9)), /a\.csv changed after it was loaded/],
    ['is emptied', (world) => truncate(world.at('landing/a.csv')), /a\.csv was emptied after it was loaded/],
  ])('and %s waits, in every run, until somebody decides', async (_, mishap, says) => {
    await using world = await MishapWorld.loaded();
    await mishap(world);
    for (let time = 0; time < 2; time++) {
      const told = await world.run();
      expect(told).toMatchObject({ outcome: 'held', code: 'UNITS_SET_ASIDE', units: { held: 1, ingested: 0 } });
      const sentence = told.said.find((message) => says.test(message));
      expect(sentence).toMatch(
        /its earlier rows are in the table\. Nothing of it is loaded until that is decided: put the earlier content back, put new rows into a new file, or set input\.onChanged in the spec\.$/,
      );
      expect(await world.ids()).toEqual([1, 2]);
    }
    // What the sentence offers first.
    await world.write('landing/a.csv', rowsOf(1));
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', code: null, units: { skipped: 1, held: 0 } });
    await world.write('landing/new.csv', rowsOf(3));
    expect((await world.run()).outcome).toBe('committed');
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('in its middle only, in a large file, waits as well', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/large.csv', large('1'));
    await world.run();
    await world.write('landing/large.csv', large('2'));
    expect(await world.run()).toMatchObject({ outcome: 'held', units: { held: 1 } });
    await world.write('landing/large.csv', large('1'));
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(await world.ids()).toHaveLength(9000);
  });

  it('back to a version that was loaded before the newest one is unchanged, also when changes are appended', async () => {
    await using world = await MishapWorld.loaded();
    await world.write('landing/a.csv', rowsOf(1, 3));
    expect((await world.run({ onChanged: 'append' })).outcome).toBe('committed');
    expect(await world.ids()).toEqual([1, 1, 2, 3]);
    for (const content of [rowsOf(1), rowsOf(1, 3), rowsOf(1)]) {
      await world.write('landing/a.csv', content);
      const told = await world.run({ onChanged: 'append' });
      expect(told).toMatchObject({ outcome: 'nothing-new', code: null, units: { skipped: 1, ingested: 0 } });
      expect(told.said).toContainEqual(expect.stringMatching(/a\.csv was moved, restored or touched.*nothing is loaded again/));
    }
    expect(await world.ids()).toEqual([1, 1, 2, 3]);
  });

  it.each(['hold', 'append', 'ignore'] as const)(
    'by changing places with another file has nothing that is not in the table (changes: %s)',
    async (onChanged) => {
      await using world = await MishapWorld.loaded();
      await rename(world.at('landing/a.csv'), world.at('landing/c.tmp'));
      await rename(world.at('landing/b.csv'), world.at('landing/a.csv'));
      await rename(world.at('landing/c.tmp'), world.at('landing/b.csv'));
      for (let time = 0; time < 2; time++) {
        const told = await world.run({ onChanged });
        expect(told).toMatchObject({
          outcome: 'nothing-new',
          code: null,
          units: { ingested: 0, held: 0, skipped: time === 0 ? 2 : 0 },
        });
        if (time === 0)
          expect(told.said).toContainEqual(
            expect.stringMatching(/a\.csv was overwritten after it was loaded and now has the same content as \S+b\.csv/),
          );
      }
      expect(await world.ids()).toEqual([1, 2]);
    },
  );

  it('by having another one renamed over it is the same', async () => {
    await using world = await MishapWorld.loaded();
    await rename(world.at('landing/b.csv'), world.at('landing/a.csv'));
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(await world.ids()).toEqual([1, 2]);
  });

  it('in its time only is recorded and loads nothing', async () => {
    await using world = await MishapWorld.loaded();
    await world.setTime('landing/a.csv');
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 0 } });
  });

  it('in place under its old time is noticed when its size or its ends differ', async () => {
    await using world = await MishapWorld.loaded();
    const { atime, mtime } = await stat(world.at('landing/a.csv'));
    await world.write('landing/a.csv', rowsOf(9));
    await utimes(world.at('landing/a.csv'), atime, mtime);
    expect(await world.run()).toMatchObject({ outcome: 'held', units: { held: 1 } });
  });

  it('by being deleted stays in the table: landing folders are cleaned', async () => {
    await using world = await MishapWorld.loaded();
    await rm(world.at('landing/a.csv'));
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', code: null });
    await rm(world.at('landing/b.csv'));
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'nothing-new', code: null });
    expect(told.said).toEqual([expect.stringMatching(/^There is no file in .*landing\.$/)]);
    expect(await world.ids()).toEqual([1, 2]);
    // And comes back.
    await world.write('landing/a.csv', rowsOf(1));
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(await world.ids()).toEqual([1, 2]);
  });
});
