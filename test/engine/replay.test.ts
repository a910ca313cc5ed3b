import { type IngestionSpec, type Json, memoryState, type ReplayFilter, type RunOptions, type UnitRecord } from '@calve/core';
import { withoutLeases } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { type Ended, ended, MemoryWorld, TABLE, type WorldOptions } from './memory-world.ts';

const REJECTED = `${TABLE}__rejected`;
const INTEGERS = { columns: { amount: { type: { kind: 'int64' as const } } } };
const WIDE = { limits: { maxRejectedRatio: 1 } };
/** Three good rows and two bad ones: one that no spec mends, one that is a null. */
const MIXED = 'id,amount\n1,10\n2,n/a\n3,30\n4,forty\n5,50\n';

function specOf(world: MemoryWorld, amount: Record<string, Json>, options: WorldOptions = {}): IngestionSpec {
  return world.spec({ ...WIDE, ...options, columns: { amount: { type: { kind: 'int64' }, ...amount } } as never });
}

async function replay(world: MemoryWorld, spec: IngestionSpec, filter?: ReplayFilter, options?: RunOptions): Promise<Ended> {
  await using calve = world.calve();
  return await ended(calve.replay(spec, filter, options));
}

function amounts(world: MemoryWorld): string[] {
  return world.rows().map(({ id, amount }) => `${id} ${amount}`);
}

/** Rejected rows by the commit that rejected them: line, codes and text. */
function rejects(world: MemoryWorld): string[] {
  return world.sink
    .rows(REJECTED)
    .map(({ sequence, line, errors, raw }) => `${sequence} line ${line} ${errors} ${Buffer.from(String(raw), 'base64')}`);
}

