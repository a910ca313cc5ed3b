import { canonicalJson } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

describe('a run', () => {
  it('commits what is there, and finds nothing new afterwards', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    world.files['b.csv'] = rowsOf(3);
    const { result, error } = await world.run();
    expect(error).toBeNull();
    expect(result).toMatchObject({
      outcome: 'committed',
      units: { ingested: 2, skipped: 0, held: 0, quarantined: 0, failed: 0 },
      counts: { main: { read: 3, written: 3, rejected: 0 } },
      snapshots: { main: world.sink.snapshots(TABLE)[0]!.id },
    });
    expect(world.rows()).toEqual([
      { id: '1', name: 'name 1' },
      { id: '2', name: 'name 2' },
      { id: '3', name: 'name 3' },
    ]);
    const again = await world.run();
    expect(again.result).toMatchObject({ outcome: 'nothing-new', units: { ingested: 0 }, counts: {}, snapshots: {} });
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    world.files['c.csv'] = rowsOf(4);
    expect((await world.run()).result.outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '2', '3', '4']);
    expect(world.sink.openSessions).toBe(0);
    expect(world.orphans()).toEqual([]);
  });

  it('tells each row where it came from', async () => {
    const world = new MemoryWorld();
    world.files['in/a.csv'] = rowsOf(1);
    await world.run();
    expect(world.sink.rows(TABLE)[0]).toMatchObject({
      _source_file: 'memory:///in/a.csv',
      _ingested_at: '2026-01-01T00:00:00.000000Z',
    });
  });

  it('loads in several commits when a batch may hold fewer units', async () => {
    const world = new MemoryWorld();
    for (let id = 1; id <= 5; id++) world.files[`${id}.csv`] = rowsOf(id);
    const { result } = await world.run({ limits: { maxUnitsPerBatch: 2 } });
    expect(result).toMatchObject({ outcome: 'committed', units: { ingested: 5 }, counts: { main: { written: 5 } } });
    expect(world.sink.snapshots(TABLE)).toHaveLength(3);
    expect(world.column('id')).toEqual(['1', '2', '3', '4', '5']);
  });

  it('gives every tenant a ledger of its own', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run({}, { tenant: 'one' });
    expect((await world.run({}, { tenant: 'two' })).result.outcome).toBe('committed');
    expect((await world.run({}, { tenant: 'one' })).result.outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1', '1']);
  });

  it('says where it looked when nothing matches, and says nothing of the kind when everything is known (R030)', async () => {
    const world = new MemoryWorld();
    const { events } = await world.run();
    expect(events).toContainEqual(
      expect.objectContaining({ kind: 'finding', diagnostic: expect.objectContaining({ code: 'SOURCE_EMPTY' }) }),
    );
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    const later = await world.run();
    expect(later.events.filter((event) => event.kind === 'finding' && event.diagnostic.code === 'SOURCE_EMPTY')).toEqual([]);
  });
});

describe('a plan', () => {
  it('is the same for the same world, clock and randomness, and survives JSON', async () => {
    const plans = [];
    for (let time = 0; time < 2; time++) {
      const world = new MemoryWorld();
      world.files['a.csv'] = `${rowsOf(1, 2)}x,bad\n`;
      world.files['b.csv'] = 'id,name,new\n3,c,2026-01-01\n';
      await using calve = world.calve();
      plans.push(await calve.plan(world.spec()));
    }
    const [first, second] = plans;
    expect(canonicalJson(first)).toBe(canonicalJson(second));
    expect(canonicalJson(JSON.parse(JSON.stringify(first)))).toBe(canonicalJson(first));
    expect(first?.batch.units).toHaveLength(2);
  });

  it('writes nothing, neither to the table nor to the state', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await using calve = world.calve();
    await calve.plan(world.spec());
    await calve.preview(world.spec());
    expect(world.sink.files()).toEqual([]);
    const store = await world.state.open();
    expect(await store.read({ tenant: 'default', ingestion: 'orders' })).toBe('absent');
    expect(world.sink.openSessions).toBe(0);
  });

  it('that is applied twice commits once, also after JSON and in another process', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    await using first = world.calve();
    const plan = await first.plan(world.spec());
    expect((await first.apply(plan)).outcome).toBe('committed');
    expect((await first.apply(plan)).outcome).toBe('nothing-new');
    await using second = world.calve();
    expect((await second.apply(JSON.parse(JSON.stringify(plan)))).outcome).toBe('nothing-new');
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
  });

  it('that was applied before is told to be so, with its commit, and what it left out is not told again', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    world.files['b.csv'] = rowsOf(2);
    world.files['c.csv'] = 'id,name\nmany,x\n';
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    expect((await ended(calve.apply(plan))).error?.diagnostics).toMatchObject([{ code: 'SCHEMA_TYPE_CONFLICT' }]);
    const again = calve.apply(plan);
    const kinds: string[] = [];
    for await (const { kind } of again) kinds.push(kind);
    expect(kinds).toEqual(['run-started', 'run-finished']);
    expect(await again).toMatchObject({ outcome: 'nothing-new', appliedBefore: { sequence: 2 }, units: { held: 0, skipped: 0 } });
    expect(Object.keys((await again).appliedBefore?.snapshots ?? {})).toEqual(['main']);
    world.files['d.csv'] = rowsOf(4);
    await ended(calve.run(world.spec()));
    expect((await calve.apply(plan)).appliedBefore).toEqual({ sequence: 2, snapshots: {} });
    expect(world.column('id')).toEqual(['1', '2', '4']);
  });

  it('is stale after the schema of the table changed', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    world.files['b.csv'] = rowsOf(2);
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    world.sink.addColumn(TABLE, { name: 'note', type: { kind: 'string' }, required: false });
    const { error, result } = await ended(calve.apply(plan));
    expect(error).toMatchObject({ code: 'PLAN_STALE', recovery: { kind: 'replan' } });
    expect(error?.message).toContain('schema');
    expect(result.outcome).toBe('failed');
    expect(world.column('id')).toEqual(['1']);
    expect((await world.run()).result.outcome).toBe('committed');
    expect(world.rows()[1]).toEqual({ id: '2', name: 'name 2', note: null });
  });

  it('whose files another run has loaded has nothing to do', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    await world.run();
    world.files['b.csv'] = rowsOf(2);
    await world.run();
    expect((await calve.apply(plan)).outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('is stale when its files are loaded in part', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    world.files['b.csv'] = rowsOf(2);
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    delete world.files['b.csv'];
    await world.run();
    expect((await ended(calve.apply(plan))).error).toMatchObject({ code: 'PLAN_STALE' });
    expect(world.column('id')).toEqual(['1']);
  });

  it('is not voided by rows of another writer', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    world.files['b.csv'] = rowsOf(2);
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    world.sink.touch(TABLE);
    expect((await calve.apply(plan)).outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('is refused at once when it is none', async () => {
    const world = new MemoryWorld();
    await using calve = world.calve();
    expect(() => calve.apply({} as never)).toThrow(expect.objectContaining({ code: 'PLAN_INVALID' }));
    world.files['a.csv'] = rowsOf(1);
    const plan = await calve.plan(world.spec());
    expect(() => calve.apply({ ...plan, planVersion: 2 as never })).toThrow(/version 2/);
  });

  it('whose spec was edited is refused', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    const edited = { ...plan, spec: { ...plan.spec, labels: { edited: 'yes' } } };
    expect((await ended(calve.apply(edited))).error).toMatchObject({ code: 'PLAN_INVALID' });
    expect(world.rows()).toEqual([]);
  });
});
