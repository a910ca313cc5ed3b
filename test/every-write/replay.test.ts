import { explainFindings, type ReplayFilter, type ReplayPreview } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { type Ended, ended } from '../engine/memory-world.ts';
import { LakeWorld, type SpecOptions } from './lake-world.ts';

const HEADER = 'id,amount,version\n';
const INTEGERS: SpecOptions['columns'] = { amount: { type: { kind: 'int64' } } };
const MENDED: SpecOptions['columns'] = { amount: { type: { kind: 'int64' }, nulls: ['n/a'] } };
const MODE = { mode: 'merge', keys: ['id'], newest: ['version'] } as const satisfies SpecOptions['mode'];
const merge: SpecOptions = { mode: { ...MODE, keys: ['id'], newest: ['version'] }, columns: INTEGERS };
const mended: SpecOptions = { ...merge, columns: MENDED };

/** What two files leave in the table: of three rejected rows of the first one, the second has a newer one, an older one and none. */
const BEFORE = ['1 10 @1', '2 22 @4', '3 33 @4', '5 50 @1'];
const AFTER = ['1 10 @1', '2 null @5', '3 33 @4', '4 null @2', '5 50 @1'];

async function withRejectedRows(options: SpecOptions = merge): Promise<LakeWorld> {
  const world = await LakeWorld.create();
  world.put('a.csv', `${HEADER}1,10,1\n2,n/a,5\n3,n/a,1\n4,n/a,2\n`);
  const { result } = await world.run(options);
  expect(result.counts['main']).toMatchObject({ read: 4, written: 1, rejected: 3 });
  world.put('b.csv', `${HEADER}2,22,4\n3,33,4\n5,50,1\n`);
  expect((await world.run(options)).error).toBeNull();
  expect(await rowsOf(world)).toEqual(BEFORE);
  return world;
}

async function replay(world: LakeWorld, options: SpecOptions, filter: ReplayFilter = {}): Promise<Ended> {
  await using calve = world.calve();
  return await ended(calve.replay(world.spec(options), filter));
}

async function preview(world: LakeWorld, options: SpecOptions, filter: ReplayFilter = {}): Promise<ReplayPreview> {
  await using calve = world.calve();
  return await calve.previewReplay(world.spec(options), filter);
}

async function rowsOf(world: LakeWorld): Promise<string[]> {
  return (await world.rows()).map(({ id, amount, version }) => `${id} ${amount} @${version}`).sort();
}

