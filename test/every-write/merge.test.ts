import { explainFindings } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { LakeWorld, type SpecOptions } from './lake-world.ts';

const merge: SpecOptions = { mode: { mode: 'merge', keys: ['id'], newest: ['updated'] } };

describe('a merge', () => {
  it('updates what is newer, keeps what is not, adds what is new', async () => {
    await using world = await LakeWorld.create();
    world.put('a.csv', 'id,name,updated\n1,one,10\n2,two,10\n3,three,10\n');
    expect((await world.run(merge)).error).toBeNull();
    world.put('b.csv', 'id,name,updated\n2,TWO,11\n3,old,9\n4,four,1\n4,FOUR,2\n,nobody,3\n');
    const { error } = await world.run(merge);
    expect(error).toBeNull();
    const rows = (await world.rows()).map(({ id, name, updated }) => [Number(id), name, Number(updated)]).sort();
    expect(rows).toEqual([
      [1, 'one', 10],
      [2, 'TWO', 11],
      [3, 'three', 10],
      [4, 'FOUR', 2],
    ]);
    expect((await world.rows('rejected')).map(({ errors }) => errors)).toEqual([['id:null-key']]);
  });
});

describe('rows without the key of a merge', () => {
  const rows = Array.from({ length: 50 }, (_, id) => `${id},name,1\n`).join('');
  const fixesOf = (fixes: readonly { title: string }[] | undefined) => fixes?.map(({ title }) => title);

  it('are offered what mends them: to be left out, or their key', async () => {
    await using world = await LakeWorld.create();
    const strict: SpecOptions = { ...merge, limits: { maxRejectedRatio: 0.01 } };
    world.put('a.csv', `id,name,updated\n${rows}`);
    world.put('b.csv', 'id,name,updated\n,nobody,1\n7,seven,1\n');
    const { error, result } = await world.run(strict);
    expect(error?.code).toBe('UNITS_SET_ASIDE');
    expect(result.units).toMatchObject({ ingested: 1, held: 1 });
    const [held] = error?.diagnostics ?? [];
    expect(held?.message).toContain('What mends it: fill in "id", by which rows are merged');
    expect(fixesOf(held?.fixes)).toEqual(['Load the rest, and set up to 50 % of the rows aside']);
  });

  it('have no fix in a report, which says what the file needs', async () => {
    await using world = await LakeWorld.create();
    world.put('a.csv', 'id,name,updated\n1,one,1\n,nobody,1\n');
    await world.run(merge);
    await using calve = world.calve();
    const report = await calve.findings(world.spec(merge));
    expect(report.findings).toMatchObject([{ code: 'id:null-key', rows: 1, fixes: [] }]);
    expect(explainFindings(report)).toContain('1 row was rejected: id:null-key. What mends it: fill in "id"');
  });
});
