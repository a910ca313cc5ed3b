import { describe, expect, it } from 'vitest';
import { MemoryWorld, rowsOf } from './memory-world.ts';

async function loaded(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  world.files['a.csv'] = rowsOf(1);
  await world.run();
  return world;
}

describe('a file that changed after it was loaded', () => {
  it('waits in this run and in every later one, whatever else happens to it', async () => {
    const world = await loaded();
    world.files['a.csv'] = rowsOf(2);
    for (let time = 0; time < 2; time++) {
      const { error, result } = await world.run();
      expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'OBJECT_CHANGED_AFTER_LOAD' }] });
      expect(result).toMatchObject({ outcome: 'held', units: { held: 1, ingested: 0 } });
    }
    // A third version: its first one is in the table, so it waits too.
    world.files['a.csv'] = rowsOf(3);
    expect((await world.run()).result.units).toMatchObject({ held: 1, ingested: 0 });
    expect(world.column('id')).toEqual(['1']);
    const append = await world.run({ onChanged: 'append' });
    expect(append.result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['1', '3']);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it('is skipped when the spec ignores changes, and loaded when it does so no longer', async () => {
    const world = await loaded();
    world.files['a.csv'] = rowsOf(2);
    for (let time = 0; time < 2; time++) {
      expect((await world.run({ onChanged: 'ignore' })).result).toMatchObject({ outcome: 'nothing-new' });
    }
    expect((await world.run({ onChanged: 'hold' })).result).toMatchObject({ outcome: 'held', units: { held: 1 } });
    expect((await world.run({ onChanged: 'append' })).result.outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('and was restored since is as good as unchanged', async () => {
    const world = await loaded();
    world.files['a.csv'] = rowsOf(2);
    await world.run();
    world.files['a.csv'] = rowsOf(1);
    world.touched.set('a.csv', 1);
    const { error, result } = await world.run();
    expect(error).toBeNull();
    expect(result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(world.column('id')).toEqual(['1']);
  });
});

describe('a file with the same content at the same place and another identity', () => {
  it('is recorded and loads nothing, once', async () => {
    const world = await loaded();
    world.touched.set('a.csv', 1);
    const { result, events } = await world.run();
    expect(result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1, ingested: 0 } });
    const records = events.flatMap((event) => (event.kind === 'unit-finished' ? [event.record] : []));
    expect(records).toMatchObject([{ state: 'skipped', sequence: null, finding: { code: 'OBJECT_UNCHANGED' } }]);
    const again = await world.run();
    expect(again.events.filter(({ kind }) => kind === 'unit-finished')).toEqual([]);
    expect(world.column('id')).toEqual(['1']);
  });
});

describe('the same content under another name', () => {
  it('is skipped, and the earlier file is named', async () => {
    const world = await loaded();
    world.files['b.csv'] = rowsOf(1);
    const { result, events } = await world.run();
    expect(result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    const messages = events.flatMap((event) => (event.kind === 'unit-finished' ? [event.record.finding?.message] : []));
    expect(messages).toEqual([expect.stringMatching(/b\.csv .*a\.csv/)]);
    // A skipped copy does not hide the file whose rows are in the table.
    world.files['c.csv'] = rowsOf(1);
    expect((await world.run()).result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(world.column('id')).toEqual(['1']);
  });

  it('is skipped within one batch as well, unless the files have no rows', async () => {
    const world = new MemoryWorld();
    for (const name of ['a.csv', 'b.csv', 'c.csv']) world.files[name] = rowsOf(1);
    world.files['d.csv'] = 'id,name\n';
    world.files['e.csv'] = 'id,name\n';
    const { result } = await world.run();
    expect(result.units).toMatchObject({ ingested: 3, skipped: 2 });
    expect(world.column('id')).toEqual(['1']);
  });

  it('is loaded after the patch of its finding', async () => {
    const world = await loaded();
    world.files['b.csv'] = rowsOf(1);
    await world.run();
    const { result } = await world.run({ onSameContent: 'load' });
    expect(result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['1', '1']);
  });

  it('waits when the spec says so, until it does not', async () => {
    const world = await loaded();
    world.files['b.csv'] = rowsOf(1);
    for (let time = 0; time < 2; time++) {
      expect((await world.run({ onSameContent: 'hold' })).result).toMatchObject({ outcome: 'held', units: { held: 1 } });
    }
    expect((await world.run()).result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(world.column('id')).toEqual(['1']);
  });
});
