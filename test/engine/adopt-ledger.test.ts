import { type IngestionSpec, memoryState, type UnknownFiles } from '@calve/core';
import { CalveError, type CheckpointStoreFactory } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

const key = { tenant: 'default', ingestion: 'orders' };

/** `a.csv` and `b.csv` are loaded in a commit each, and the state is lost. */
async function lost(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  world.files['a.csv'] = rowsOf(1, 11);
  await world.run();
  world.files['b.csv'] = rowsOf(2);
  await world.run();
  world.state = memoryState();
  return world;
}

async function adopt(world: MemoryWorld, unknown?: UnknownFiles, spec: IngestionSpec = world.spec()) {
  await using calve = world.calve();
  return await calve.adopt(spec, unknown === undefined ? {} : { unknown });
}

async function stateOf(world: MemoryWorld) {
  const store = await world.state.open();
  const records = [];
  for await (const record of store.scan(key, {})) records.push(record);
  return { head: await store.read(key), records };
}

/** A state that is a copy of an earlier moment. */
async function stateWith({ head, records }: Awaited<ReturnType<typeof stateOf>>): Promise<CheckpointStoreFactory> {
  if (head === 'absent') throw new TypeError('there is nothing to copy');
  const state = memoryState();
  await (await state.open()).advance(key, 'absent', head.head, records);
  return state;
}

describe('the preview of an adoption', () => {
  it('tells what would be known, and writes nothing', async () => {
    const world = await lost();
    world.files['c.csv'] = rowsOf(3);
    await using calve = world.calve();
    expect(await calve.previewAdopt(world.spec())).toEqual({
      ingestion: 'orders',
      state: 'memory',
      table: TABLE,
      ledger: 'absent',
      generation: expect.any(String),
      committed: { main: 2 },
      known: { count: 2, bytes: 45, examples: ['memory:///a.csv', 'memory:///b.csv'] },
      changed: { count: 0, bytes: 0, examples: [] },
      unknown: { count: 1, bytes: 17, examples: ['memory:///c.csv'] },
      gone: 0,
      namelessRows: 0,
      lostRejectedRows: 0,
      unsettled: 0,
      mustChoose: false,
    });
    expect((await stateOf(world)).head).toBe('absent');
  });
});