describe('rejected rows that go again', () => {
  it('are loaded once the spec reads them, under the name of their file, and never a second time', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    expect(amounts(world)).toEqual(['1 10', '3 30', '5 50']);
    expect(rejects(world)).toEqual(['1 line 3 amount:int64 2,n/a', '1 line 5 amount:int64 4,forty']);
    const mended = specOf(world, { nulls: ['n/a'] });
    const { error, result } = await replay(world, mended);
    expect(error).toBeNull();
    expect(result).toMatchObject({ outcome: 'committed', counts: { main: { read: 2, written: 1, rejected: 1 } } });
    expect(amounts(world)).toEqual(['1 10', '3 30', '5 50', '2 null']);
    expect(new Set(world.sink.rows(TABLE).map((row) => row['_source_file']))).toEqual(new Set(['memory:///a.csv']));
    // What is rejected again stands in the newer commit, with its place in the file.
    expect(rejects(world).slice(2)).toEqual(['2 line 5 amount:int64 4,forty']);
    expect((await replay(world, mended)).result.outcome).toBe('nothing-new');
    expect((await world.run(mended)).result.outcome).toBe('nothing-new');
    expect(amounts(world)).toHaveLength(4);
    // The row that was left can still be mended.
    expect((await replay(world, specOf(world, { onFailure: 'null' }))).result.counts['main']).toMatchObject({
      read: 1,
      written: 1,
    });
    expect(amounts(world)).toEqual(['1 10', '3 30', '5 50', '2 null', '4 null']);
  });

  it('stay where they are, and nothing is written, while none of them would be accepted', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    const { result, events } = await replay(world, specOf(world, {}));
    expect(result.outcome).toBe('nothing-new');
    expect(events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []))).toContainEqual(
      expect.objectContaining({
        code: 'ROWS_NOT_REPLAYED',
        message: expect.stringContaining('2 rejected rows of memory:///a.csv would be rejected again'),
      }),
    );
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
  });

  it('need no file: their bytes were kept', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    delete world.files['a.csv'];
    expect((await replay(world, specOf(world, { onFailure: 'null' }))).result.counts['main']).toMatchObject({
      read: 2,
      written: 2,
    });
    expect(amounts(world)).toEqual(['1 10', '3 30', '5 50', '2 null', '4 null']);
  });

  it('are each read for themselves, whatever is wrong with the one before', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = 'id,amount\n1,10\n2,2,2\n3,x\n4,"4\n5,5';
    await world.run({ ...WIDE, ...INTEGERS });
    expect(rejects(world)).toEqual([
      '1 line 3 row:token-count 2,2,2',
      '1 line 4 amount:int64 3,x',
      '1 line 5 amount:int64 4,"4\n5,5',
    ]);
    const { result } = await replay(world, specOf(world, { onFailure: 'null' }));
    expect(result.counts['main']).toMatchObject({ read: 3, written: 2, rejected: 1 });
    expect(amounts(world)).toEqual(['1 10', '3 null', '4 null']);
    expect(rejects(world).slice(3)).toEqual(['2 line 3 row:token-count 2,2,2']);
  });

  it('are whole again where only their beginning was kept, as long as their file is there', async () => {
    const note = 'x'.repeat(70_000);
    const file = `id,amount,note\n1,10,a\n2,n/a,${note}\n3,30,b\n`;
    for (const isThere of [true, false]) {
      const world = new MemoryWorld();
      world.files['a.csv'] = file;
      await world.run({ ...WIDE, ...INTEGERS });
      if (!isThere) delete world.files['a.csv'];
      const { result } = await replay(world, specOf(world, { nulls: ['n/a'] }));
      expect(result.outcome).toBe(isThere ? 'committed' : 'nothing-new');
      expect(world.rows().map((row) => String(row['note']).length)).toEqual(isThere ? [1, 1, 70_000] : [1, 1]);
    }
  });

  it('are chosen by file, commit, code, column and state', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    world.files['b.csv'] = 'id,amount\n6,six\n7,7,7\n';
    await world.run({ ...WIDE, ...INTEGERS });
    const mended = specOf(world, { onFailure: 'null' });
    await using calve = world.calve();
    const rowsFor = async (filter: ReplayFilter): Promise<string[]> =>
      (await calve.previewReplay(mended, filter)).rows.map(({ uri, rows, accepted }) => `${uri} ${accepted} of ${rows}`);
    const [a, b] = ['memory:///a.csv 2 of 2', 'memory:///b.csv 1 of 2'];
    expect(await rowsFor({})).toEqual([a, b]);
    expect(await rowsFor({ files: ['b.csv'] })).toEqual([b]);
    expect(await rowsFor({ files: ['memory:///a.csv'] })).toEqual([a]);
    expect(await rowsFor({ sequences: [1] })).toEqual([a]);
    expect(await rowsFor({ codes: ['row:token-count'] })).toEqual([b]);
    expect(await rowsFor({ columns: ['amount'] })).toEqual([a, b]);
    expect(await rowsFor({ columns: ['id'] })).toEqual([]);
    expect(await rowsFor({ states: ['held'] })).toEqual([]);
    await replay(world, mended, { files: ['b.csv'] });
    expect(await rowsFor({})).toEqual([a]);
  });

  it('keep the number of their record where the table tells it', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await using calve = world.calve();
    const spec = (amount: object): IngestionSpec =>
      calve
        .ingestion('orders')
        .from('memory')
        .as('csv', { header: true })
        .columns({ amount: { type: { kind: 'int64' }, ...amount } })
        .limits({ maxRejectedRatio: 1 })
        .settle(0)
        .into('lake', { table: TABLE }, { provenance: ['source-file', 'source-version', 'record', 'ingested-at'] })
        .build();
    await world.run(spec({}));
    await replay(world, spec({ onFailure: 'null' }));
    expect(world.sink.rows(TABLE).map((row) => `${row['id']} ${row['_source_record']}`)).toEqual([
      '1 1',
      '3 3',
      '5 5',
      '2 2',
      '4 4',
    ]);
  });

  it('stay when their table was changed by somebody, and it is said', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    await using calve = world.calve();
    const mended = specOf(world, { onFailure: 'null' });
    // The ledger counted one row more than the table has.
    const key = { tenant: 'default', ingestion: 'orders' };
    const store = await world.state.open();
    const current = await store.read(key);
    const [record] = (await store.lookup(key, 'place', ['memory:///a.csv'])).values();
    const main = record?.counts?.['main'];
    if (current === 'absent' || !record || !main) throw new TypeError('nothing was loaded');
    const counts = { ...record.counts, main: { ...main, read: 6, rejected: 3 } };
    await store.advance(key, current.version, current.head, [{ ...record, counts }]);
    const { left } = await calve.previewReplay(mended);
    expect(left).toMatchObject([{ reason: 'not-in-table', rows: 3, message: expect.stringContaining('has 2') }]);
    expect((await replay(world, mended)).result.outcome).toBe('nothing-new');
    world.sink.rollBack(REJECTED, null);
    await expect(calve.previewReplay(mended)).rejects.toMatchObject({ code: 'TABLE_ROLLED_BACK' });
  });

  it('do not go again when the ledger was rebuilt, or the file was loaded again: nobody knows whether they did', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    const mended = specOf(world, { onFailure: 'null' });
    await using calve = world.calve();
    await calve.reset(mended, { reload: true });
    await world.run(mended);
    expect(amounts(world)).toHaveLength(8);
    expect((await replay(world, mended)).result.outcome).toBe('nothing-new');
  });
});

