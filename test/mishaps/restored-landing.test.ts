import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { type Choice, MishapWorld, rowsOf } from './mishap-world.ts';

const FILES = 40;

async function many(choice: Choice = {}): Promise<MishapWorld> {
  const world = await MishapWorld.start();
  for (let id = 1; id <= FILES; id++) await world.write(`landing/${id % 4}/${id}.csv`, rowsOf(id));
  await world.run(choice);
  return world;
}

const ids = Array.from({ length: FILES }, (_, at) => at + 1);

describe('a landing folder that was restored', () => {
  it.each([
    ['with its times, as rsync -a does', true],
    ['with new times, as cp -r or git checkout do', false],
  ])('%s is unchanged, and that is one sentence', async (_, preserveTimestamps) => {
    await using world = await many();
    await cp(world.at('landing'), world.at('backup'), { recursive: true, preserveTimestamps });
    await rm(world.at('landing'), { recursive: true });
    await rename(world.at('backup'), world.at('landing'));
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'nothing-new', code: null, units: { skipped: FILES, ingested: 0, held: 0 } });
    const findings = told.events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []));
    expect(findings).toMatchObject([{ code: 'OBJECT_UNCHANGED', severity: 'info' }]);
    expect(findings[0]?.message).toMatch(
      /^40 files \(\S+\.csv, \S+\.csv, \S+\.csv, …\) were moved, restored or touched, but their content is loaded already: nothing is loaded again\.$/,
    );
    expect(await world.ids()).toEqual(ids);
    // Noted: the next run does not look into them again.
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', units: { skipped: 0 }, said: [] });
  });

  it('in part: what was missing in the backup stays in the table, what is new is loaded', async () => {
    await using world = await many();
    await cp(world.at('landing'), world.at('backup'), { recursive: true });
    await rm(world.at('landing'), { recursive: true });
    await rename(world.at('backup'), world.at('landing'));
    await rm(world.at('landing/1'), { recursive: true });
    await world.write('landing/new.csv', rowsOf(99));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1, skipped: 30 } });
    expect(await world.ids()).toEqual([...ids, 99]);
  });
});

describe('a landing folder under another path', () => {
  it('with the same id loads nothing again, and that is one sentence besides the files', async () => {
    await using world = await many();
    await rename(world.at('landing'), world.at('elsewhere'));
    const told = await world.run({ landing: 'elsewhere' });
    expect(told).toMatchObject({ outcome: 'nothing-new', code: null, units: { skipped: FILES, ingested: 0 } });
    const findings = told.events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []));
    expect(findings).toMatchObject([
      {
        code: 'OBJECT_SAME_CONTENT',
        message: expect.stringMatching(
          /^40 files .* have content that is loaded already under other names, as after moving or copying a folder/,
        ),
      },
    ]);
    expect(await world.ids()).toEqual(ids);
    await world.write('elsewhere/new.csv', rowsOf(99));
    expect(await world.run({ landing: 'elsewhere' })).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    // And a file that changes there is a changed file, as it was in its old place.
    await world.write('elsewhere/new.csv', rowsOf(99, 100));
    const [first] = await readdir(world.at('elsewhere/1'));
    await world.write(`elsewhere/1/${first}`, rowsOf(1000));
    expect(await world.run({ landing: 'elsewhere' })).toMatchObject({ outcome: 'held', units: { held: 2, ingested: 0 } });
    expect(await world.ids()).toEqual([...ids, 99]);
  });

  it('that is empty is said to be empty, and nothing is forgotten', async () => {
    await using world = await many();
    await rename(world.at('landing'), world.at('elsewhere'));
    await mkdir(world.at('landing'));
    const told = await world.run();
    expect(told).toMatchObject({ outcome: 'nothing-new', said: [expect.stringMatching(/^There is no file in .*landing\.$/)] });
    await rm(world.at('landing'), { recursive: true });
    expect(await world.run()).toMatchObject({ outcome: 'failed', code: 'SOURCE_NOT_FOUND' });
    expect(await world.ids()).toEqual(ids);
  });
});