/** Neither a replay nor a run finds anything to do, and ledger and table agree. */
async function expectSettled(world: LakeWorld, options: SpecOptions): Promise<void> {
  const rows = await rowsOf(world);
  const files = await world.dataFiles();
  expect((await replay(world, options)).result.outcome).toBe('nothing-new');
  expect((await world.run(options)).result.outcome).toBe('nothing-new');
  expect([await rowsOf(world), await world.dataFiles()]).toEqual([rows, files]);
  expect(await preview(world, options)).toMatchObject({ files: [], rows: [] });
  await using calve = world.calve();
  expect((await calve.audit(world.spec(options))).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
}

describe('rejected rows of a merge', () => {
  it('are merged when they go again: the newest row of a key stays, whatever came meanwhile', async () => {
    await using world = await withRejectedRows();
    expect((await preview(world, mended)).rows).toMatchObject([{ uri: 'memory:///a.csv', rows: 3, accepted: 3 }]);
    const { error, result } = await replay(world, mended);
    expect(error).toBeNull();
    expect(result.counts['main']).toMatchObject({ read: 3, written: 2, rejected: 0, deduplicated: 1, replaced: 1 });
    expect(await rowsOf(world)).toEqual(AFTER);
    await expectSettled(world, mended);
    // The row that lost against a newer one is done with too.
    world.put('c.csv', `${HEADER}3,30,5\n`);
    expect((await world.run(mended)).error).toBeNull();
    await expectSettled(world, mended);
    expect(await rowsOf(world)).toContain('3 30 @5');
  });

  it('stay where no column says which row is newer and rows were loaded since, until one does', async () => {
    const mode: SpecOptions['mode'] = { mode: 'merge', keys: ['id'] };
    await using world = await withRejectedRows({ ...merge, mode });
    const { rows, left } = await preview(world, { ...mended, mode });
    expect([rows, left]).toMatchObject([[], [{ reason: 'overtaken', rows: 3, message: expect.stringContaining('"newest"') }]]);
    expect((await replay(world, { ...mended, mode })).result.outcome).toBe('nothing-new');
    expect(await rowsOf(world)).toEqual(BEFORE);
    await using calve = world.calve();
    const [finding] = (await calve.findings(world.spec({ ...merge, mode }))).findings;
    expect(finding).toMatchObject({
      code: 'amount:int64',
      staysOut: true,
      fixes: [],
      message: expect.stringContaining('"newest"'),
    });
    expect((await replay(world, mended)).error).toBeNull();
    expect(await rowsOf(world)).toEqual(AFTER);
  });

  it('stay as well where a later file of their own commit has rows', async () => {
    const mode: SpecOptions['mode'] = { mode: 'merge', keys: ['id'] };
    for (const [first, second, table] of [
      ['7,n/a,1\n', '7,777,2\n', ['7 777 @2']],
      ['7,777,1\n', '7,n/a,2\n', ['7 null @2']],
    ] as const) {
      await using world = await LakeWorld.create();
      world.put('a.csv', `${HEADER}${first}`);
      world.put('b.csv', `${HEADER}${second}`);
      await world.run({ ...merge, mode });
      expect((await replay(world, { ...mended, mode })).error).toBeNull();
      expect(await rowsOf(world)).toEqual(table);
    }
  });

  it('of many files go in several commits, each before those that came after it', async () => {
    const mode: SpecOptions['mode'] = { mode: 'merge', keys: ['id'] };
    await using world = await LakeWorld.create();
    for (const [index, name] of ['c.csv', 'a.csv', 'b.csv'].entries()) world.put(name, `${HEADER}7,n/a,${index}\n`);
    await world.run({ ...merge, mode });
    const limits: SpecOptions['limits'] = { maxRejectedRatio: 1, maxUnitsPerBatch: 1 };
    expect((await replay(world, { ...mended, mode, limits })).error).toBeNull();
    expect(await rowsOf(world)).toEqual(['7 null @2']);
    expect((await preview(world, { ...mended, mode })).left).toEqual([]);
  });

  it('are ordered as they were: by the time of their file, then by their place in it', async () => {
    const mode: SpecOptions['mode'] = { mode: 'merge', keys: ['id'] };
    await using world = await LakeWorld.create();
    world.put('b.csv', `${HEADER}1,10,0\n7,n/a,2\n7,n/a,1\n8,n/a,2\n8,n/a,1\n`);
    world.put('a.csv', `${HEADER}7,n/a,4\n7,n/a,3\n`);
    expect((await world.run({ ...merge, mode })).result.counts['main']).toMatchObject({ rejected: 6 });
    expect((await replay(world, { ...mended, mode })).result.counts['main']).toMatchObject({ written: 2, deduplicated: 4 });
    expect(await rowsOf(world)).toEqual(['1 10 @0', '7 null @3', '8 null @1']);
  });

  it('leave the report with the number of rows that the table has', async () => {
    await using world = await LakeWorld.create();
    for (const version of [1, 2, 3]) {
      world.put(`${version}.csv`, `${HEADER}1,10,${version}\n2,20,${version}\n`);
      await world.run(merge);
    }
    await using calve = world.calve();
    expect((await calve.findings(world.spec(merge))).landed).toMatchObject({ files: 3, rows: 2, loadedRows: 6, commits: 3 });
  });

  it('stay where they are while they still have no key', async () => {
    await using world = await LakeWorld.create();
    world.put('a.csv', `${HEADER}1,10,1\n,20,1\n`);
    await world.run(merge);
    expect(await preview(world, mended)).toMatchObject({ rows: [], left: [{ reason: 'unchanged', rows: 1 }] });
    expect((await replay(world, mended)).result.outcome).toBe('nothing-new');
    expect(await rowsOf(world)).toEqual(['1 10 @1']);
  });

  it('never go again when their file was corrected, and go with it when they went before', async () => {
    for (const isReplayed of [false, true]) {
      await using world = await withRejectedRows({ ...merge, onChanged: 'replace' });
      if (isReplayed) expect((await replay(world, mended)).result.counts['main']).toMatchObject({ written: 2 });
      world.put('a.csv', `${HEADER}1,11,2\n`);
      const corrected: SpecOptions = { ...mended, onChanged: 'replace' };
      expect((await world.run(corrected)).error).toBeNull();
      // What b.csv had of the key 2 was replaced by the row that went again, and went with its file.
      const left = isReplayed ? ['3 33 @4', '5 50 @1'] : BEFORE.slice(1);
      expect(await rowsOf(world)).toEqual(['1 11 @2', ...left]);
      await expectSettled(world, corrected);
      expect(await rowsOf(world)).toEqual(['1 11 @2', ...left]);
    }
  });

  it('are merged once wherever the replay is stopped', async () => {
    const labels = new Set<string>();
    let isWhole = false;
    for (let stop = 1; !isWhole; stop += 1) {
      await using world = await withRejectedRows();
      let steps = 0;
      world.onStep = (label) => {
        labels.add(label);
        steps += 1;
        if (steps === stop) throw new Error(`stopped at ${label}`);
      };
      await replay(world, mended).catch(() => {});
      world.onStep = () => {};
      isWhole = steps < stop;
      // Whoever comes next finds new rows of the same keys, and may have to stage again.
      world.put('c.csv', `${HEADER}4,44,1\n5,55,2\n`);
      expect((await world.run(mended)).error).toBeNull();
      expect((await replay(world, mended)).error).toBeNull();
      expect([stop, await rowsOf(world)]).toEqual([stop, [...AFTER.slice(0, 4), '5 55 @2']]);
      if (stop % 8 === 0) await expectSettled(world, mended);
    }
    expect([...labels]).toEqual(
      expect.arrayContaining(['core.apply.stage', 'core.apply.staged', 'iceberg.prepare.manifest-list', 'core.commit.finish']),
    );
  });

  it('are merged once when two workers replay at the same time', async () => {
    await using world = await withRejectedRows();
    await Promise.all([replay(world, mended), replay(world, mended)].map((one) => one.catch(() => {})));
    expect((await replay(world, mended)).error).toBeNull();
    expect(await rowsOf(world)).toEqual(AFTER);
    await expectSettled(world, mended);
  });
});

describe('held files of a merge', () => {
  const strict: SpecOptions = { mode: { ...MODE, keys: ['id'], newest: ['version'] }, limits: { maxRejectedRatio: 0 } };

  /** A file is held; what comes after it has newer and older rows of its keys. */
  async function withHeldFile(): Promise<LakeWorld> {
    const world = await LakeWorld.create();
    world.put('a.csv', `${HEADER}1,10,1\n2,20,1\n`);
    await world.run(strict);
    world.put('held.csv', `${HEADER}1,n/a,3\n2,19,1\n3,30,1\n`);
    const { error } = await world.run(strict);
    expect(error?.diagnostics[0]?.code).toBe('SCHEMA_TYPE_CONFLICT');
    world.put('b.csv', `${HEADER}1,11,2\n2,21,2\n`);
    expect((await world.run(strict)).result).toMatchObject({ units: { ingested: 1, held: 1 } });
    expect(await rowsOf(world)).toEqual(['1 11 @2', '2 21 @2']);
    return world;
  }

  it('are merged after the fix as any file: the newest row of a key stays, and nothing comes twice', async () => {
    await using world = await withHeldFile();
    expect((await preview(world, mended)).files).toMatchObject([{ uri: 'memory:///held.csv', state: 'load' }]);
    const { error, result } = await replay(world, mended, { states: ['held'] });
    expect(error).toBeNull();
    expect(result.counts['main']).toMatchObject({ read: 3, written: 2, deduplicated: 1, replaced: 1 });
    expect(await rowsOf(world)).toEqual(['1 null @3', '2 21 @2', '3 30 @1']);
    await expectSettled(world, mended);
  });

  it('are merged once when the replay is stopped between staging and commit', async () => {
    for (const label of ['core.apply.staged', 'iceberg.prepare.manifest-list', 'core.commit.finish']) {
      await using world = await withHeldFile();
      const seen: string[] = [];
      world.onStep = (step) => {
        seen.push(step);
        if (step === label) throw new Error(`stopped at ${label}`);
      };
      await replay(world, mended).catch(() => {});
      world.onStep = () => {};
      expect(seen.at(-1)).toBe(label);
      expect((await replay(world, mended)).error).toBeNull();
      expect(await rowsOf(world)).toEqual(['1 null @3', '2 21 @2', '3 30 @1']);
      await expectSettled(world, mended);
    }
  });
});

describe.each(['overwrite-table', 'overwrite-partitions'] as const)('an ingestion with the mode %s', (kind) => {
  const target: SpecOptions['target'] = { partitionBy: [{ transform: 'identity', column: 'version' }] };
  const overwrite: SpecOptions = { mode: { mode: kind }, target };

  it('leaves rejected rows where they are, and says why', async () => {
    await using world = await LakeWorld.create();
    world.put('a.csv', `${HEADER}1,10,1\n2,n/a,1\n`);
    expect((await world.run({ ...overwrite, columns: INTEGERS })).result.counts['main']).toMatchObject({ rejected: 1 });
    const after = { ...overwrite, columns: MENDED };
    expect(await preview(world, after)).toMatchObject({
      rows: [],
      left: [{ reason: 'not-appending', rows: 1, message: expect.stringContaining('deliver it again') }],
    });
    for (const _ of [1, 2]) {
      const { result, events } = await replay(world, after);
      expect(result.outcome).toBe('nothing-new');
      const said = events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic] : []));
      expect(said).toMatchObject([
        { code: 'ROWS_NOT_REPLAYED', severity: 'warning', message: expect.stringContaining('overwrites') },
      ]);
    }
    expect(await rowsOf(world)).toEqual(['1 10 @1']);
  });

  it('replace nothing while a file of the delivery is held, and everything once it is mended', async () => {
    await using world = await LakeWorld.create();
    const strict = { ...overwrite, limits: { maxRejectedRatio: 0 } };
    world.put('a.csv', `${HEADER}1,10,1\n`);
    await world.run(strict);
    world.put('b.csv', `${HEADER}1,11,1\n`);
    world.put('held.csv', `${HEADER}2,n/a,1\n`);
    for (const _ of ['when its rows are counted', 'when the ledger knows it']) {
      const { error, result } = await world.run(strict);
      expect(error).toMatchObject({ code: 'OVERWRITE_INCOMPLETE', recovery: { kind: 'decide' } });
      expect(error?.message).toContain('held.csv is missing');
      expect(result).toMatchObject({ units: { ingested: 0, held: 1 } });
      expect(await rowsOf(world)).toEqual(['1 10 @1']);
    }
    const { result } = await world.run({ ...strict, columns: MENDED });
    expect(result).toMatchObject({ units: { ingested: 2, held: 0 } });
    expect(await rowsOf(world)).toEqual(['1 11 @1', '2 null @1']);
  });

  it('lists rejected rows without offering a replay, and counts what is in the table', async () => {
    await using world = await LakeWorld.create();
    const options = { ...overwrite, columns: INTEGERS };
    world.put('a.csv', `${HEADER}1,10,1\n2,n/a,1\n3,30,1\n`);
    await world.run(options);
    await using calve = world.calve();
    const report = await calve.findings(world.spec(options));
    expect(report.landed).toMatchObject({ files: 1, rows: 2, loadedRows: 2, rejectedRows: 1 });
    expect(report.findings).toMatchObject([{ code: 'amount:int64', staysOut: true, fixes: [{}, {}] }]);
    world.put('b.csv', `${HEADER}4,40,1\n`);
    await world.run(options);
    const after = await calve.findings(world.spec(options));
    expect(after.landed).toMatchObject({ rows: 1, loadedRows: 3, commits: 2 });
    expect(explainFindings(after)).toContain('3 rows were loaded in 2 commits, 2 of them replaced since.');
    // Of the other partitions, the rejected rows of earlier commits are missing still.
    expect(after.findings).toHaveLength(kind === 'overwrite-table' ? 0 : 1);
  });

  it('refuses to put a held file in the place of what was loaded since', async () => {
    await using world = await LakeWorld.create();
    const strict = { ...overwrite, limits: { maxRejectedRatio: 0 } };
    world.put('a.csv', `${HEADER}1,10,1\n`);
    await world.run(strict);
    world.put('b.csv', `${HEADER}1,11,1\n`);
    world.put('held.csv', `${HEADER}2,n/a,1\n`);
    expect((await world.run(strict)).error).toMatchObject({ code: 'OVERWRITE_INCOMPLETE' });
    expect((await world.run({ ...strict, pattern: 'b.csv' })).error).toBeNull();
    const after = { ...strict, columns: MENDED };
    await expect(preview(world, after)).rejects.toMatchObject({ code: 'OVERWRITE_INCOMPLETE' });
    for (const _ of [1, 2]) {
      const { error, result } = await replay(world, after);
      expect(error).toMatchObject({ code: 'OVERWRITE_INCOMPLETE', recovery: { kind: 'decide' } });
      expect(error?.message).toMatch(/held\.csv cannot go again by a replay: .* Deliver it again/);
      expect(result.outcome).toBe('held');
    }
    expect(await rowsOf(world)).toEqual(['1 11 @1']);
  });

  it('still says of a held file that was not mended why it waits', async () => {
    await using world = await LakeWorld.create();
    const strict = { ...overwrite, limits: { maxRejectedRatio: 0 } };
    world.put('a.csv', `${HEADER}1,10,1\n`);
    await world.run(strict);
    world.put('held.csv', `${HEADER}2,n/a,1\n`);
    await world.run(strict);
    expect((await replay(world, strict)).error).toMatchObject({ code: 'UNITS_SET_ASIDE' });
  });
});