describe('an adopted ledger', () => {
  it('goes on with the number and generation of the table, and loads nothing twice', async () => {
    const world = await lost();
    const { generation } = await await world.calve().previewAdopt(world.spec());
    expect(await adopt(world)).toEqual({
      ...{ outcome: 'adopted', generation, committed: { main: 2 } },
      ...{ known: 2, left: 0, lostRejectedRows: 0 },
    });
    expect((await world.run()).result.outcome).toBe('nothing-new');
    world.files['c.csv'] = rowsOf(3);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['1', '11', '2', '3']);
    expect((await stateOf(world)).head).toMatchObject({ head: { generation, committed: { main: 3 } } });
  });

  it('takes the place of an old copy, and keeps what that one knows beyond the rows', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    const copy = await stateOf(world);
    world.files['b.csv'] = rowsOf(2);
    await world.run();
    world.state = await stateWith(copy);
    // A copy of what is gone: the table cannot tell that, the old ledger can.
    world.files['renamed.csv'] = world.files['a.csv'];
    delete world.files['a.csv'];
    expect((await world.run()).error).toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    expect(await world.calve().previewAdopt(world.spec())).toMatchObject({ ledger: 'old-copy', known: { count: 1 }, gone: 1 });
    expect(await adopt(world)).toMatchObject({ outcome: 'adopted', committed: { main: 2 }, known: 2 });
    expect(await adopt(world)).toMatchObject({ outcome: 'already-there' });
    expect(await world.calve().previewAdopt(world.spec())).toMatchObject({ ledger: 'fits' });
    expect((await world.run()).result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    world.files['c.csv'] = rowsOf(3);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });

  it('takes the place of an old copy that had a commit open, and deletes none of its files', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    let copy: Awaited<ReturnType<typeof stateOf>> | undefined;
    world.onStep = async (label) => {
      if (label === 'core.commit.committing') copy ??= await stateOf(world);
    };
    await world.run();
    world.files['b.csv'] = rowsOf(2);
    await world.run();
    world.state = await stateWith(copy!);
    expect((await world.run()).error).toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    expect(await adopt(world)).toMatchObject({ outcome: 'adopted', committed: { main: 2 }, known: 2 });
    expect((await world.run()).result.outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1', '2']);
  });

  it('says how many rejected rows the loss has cut off from their commit', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = 'id,amount\n1,5\n2,none\n3,nothing\n4,6\n';
    const options = { columns: { amount: { type: { kind: 'int64' as const } } }, limits: { maxRejectedRatio: 1 } };
    let committed = 0;
    world.onStep = (label) => {
      // Between the commit of the first table and that of the rejected rows.
      if (label === 'core.commit.committing' && ++committed === 2) throw new CalveError('CANCELLED', 'The plug is pulled.');
    };
    await world.run(options);
    world.onStep = () => {};
    world.state = memoryState();
    const { lostRejectedRows } = await world.calve().previewAdopt(world.spec(options));
    expect(lostRejectedRows).toBe(2);
    expect(await adopt(world, undefined, world.spec(options))).toMatchObject({ outcome: 'adopted', lostRejectedRows: 2 });
    const report = await world.calve().audit(world.spec(options));
    expect(report.findings).toContainEqual(expect.objectContaining({ kind: 'rejected-rows', rows: { ledger: 2, table: 0 } }));
  });

  it('counts the rows of each file, those that were rejected too', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = `${rowsOf(1, 2)}3,too,many\n`;
    world.files['none.csv'] = 'id,name\n4,too,many\n';
    const spec = world.spec({ limits: { maxRejectedRatio: 1 } });
    expect((await world.run(spec)).result.counts).toMatchObject({ main: { read: 4, written: 2, rejected: 2 } });
    const before = (await stateOf(world)).records.map(({ unit, counts }) => ({ unit, counts }));
    world.state = memoryState();
    await adopt(world, undefined, spec);
    expect((await stateOf(world)).records.map(({ unit, counts }) => ({ unit, counts }))).toEqual(before);
    expect((await world.run(spec)).result.outcome).toBe('nothing-new');
  });

  it('holds a file that changed meanwhile, whatever the spec says of changed files', async () => {
    const world = await lost();
    world.files['a.csv'] = rowsOf(1, 11, 111);
    expect(await adopt(world)).toMatchObject({ outcome: 'adopted', known: 2 });
    for (const onChanged of ['hold', 'append'] as const) {
      const { result, error } = await world.run({ onChanged });
      expect(result.units).toMatchObject({ held: 1, ingested: 0 });
      expect(error?.diagnostics[0]).toMatchObject({
        code: 'OBJECT_CHANGED_AFTER_LOAD',
        message: expect.stringContaining(
          'The rows of its earlier version are in the table, but the ledger, which was begun anew',
        ),
      });
    }
    expect((await world.run({ onChanged: 'ignore' })).result.outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1', '11', '2']);
    // Way out that the sentence offers.
    world.files['new-rows.csv'] = rowsOf(111);
    expect((await world.run({ onChanged: 'ignore' })).result.units.ingested).toBe(1);
  });

  it('leaves out a copy of a file that is still there', async () => {
    const world = await lost();
    world.files['copy.csv'] = rowsOf(1, 11);
    expect(await adopt(world)).toMatchObject({ outcome: 'adopted' });
    expect((await world.run()).result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
    expect(world.column('id')).toEqual(['1', '11', '2']);
  });

  it('asks what becomes of files that may be copies of what is gone', async () => {
    const world = await lost();
    delete world.files['a.csv'];
    world.files['moved.csv'] = rowsOf(1, 11);
    const error = await adopt(world).catch((thrown: unknown) => thrown);
    expect(CalveError.is(error) && error.toJSON()).toMatchObject({
      code: 'OPTIONS_INVALID',
      message: expect.stringMatching(
        /^sales\.orders has no row of one file in the source \(memory:\/\/\/moved\.csv\), and 1 loaded version is no longer in the source: /,
      ),
      recovery: {
        kind: 'decide',
        choices: [expect.stringMatching(/^unknown: "load"/), expect.stringMatching(/^unknown: "leave"/)],
      },
      context: { gone: 1, unknown: { count: 1 }, mustChoose: true },
    });
    expect((await stateOf(world)).head).toBe('absent');
    expect(await adopt(world, 'leave')).toMatchObject({ outcome: 'adopted', left: 1 });
    const { result, events } = await world.run();
    expect(result.outcome).toBe('nothing-new');
    expect(events.find(({ kind }) => kind === 'planned')).toMatchObject({
      skipped: expect.arrayContaining([expect.objectContaining({ reason: 'counted as loaded, as somebody chose' })]),
    });
    world.files['c.csv'] = rowsOf(3);
    expect((await world.run()).result.units.ingested).toBe(1);
    expect(world.column('id')).toEqual(['1', '11', '2', '3']);
  });

  it('loads files without rows when that was chosen', async () => {
    const world = await lost();
    delete world.files['a.csv'];
    world.files['c.csv'] = rowsOf(3);
    expect(await adopt(world, 'load')).toMatchObject({ outcome: 'adopted', left: 0 });
    expect((await world.run()).result.units.ingested).toBe(1);
    expect(world.column('id')).toEqual(['1', '11', '2', '3']);
  });

  it('knows a file again that was gone and comes back, and holds it when it is another version', async () => {
    const world = await lost();
    delete world.files['a.csv'];
    await adopt(world);
    world.files['a.csv'] = rowsOf(5);
    expect((await world.run()).result.units).toMatchObject({ held: 1, ingested: 0 });
  });

  it('is adopted once: again, it changes nothing, also after further runs', async () => {
    const world = await lost();
    const results = await Promise.all([adopt(world), adopt(world)]);
    expect(results.map(({ outcome }) => outcome).sort()).toEqual(['adopted', 'already-there']);
    const before = await stateOf(world);
    expect(await adopt(world)).toMatchObject({ outcome: 'already-there', committed: { main: 2 } });
    expect(await stateOf(world)).toEqual(before);
    world.files['c.csv'] = rowsOf(3);
    await world.run();
    expect(await adopt(world)).toMatchObject({ outcome: 'already-there', committed: { main: 3 } });
  });

  it('lets a plan that was made before the loss apply when nothing was committed since, and only then', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    world.files['b.csv'] = rowsOf(2);
    await using calve = world.calve();
    const plan = await calve.plan(world.spec());
    world.state = memoryState();
    await adopt(world);
    await using next = world.calve();
    expect((await ended(next.apply(plan))).result.outcome).toBe('committed');
    world.state = memoryState();
    await adopt(world);
    await using last = world.calve();
    expect((await ended(last.apply(plan))).error?.code).toBe('PLAN_STALE');
    expect(world.column('id')).toEqual(['1', '2']);
  });
});

