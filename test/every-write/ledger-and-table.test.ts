import { CalveError, createCalve, explainPlan, memorySource, memoryState, type RunEvent } from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { failingSource, memorySink } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, TABLE } from '../engine/memory-world.ts';
import { LakeWorld, type SpecOptions } from './lake-world.ts';

const merge: SpecOptions = { mode: { mode: 'merge', keys: ['id'] } };
const idsOf = async (world: LakeWorld): Promise<number[]> =>
  (await world.rows()).map(({ id }) => Number(id)).sort((a, b) => a - b);
const text = (...rows: string[]): string => `id,name\n${rows.join('\n')}\n`;
const replace = { onChanged: 'replace' as const };
const findingsOf = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []));

describe('a corrected file', () => {
  it('replaces its own rows, also when it goes back to what it was, and says so in the plan', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = text('1,one', '2,two');
    world.files['b.csv'] = text('7,seven');
    await world.run(replace);
    world.files['a.csv'] = text('1,ONE', '3,three');
    const plan = await world.calve().plan(world.spec(replace));
    expect(plan.batch.units).toMatchObject([{ because: 'changed', replaces: [{ state: 'ingested' }] }]);
    expect(explainPlan(plan)).toContain('the 2 rows that were loaded from a.csv before');
    const { result, error } = await world.run(replace);
    expect(error).toBeNull();
    expect(result.counts['main']).toMatchObject({ read: 2, written: 2, replaced: 2 });
    expect(world.column('id').map(Number).sort()).toEqual([1, 3, 7]);
    world.files['a.csv'] = text('1,one', '2,two');
    await world.run(replace);
    expect(world.column('name').sort()).toEqual(['one', 'seven', 'two']);
    expect((await world.run(replace)).result.outcome).toBe('nothing-new');
  });

  it('replaces the rows of a file that was touched since', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = text('1,one', '2,two');
    await world.run(replace);
    world.touched.set('a.csv', 1);
    await world.run(replace);
    world.files['a.csv'] = text('1,ONE');
    world.touched.delete('a.csv');
    expect((await world.run(replace)).result.counts['main']).toMatchObject({ replaced: 2 });
    expect(world.column('name')).toEqual(['ONE']);
    world.touched.set('a.csv', 2);
    world.files['a.csv'] = text('1,one', '2,two');
    await world.run(replace);
    expect(world.column('name')).toEqual(['one', 'two']);
  });

  it.each([{}, merge])('without rows takes those that it had, and says so: %j', async (options) => {
    await using world = await LakeWorld.create();
    world.put('a.csv', text('1,one', '2,two'));
    await world.run({ ...options, ...replace });
    world.put('a.csv', 'id,name\n');
    const { result, events, error } = await world.run({ ...options, ...replace });
    expect(error).toBeNull();
    expect(result.counts['main']).toMatchObject({ read: 0, written: 0, replaced: 2 });
    expect(await world.rows()).toEqual([]);
    expect(findingsOf(events).filter(({ severity }) => severity !== 'info')).toMatchObject([
      {
        ...{ code: 'CORRECTION_EMPTY', severity: 'warning' },
        message: expect.stringContaining('the 2 rows that were loaded from it before go from the table'),
      },
    ]);
  });

  it('that was emptied altogether leaves its rows, and says so', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = text('1,one', '2,two');
    await world.run(replace);
    world.files['a.csv'] = '';
    const { result, events } = await world.run(replace);
    expect(result.units).toMatchObject({ ingested: 0, skipped: 1 });
    expect(world.column('name')).toEqual(['one', 'two']);
    const told = events.flatMap((event) => (event.kind === 'unit-finished' ? [event.record.finding] : []));
    expect(told).toMatchObject([
      { code: 'FILE_EMPTY', severity: 'warning', message: expect.stringContaining('stay in the table') },
    ]);
  });

  it('waits for a decision where its earlier rows name another file', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = text('1,one');
    await world.run(replace);
    world.files['copy.csv'] = text('1,one');
    await world.run(replace);
    world.files['copy.csv'] = text('1,ONE');
    const { error } = await world.run(replace);
    expect(error?.code).toBe('UNITS_SET_ASIDE');
    expect(world.column('name')).toEqual(['one']);
  });

  it('says so when rows that were loaded from it are not there any more', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = text('1,one', '2,two');
    await world.run(replace);
    world.sink.rollBack(TABLE, null);
    await using calve = world.calve();
    await calve.acceptRollback(world.spec(replace), { leaveOut: true });
    world.files['a.csv'] = text('1,ONE');
    const { events, error } = await world.run(replace);
    expect(error).toBeNull();
    expect(world.column('name')).toEqual(['ONE']);
    // Nobody counts what was left out.
    expect(events.filter((event) => event.kind === 'finding').map(({ diagnostic }) => diagnostic.code)).not.toContain(
      'REPLACED_ROWS_MISSING',
    );
  });

  it.each(['reingest', 'leaveOut'] as const)(
    'whose commit was rolled back is known with its earlier rows again, with %s',
    async (choice) => {
      const world = new MemoryWorld();
      world.files['a.csv'] = text('1,one', '2,two');
      await world.run(replace);
      const before = world.sink.headOf(TABLE);
      world.files['a.csv'] = text('1,ONE');
      await world.run(replace);
      world.sink.rollBack(TABLE, before);
      await using calve = world.calve();
      await calve.acceptRollback(world.spec(replace), choice === 'reingest' ? { reingest: true } : { leaveOut: true });
      await world.run(replace);
      expect(world.column('name')).toEqual(choice === 'reingest' ? ['ONE'] : ['one', 'two']);
      world.files['a.csv'] = text('1,third');
      await world.run(replace);
      expect(world.column('name')).toEqual(['third']);
    },
  );

  it('leaves an audit that agrees', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = text('1,one', '2,two');
    await world.run(replace);
    world.files['a.csv'] = text('1,ONE');
    await world.run(replace);
    await using calve = world.calve();
    const { findings } = await calve.audit(world.spec(replace));
    expect(findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
  });
});

