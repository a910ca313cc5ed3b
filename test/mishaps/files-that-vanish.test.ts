import { appendFile, rename, rm, writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { MishapWorld, rowsOf } from './mishap-world.ts';

async function three(): Promise<MishapWorld> {
  const world = await MishapWorld.start();
  for (const id of [1, 2, 3]) await world.write(`landing/${id}.csv`, rowsOf(id));
  return world;
}

const onceAt = (step: string, mishap: () => Promise<void>) => {
  let isDone = false;
  return async (label: string): Promise<void> => {
    if (label !== step || isDone) return;
    isDone = true;
    await mishap();
  };
};

describe('between a stored plan and its application', () => {
  it.each<[string, (world: MishapWorld) => Promise<void>, string, RegExp, number[]]>([
    ['deleted', (world) => rm(world.at('landing/2.csv')), 'OBJECT_NOT_FOUND', /2\.csv does not exist; plan again\.$/, [1, 3]],
    [
      'renamed',
      (world) => rename(world.at('landing/2.csv'), world.at('landing/9.csv')),
      'OBJECT_NOT_FOUND',
      /2\.csv does not exist; plan again\.$/,
      [1, 2, 3],
    ],
    [
      'appended to',
      (world) => appendFile(world.at('landing/2.csv'), '22,x\n'),
      'OBJECT_CHANGED',
      /2\.csv is not the version that was listed; plan again\.$/,
      [1, 2, 3, 22],
    ],
    [
      'replaced',
      (world) => world.write('landing/2.csv', rowsOf(22)),
      'OBJECT_CHANGED',
      /2\.csv is not the version that was listed; plan again\.$/,
      [1, 3, 22],
    ],
  ])('a file that is %s is set aside, and the others are loaded', async (_, mishap, code, says, ids) => {
    await using world = await three();
    const plan = await world.plan();
    await mishap(world);
    const told = await world.apply(plan);
    expect(told).toMatchObject({ outcome: 'failed', code: 'UNITS_SET_ASIDE', units: { ingested: 2, failed: 1 } });
    expect(told.error).toMatchObject({ recovery: { kind: 'replan' }, diagnostics: [{ code }] });
    expect(told.said).toContainEqual(expect.stringMatching(says));
    expect(await world.ids()).toEqual([1, 3]);
    // The next run takes what is there then.
    expect((await world.run()).code).toBeNull();
    expect(await world.ids()).toEqual(ids);
  });

  it('many files that are gone are found at once, and not one start after the other', async () => {
    await using world = await MishapWorld.start();
    for (let id = 1; id <= 60; id++) await world.write(`landing/${id}.csv`, rowsOf(id));
    const plan = await world.plan();
    for (let id = 1; id <= 60; id += 2) await rm(world.at(`landing/${id}.csv`));
    let starts = 0;
    const told = await world.apply(plan, {
      onStep: (label) => {
        if (label === 'core.apply.stage') starts += 1;
      },
    });
    expect(told).toMatchObject({ units: { ingested: 30, failed: 30 } });
    expect(starts).toBe(2);
    expect(await world.ids()).toEqual(Array.from({ length: 30 }, (_, at) => 2 * at + 2));
  });

  it('all files that are gone leave nothing behind, and the next run is free', async () => {
    await using world = await three();
    const plan = await world.plan();
    for (const id of [1, 2, 3]) await rm(world.at(`landing/${id}.csv`));
    expect(await world.apply(plan)).toMatchObject({ outcome: 'failed', units: { ingested: 0, failed: 3 } });
    await world.write('landing/4.csv', rowsOf(4));
    expect(await world.run()).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(await world.ids()).toEqual([4]);
  });
});

describe('while a run is under way', () => {
  it('a file that is deleted is not missed, and is told', async () => {
    await using world = await three();
    const told = await world.run({ onStep: onceAt('core.apply.stage', () => rm(world.at('landing/2.csv'))) });
    expect(told).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 2, failed: 0 } });
    expect(told.said).toContainEqual(
      expect.stringMatching(/2\.csv was deleted or renamed before it was loaded; nothing of it is in the table\.$/),
    );
    expect(await world.ids()).toEqual([1, 3]);
    expect(await world.run()).toMatchObject({ outcome: 'nothing-new', code: null });
  });

  it('a file that is renamed is loaded under its new name', async () => {
    await using world = await three();
    const told = await world.run({
      onStep: onceAt('core.apply.stage', () => rename(world.at('landing/2.csv'), world.at('landing/9.csv'))),
    });
    expect(told).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 3, failed: 0 } });
    expect(await world.ids()).toEqual([1, 2, 3]);
  });

  it('a file that is replaced is planned again by itself, as it is then', async () => {
    await using world = await three();
    const told = await world.run({ onStep: onceAt('core.apply.stage', () => world.write('landing/2.csv', rowsOf(22))) });
    expect(told).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 3, failed: 0 } });
    expect(told.said).toContainEqual(
      expect.stringMatching(/2\.csv changed before it was loaded; it is planned again as it is now\.$/),
    );
    expect(await world.ids()).toEqual([1, 3, 22]);
  });

  it('a file that changes again and again is left to the next run with its failure', async () => {
    await using world = await three();
    let id = 100;
    const told = await world.run({
      onStep: async (label) => {
        if (label === 'core.apply.stage') await world.write('landing/2.csv', rowsOf(id++));
      },
    });
    expect(told).toMatchObject({ outcome: 'failed', code: 'UNITS_SET_ASIDE', units: { ingested: 2, failed: 1 } });
    expect(await world.ids()).toEqual([1, 3]);
    expect((await world.run()).outcome).toBe('committed');
    expect(await world.ids()).toHaveLength(3);
  });

  it('a file that is written again is loaded as it is then, also when runs wait for files to settle', async () => {
    await using world = await three();
    const told = await world.run({
      settleSeconds: 0.5,
      onStep: onceAt('core.apply.stage', () => writeFile(world.at('landing/2.csv'), rowsOf(22))),
    });
    expect(told).toMatchObject({ outcome: 'committed', code: null, units: { ingested: 3, failed: 0 } });
    expect(await world.ids()).toEqual([1, 3, 22]);
  });
});

it('a copy that waits for a decision is counted and told once, though the run plans again for another file', async () => {
  await using world = await three();
  await world.write('landing/copy-of-1.csv', rowsOf(1));
  const change = () => world.write('landing/3.csv', rowsOf(33));
  const told = await world.run({ onSameContent: 'hold', onStep: onceAt('core.apply.stage', change) });
  expect(told).toMatchObject({ outcome: 'held', units: { ingested: 3, held: 1 } });
  expect(told.error?.diagnostics).toHaveLength(1);
  const ended = told.events.flatMap((event) => (event.kind === 'unit-finished' ? [event.record.unit.key] : []));
  expect(ended).toHaveLength(new Set(ended).size);
});

it('a copy that waits for a decision is loaded when what it is a copy of goes away meanwhile', async () => {
  await using world = await three();
  await world.write('landing/copy-of-1.csv', rowsOf(1));
  const told = await world.run({
    onSameContent: 'hold',
    onStep: onceAt('core.apply.stage', () => rm(world.at('landing/1.csv'))),
  });
  expect(told).toMatchObject({ outcome: 'committed', units: { ingested: 3, held: 0 } });
  expect(await world.ids()).toEqual([1, 2, 3]);
});