describe('an adoption is refused', () => {
  it('where the table does not tell which files its rows come from', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    const plain = world.spec();
    const spec: IngestionSpec = { ...plain, outputs: plain.outputs.map((output) => ({ ...output, provenance: [] })) };
    await world.run(spec);
    world.state = memoryState();
    await expect(adopt(world, undefined, spec)).rejects.toMatchObject({
      code: 'CHECKPOINT_BEHIND',
      message: expect.stringContaining('has no columns _source_file and _source_version'),
      recovery: {
        kind: 'decide',
        choices: ['restore the state', 'reset the ledger with reload', 'reset the ledger with fromNow'],
      },
    });
    // A way out that it offers.
    await using calve = world.calve();
    await calve.reset(spec, { fromNow: true });
    expect((await world.run(spec)).result.outcome).toBe('nothing-new');
    expect(world.column('id')).toEqual(['1']);
  });

  it('where there is no commit of the ingestion', async () => {
    const world = new MemoryWorld();
    await expect(adopt(world)).rejects.toMatchObject({ code: 'OPTIONS_INVALID', recovery: { kind: 'fix-input' } });
  });

  it('where there is a ledger that does not fit', async () => {
    const world = await lost();
    await using calve = world.calve();
    await calve.reset(world.spec(), { fromNow: true });
    const old = world.state;
    world.state = memoryState();
    await adopt(world);
    world.files['c.csv'] = rowsOf(3);
    await world.run();
    world.state = old;
    await expect(adopt(world)).rejects.toMatchObject({ code: 'CHECKPOINT_BEHIND', recovery: { kind: 'decide' } });
  });

  it('where a worker that is still alive commits meanwhile', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    world.files['b.csv'] = rowsOf(2);
    world.sink.faults.push('late');
    await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
    await ended(impatient.run(world.spec()));
    world.state = memoryState();
    // The request arrives after the rows were read.
    await using calve = world.calve({
      environment: {
        sleep: async () => {
          world.sink.deliverLate();
        },
      },
    });
    await expect(calve.adopt(world.spec())).rejects.toMatchObject({ code: 'CHECKPOINT_SUPERSEDED', recovery: { kind: 'retry' } });
    expect(await adopt(world)).toMatchObject({ outcome: 'adopted', committed: { main: 2 }, known: 2 });
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });
});