describe('a merge', () => {
  it('is not taken for a loss of rows by the audit', async () => {
    await using world = await LakeWorld.create();
    world.put('a.csv', text('1,one', '2,two'));
    await world.run(merge);
    world.put('b.csv', text('1,ONE'));
    await world.run(merge);
    await using calve = world.calve();
    const { findings } = await calve.audit(world.spec(merge));
    expect(findings.filter(({ severity }) => severity !== 'information')).toEqual([]);
    expect(findings).toMatchObject([{ kind: 'not-compared', rows: { ledger: 2, table: 1 } }]);
  });

  it.each([
    [
      'a key that no file has',
      { mode: { mode: 'merge' as const, keys: ['nr'] as [string] } },
      /"nr", and neither the files nor the table/,
    ],
    [
      'a key that is floating point',
      { mode: { mode: 'merge' as const, keys: ['weight'] as [string] } },
      /"weight", which is float64/,
    ],
  ])('is refused for %s', async (_, options, message) => {
    await using world = await LakeWorld.create();
    world.put('a.csv', 'id,weight\n1,1.5e0\n');
    const { error } = await world.run(options);
    expect(error).toMatchObject({ code: 'SPEC_INVALID', recovery: { kind: 'fix-input' } });
    expect(error?.message).toMatch(message);
  });

  it('rewrites the files that hold rows which change, and leaves the others alone', async () => {
    await using world = await LakeWorld.create();
    world.put('a.csv', text('1,one', '2,two'));
    await world.run(merge);
    world.put('b.csv', text('11,eleven', '12,twelve'));
    await world.run(merge);
    const before = await world.dataFiles();
    world.put('c.csv', text('12,TWELVE'));
    await world.run(merge);
    const added = (await world.dataFiles()).filter((name) => !before.includes(name));
    expect(added).toHaveLength(2);
    expect(added.filter((name) => name.includes('-kept-'))).toHaveLength(1);
    expect(await idsOf(world)).toEqual([1, 2, 11, 12]);
  });
});