describe('a replay that is interrupted', () => {
  it('ends with each row in the table once, wherever it is stopped', async () => {
    const labels = new Set<string>();
    for (let stop = 0; stop < 40; stop += 1) {
      const world = new MemoryWorld();
      world.files['a.csv'] = MIXED;
      await world.run({ ...WIDE, ...INTEGERS });
      let steps = 0;
      world.onStep = (label) => {
        labels.add(label);
        steps += 1;
        if (steps === stop + 1) throw new Error(`stopped at ${label}`);
      };
      const mended = specOf(world, { onFailure: 'null' });
      await using calve = world.calve();
      await ended(calve.replay(mended)).catch(() => {});
      world.onStep = () => {};
      await world.run(mended);
      await replay(world, mended);
      expect(amounts(world)).toEqual(['1 10', '3 30', '5 50', '2 null', '4 null']);
      if (steps < stop) break;
    }
    expect([...labels]).toEqual(
      expect.arrayContaining(['core.apply.announce', 'core.apply.stage', 'core.apply.staged', 'core.commit.finish']),
    );
  });

  it('is taken once when two workers replay at the same time, and lost answers change nothing', async () => {
    for (const faults of [[], ['lost-after'], ['lost-before'], ['conflict', 'lost-after']] as const) {
      const world = new MemoryWorld();
      world.files['a.csv'] = MIXED;
      await world.run({ ...WIDE, ...INTEGERS });
      world.sink.faults.push(...faults);
      const mended = specOf(world, { onFailure: 'null' });
      await Promise.all([replay(world, mended), replay(world, mended)].map((one) => one.catch(() => {})));
      await replay(world, mended);
      expect(amounts(world).sort()).toEqual(['1 10', '2 null', '3 30', '4 null', '5 50']);
    }
  });
});

describe('files that go again', () => {
  it('are planned as requested, also from quarantine, and new files are left alone', async () => {
    const world = new MemoryWorld();
    const held = 'id,name\n1,a\n';
    world.files['a.csv'] = held;
    await world.run();
    world.files['a.csv'] = 'id,name\n1,a\n2,b\n';
    const { error } = await world.run();
    expect(error?.diagnostics[0]?.code).toBe('OBJECT_CHANGED_AFTER_LOAD');
    world.files['new.csv'] = 'id,name\n9,z\n';
    const { result } = await replay(world, world.spec({ onChanged: 'append' }));
    expect(result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['1', '1', '2']);
  });
});

describe('a ledger that knows of rows that went again', () => {
  /** An ingestion of which one of two rejected rows went again. */
  async function replayed(): Promise<{ world: MemoryWorld; mended: IngestionSpec }> {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    await replay(world, specOf(world, { nulls: ['n/a'] }));
    return { world, mended: specOf(world, { onFailure: 'null' }) };
  }

  it('agrees with folder and table, and counts the file once', async () => {
    const { world, mended } = await replayed();
    await using calve = world.calve();
    const audit = await calve.audit(mended);
    expect(audit.findings).toEqual([]);
    expect(audit).toMatchObject({ isHealthy: true, ledger: { files: 1, rows: 4, rejected: 3 } });
    const { commits } = await calve.history(mended);
    expect(commits.map(({ sequence, counts }) => [sequence, counts?.['main']?.written])).toEqual([
      [2, 1],
      [1, 3],
    ]);
  });

  it('is rebuilt without the knowledge which rows went, and lets none go again', async () => {
    const { world, mended } = await replayed();
    world.state = withoutLeases(memoryState());
    await using calve = world.calve();
    await calve.adopt(mended);
    expect((await calve.audit(mended)).isHealthy).toBe(true);
    expect((await replay(world, mended)).result.outcome).toBe('nothing-new');
    expect(amounts(world)).toHaveLength(4);
  });

  it('lets none go again when it is an old copy of before they went', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = MIXED;
    await world.run({ ...WIDE, ...INTEGERS });
    const key = { tenant: 'default', ingestion: 'orders' };
    const store = await world.state.open();
    const found = await store.read(key);
    const records: UnitRecord[] = [];
    for await (const record of store.scan(key, {})) records.push(record);
    const mended = specOf(world, { onFailure: 'null' });
    await replay(world, mended);
    const copy = memoryState();
    if (found === 'absent') throw new TypeError('there is no ledger');
    await (await copy.open()).advance(key, 'absent', found.head, records);
    world.state = withoutLeases(copy);
    await using calve = world.calve();
    await expect(calve.previewReplay(mended)).rejects.toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    await calve.adopt(mended);
    expect((await replay(world, mended)).result.outcome).toBe('nothing-new');
    expect(amounts(world)).toHaveLength(5);
  });

  it('holds a file that changes afterwards as one that was loaded', async () => {
    const { world, mended } = await replayed();
    world.files['a.csv'] = `${MIXED}6,60\n`;
    const { error } = await world.run(mended);
    expect(error?.diagnostics[0]?.code).toBe('OBJECT_CHANGED_AFTER_LOAD');
    world.files['a.csv'] = MIXED;
    expect((await world.run(mended)).result.outcome).toBe('nothing-new');
    // One row still waits, whatever happened to the file.
    expect((await replay(world, mended)).result.counts['main']).toMatchObject({ read: 1, written: 1 });
  });

  it('lets them go again after a rollback of the commit in which they went', async () => {
    const { world, mended } = await replayed();
    const [first] = world.sink.snapshots(TABLE);
    world.sink.rollBack(TABLE, first?.id ?? null);
    await using calve = world.calve();
    await calve.acceptRollback(mended, { reingest: true });
    await world.run(mended);
    expect(amounts(world)).toEqual(['1 10', '3 30', '5 50']);
    const { result } = await replay(world, mended);
    expect(result.counts['main']).toMatchObject({ written: 2 });
    expect(amounts(world)).toEqual(['1 10', '3 30', '5 50', '2 null', '4 null']);
  });
});
