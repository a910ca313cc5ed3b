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