describe('another writer in between', () => {
  const foreign = { id: 'foreign', pattern: 'foreign.csv' };
  it.each([
    ['whose rows cannot be touched: the staged files go onto the new head', '900,far away', 1],
    ['whose rows may be touched: the batch is staged again', '2,theirs', 2],
  ])('%s', async (_, row, stagings) => {
    await using world = await LakeWorld.create();
    world.put('a.csv', text('1,one', '2,two', '3,three'));
    await world.run({ ...merge, pattern: '?.csv' });
    world.put('b.csv', text('1,ONE', '3,THREE', '2,TWO'));
    let staged = 0;
    let isInside = false;
    world.onStep = async (label) => {
      if (isInside) return;
      if (label === 'core.apply.stage') staged += 1;
      if (label !== 'core.commit.committing' || staged > 1) return;
      isInside = true;
      world.put('foreign.csv', text(row));
      expect((await world.run(foreign)).error).toBeNull();
      isInside = false;
    };
    const { error, result } = await world.run({ ...merge, pattern: '?.csv' });
    expect(error).toBeNull();
    expect(staged).toBe(stagings);
    expect(await idsOf(world)).toEqual(stagings === 1 ? [1, 2, 3, 900] : [1, 2, 3]);
    expect(result.counts['main']).toMatchObject({ written: 3, replaced: stagings === 1 ? 3 : 4 });
  });
});

describe('an overwrite', () => {
  const whole: SpecOptions = { mode: { mode: 'overwrite-table' } };

  it('that does not fit one commit is a plan error which names the limit', async () => {
    await using world = await LakeWorld.create();
    for (const name of ['a.csv', 'b.csv', 'c.csv']) world.put(name, text(`${name.charCodeAt(0)},x`));
    const { error } = await world.run({ ...whole, limits: { maxUnitsPerBatch: 2 } });
    expect(error).toMatchObject({ code: 'OVERWRITE_TOO_LARGE', context: { limit: 'maxUnitsPerBatch', value: 2, files: 3 } });
  });

  it('without rows leaves the table as it is, and says so', async () => {
    await using world = await LakeWorld.create();
    world.put('a.csv', text('1,one'));
    await world.run(whole);
    world.put('b.csv', 'id,name\n');
    const { events } = await world.run(whole);
    expect(events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic.code] : []))).toContain('OVERWRITE_EMPTY');
    expect(await idsOf(world)).toEqual([1]);
  });

  it('of which a file cannot be read while it is loaded replaces nothing, and goes whole when it can be', async () => {
    const files: Record<string, string> = { 'a.csv': text('1,one') };
    let isBroken = false;
    const sink = memorySink();
    const gone = new CalveError('SOURCE_UNAVAILABLE', 'The disk is away.', { recovery: 'retry' });
    // Looking into the file works; opening it to load does not.
    let opened = 0;
    const source = failingSource(memorySource(files), {
      open: (unit) => (isBroken && unit.uri.endsWith('c.csv') && ++opened > 1 ? gone : null),
    });
    await using calve = createCalve({
      sources: { memory: source },
      formats: { csv: csvFormat() },
      sinks: { lake: sink },
      state: memoryState(),
    });
    const spec = calve
      .ingestion('orders')
      .from('memory')
      .as('csv')
      .settle(0)
      .into('lake', { table: TABLE }, { mode: 'overwrite-table' })
      .build();
    await calve.run(spec);
    Object.assign(files, { 'b.csv': text('2,two'), 'c.csv': text('3,three') });
    isBroken = true;
    const { error } = await ended(calve.run(spec));
    expect(error).toMatchObject({ code: 'OVERWRITE_INCOMPLETE', recovery: { kind: 'retry' } });
    expect(sink.rows(TABLE).map(({ name }) => name)).toEqual(['one']);
    isBroken = false;
    await calve.run(spec);
    expect(sink.rows(TABLE).map(({ name }) => name)).toEqual(['two', 'three']);
  });
});
