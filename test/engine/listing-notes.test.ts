import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from '../mishaps/mishap-world.ts';

/** What is noted in the state of a world; null: there is no table of notes. */
function noted(world: MishapWorld): string[] | null {
  const database = new DatabaseSync(world.at('lake/calve.db'), { readOnly: true });
  try {
    if (database.prepare(`SELECT 1 FROM sqlite_schema WHERE name = 'calve_notes'`).all().length === 0) return null;
    return database
      .prepare('SELECT place FROM calve_notes ORDER BY place')
      .all()
      .map(({ place }) => String(place).split('/').at(-1)!);
  } finally {
    database.close();
  }
}

/** So that no file is as new as the run. */
const later = { clockAheadMilliseconds: 60_000 };

describe('what a source noted', () => {
  it('is kept by a run, also by one that finds nothing new, and by no plan', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    await world.run({ clockAheadMilliseconds: -60_000 });
    expect(noted(world)).toBeNull();
    await world.plan(later);
    expect(noted(world)).toBeNull();
    expect(await world.run(later)).toMatchObject({ outcome: 'nothing-new' });
    // On a file system that does not tell of every change nothing is noted.
    expect([null, ['a.csv']]).toContainEqual(noted(world));
    await world.write('landing/b.csv', rowsOf(2));
    expect(await world.run(later)).toMatchObject({ outcome: 'committed' });
    expect(await world.run(later)).toMatchObject({ outcome: 'nothing-new' });
    expect([null, ['a.csv', 'b.csv']]).toContainEqual(noted(world));
    expect(await world.ids()).toEqual([1, 2]);
    // What is gone is forgotten by the next run, and by no plan.
    await rm(world.at('landing/a.csv'));
    await world.plan(later);
    expect([null, ['a.csv', 'b.csv']]).toContainEqual(noted(world));
    expect(await world.run(later)).toMatchObject({ outcome: 'nothing-new' });
    expect([null, ['b.csv']]).toContainEqual(noted(world));
  });

  it('hides no change: content of the same size under the old time is held', async () => {
    await using world = await MishapWorld.start();
    await world.write('landing/a.csv', rowsOf(1));
    await world.run(later);
    await world.run(later);
    const { atime, mtime } = await stat(world.at('landing/a.csv'));
    await writeFile(world.at('landing/a.csv'), rowsOf(9));
    await utimes(world.at('landing/a.csv'), atime, mtime);
    expect(await world.run(later)).toMatchObject({ outcome: 'held', units: { held: 1 } });
  });
});
