import { CalveError, memoryState, type RollbackChoice } from '@calve/core';
import type { MemorySinkFault } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

const REJECTED = `${TABLE}__rejected`;
const key = { tenant: 'default', ingestion: 'orders' };
const amounts = { columns: { amount: { type: { kind: 'int32' } } }, limits: { maxRejectedRatio: 1 } } as const;

/** Four commits, one for each file. The files have two rows each. */
async function loaded(options: Parameters<MemoryWorld['run']>[0] = {}): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) {
    world.files[`${name}.csv`] = rowsOf(at * 10, at * 10 + 1);
    expect((await world.run(options)).result.outcome).toBe('committed');
  }
  return world;
}

/** With a bad row in each of the four files. */
async function loadedWithRejects(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) {
    world.files[`${name}.csv`] = `id,amount\n${at},${at}\n${at + 100},bad\n`;
    await world.run(amounts);
  }
  expect(world.rows(REJECTED)).toHaveLength(4);
  return world;
}

/** Somebody rolls the table back to its commit with this number; 0: to before the first one. */
function rollBackTo(world: MemoryWorld, sequence: number, table = TABLE): void {
  world.sink.rollBack(table, sequence === 0 ? null : world.sink.snapshots(table)[sequence - 1]!.id);
}

async function accept(world: MemoryWorld, choice: RollbackChoice) {
  await using calve = world.calve();
  return await calve.acceptRollback(world.spec(), choice);
}

async function preview(world: MemoryWorld) {
  await using calve = world.calve();
  return await calve.previewAcceptRollback(world.spec());
}

async function stateOf(world: MemoryWorld) {
  const store = await world.state.open();
  const records = [];
  for await (const record of store.scan(key, {})) records.push(record);
  return { head: await store.read(key), records };
}

async function headOf(world: MemoryWorld) {
  const { head } = await stateOf(world);
  if (head === 'absent') throw new TypeError('there is no ledger');
  return head.head;
}

/** Of the next run, the request for rejected rows gets this answer, and the process ends. */
async function failRejected(world: MemoryWorld, fault: MemorySinkFault): Promise<void> {
  await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
  impatient.on('event', (event) => {
    if (event.kind === 'commit-attempted' && event.output === 'main') world.sink.faults.push(fault);
  });
  expect((await ended(impatient.run(world.spec(amounts)))).error?.code).toBe('COMMIT_STATE_UNKNOWN');
}

const rejectedIds = (world: MemoryWorld): number[] =>
  world
    .rows(REJECTED)
    .map(({ raw }) => Number(Buffer.from(String(raw), 'base64').toString().split(',')[0]))
    .sort((a, b) => a - b);

const ids = (world: MemoryWorld): number[] =>
  world
    .column('id')
    .map(Number)
    .sort((a, b) => a - b);

describe('a table that was rolled back', () => {
  it.each([2, 0])('stops the next run before it reads a file, also when nothing is new: to commit %i', async (sequence) => {
    const world = await loaded();
    rollBackTo(world, sequence);
    const { error } = await world.run();
    expect(error).toMatchObject({
      code: 'TABLE_ROLLED_BACK',
      recovery: {
        kind: 'decide',
        choices: ['put the table back', 'accept the rollback, and say whether the files that went load again'],
      },
      context: { sequence: 4, rollback: 'rolled-back' },
    });
    expect(error?.message).toContain(TABLE);
    rollBackTo(world, 4);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it('is previewed: which files, how many rows, and writes nothing', async () => {
    const world = await loaded();
    rollBackTo(world, 1);
    delete world.files['d.csv'];
    const before = await stateOf(world);
    const snapshots = world.sink.snapshots(TABLE).map(({ id }) => id);
    expect(await preview(world)).toEqual({
      ingestion: 'orders',
      state: 'memory',
      table: TABLE,
      tables: {
        main: { table: TABLE, rollback: 'rolled-back', proven: 4, snapshot: snapshots[3], shown: 1, head: snapshots[0] },
      },
      open: null,
      files: { count: 2, bytes: expect.any(Number), examples: ['memory:///b.csv', 'memory:///c.csv'] },
      gone: { count: 1, bytes: expect.any(Number), examples: ['memory:///d.csv'] },
      back: { count: 0, bytes: 0, examples: [] },
      rows: { main: 6 },
      twice: {},
      isTold: true,
    });
    expect(await stateOf(world)).toEqual(before);
  });

  it.each([undefined, {}, { reingest: true, leaveOut: true }, { reingest: false }, { leaveOut: 'yes' }])(
    'is not accepted with the choice %j, which changes nothing and is told what each choice means',
    async (choice) => {
      const world = await loaded();
      rollBackTo(world, 1);
      const before = await stateOf(world);
      const error = await accept(world, choice as unknown as RollbackChoice).catch((thrown: unknown) => thrown);
      expect(CalveError.is(error) && error.toJSON()).toMatchObject({
        code: 'OPTIONS_INVALID',
        recovery: {
          kind: 'decide',
          choices: ['reingest: 3 files load again', `leaveOut: 3 files count as loaded, without a row in ${TABLE}`],
        },
        context: { files: { count: 3 }, rows: { main: 6 } },
      });
      expect(await stateOf(world)).toEqual(before);
    },
  );

  it.each([3, 1, 0])('to commit %i, with reingest: what went loads again, under the next numbers', async (sequence) => {
    const world = await loaded();
    rollBackTo(world, sequence);
    expect(await accept(world, { reingest: true })).toMatchObject({ outcome: 'accepted', files: 4 - sequence, back: 0 });
    expect((await headOf(world)).accepted).toMatchObject({ main: { isReingested: true } });
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 4 - sequence } });
    expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, 30, 31]);
    expect(await headOf(world)).toMatchObject({ committed: { main: 5 } });
    expect((await headOf(world)).accepted).toBeUndefined();
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it.each([3, 1, 0])('to commit %i, with leaveOut: what went stays out, and what comes later loads', async (sequence) => {
    const world = await loaded();
    rollBackTo(world, sequence);
    expect(await accept(world, { leaveOut: true })).toMatchObject({ outcome: 'accepted', files: 4 - sequence });
    expect((await world.run()).result.outcome).toBe('nothing-new');
    world.files['e.csv'] = rowsOf(40);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(ids(world)).toEqual([...[0, 1, 10, 11, 20, 21].slice(0, sequence * 2), 40]);
    expect((await headOf(world)).committed['main']).toBe(5);
    world.files['copy.csv'] = rowsOf(30, 31);
    expect((await world.run()).result).toMatchObject({ outcome: 'nothing-new', units: { skipped: 1 } });
  });

  it('with a commit of another writer on top is accepted too', async () => {
    const world = await loaded();
    rollBackTo(world, 2);
    world.sink.touch(TABLE);
    expect((await world.run()).error?.code).toBe('TABLE_ROLLED_BACK');
    await accept(world, { reingest: true });
    world.sink.touch(TABLE);
    await world.run();
    expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, 30, 31]);
  });

  it('is accepted once: further back stops again, before and after the next commit', async () => {
    const world = await loaded();
    rollBackTo(world, 3);
    await accept(world, { leaveOut: true });
    rollBackTo(world, 2);
    expect((await world.run()).error?.code).toBe('TABLE_ROLLED_BACK');
    expect(await preview(world)).toMatchObject({ files: { count: 1, examples: ['memory:///c.csv'] } });
    await accept(world, { reingest: true });
    await world.run();
    expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21]);
    rollBackTo(world, 2);
    expect((await world.run()).error?.code).toBe('TABLE_ROLLED_BACK');
    expect(await preview(world)).toMatchObject({ files: { count: 1, examples: ['memory:///c.csv'] } });
  });

  it('is accepted once: accepting again has nothing to accept', async () => {
    const world = await loaded();
    expect(await accept(world, { reingest: true })).toEqual({ outcome: 'nothing-to-accept', files: 0, back: 0, accepted: {} });
    rollBackTo(world, 3);
    await accept(world, { leaveOut: true });
    const before = await stateOf(world);
    expect(await accept(world, { leaveOut: true })).toMatchObject({ outcome: 'nothing-to-accept', accepted: { main: {} } });
    expect(await stateOf(world)).toEqual(before);
  });

  it.each([{ reingest: true }, { leaveOut: true }] as const)(
    'and put back after it was accepted with %j doubles nothing',
    async (choice) => {
      const world = await loaded();
      rollBackTo(world, 2);
      await accept(world, choice);
      rollBackTo(world, 4);
      const { error } = await world.run();
      expect(error?.code).toBe(choice.reingest && 'TABLE_ROLLED_BACK');
      if (choice.reingest) {
        expect(await preview(world)).toMatchObject({ tables: { main: { rollback: 'came-back' } }, back: { count: 2 } });
        expect(await accept(world, choice)).toMatchObject({ outcome: 'accepted', files: 0, back: 2, accepted: {} });
      }
      world.files['e.csv'] = rowsOf(40);
      expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
      expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, 30, 31, 40]);
    },
  );

  it('of which it cannot be told, with reingest: loads the files that no row of the table names', async () => {
    const world = await loaded();
    const [, second, third] = world.sink.snapshots(TABLE).map(({ id }) => id);
    rollBackTo(world, 2);
    world.sink.touch(TABLE);
    world.sink.touch(TABLE);
    // The foreign snapshot between what readers see and what they saw then.
    world.sink.expire(TABLE, world.sink.snapshots(TABLE).at(-2)!.id);
    world.sink.expire(TABLE, second!);
    world.sink.expire(TABLE, third!);
    expect((await world.run()).error).toMatchObject({ code: 'TABLE_ROLLED_BACK', context: { rollback: 'undecidable' } });
    expect(await preview(world)).toMatchObject({ files: { count: 2, examples: ['memory:///c.csv', 'memory:///d.csv'] } });
    await accept(world, { reingest: true });
    await world.run();
    expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, 30, 31]);
  });

  it('after its ledger was adopted: loads the files that no row of the table names', async () => {
    const world = await loaded();
    world.state = memoryState();
    await using calve = world.calve();
    await calve.adopt(world.spec());
    rollBackTo(world, 2);
    expect(await preview(world)).toMatchObject({ files: { count: 2, examples: ['memory:///c.csv', 'memory:///d.csv'] } });
    await accept(world, { reingest: true });
    await world.run();
    expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, 30, 31]);
  });

  it('stays accepted through a reset', async () => {
    const world = await loaded();
    rollBackTo(world, 2);
    await accept(world, { leaveOut: true });
    await using calve = world.calve();
    await calve.reset(world.spec(), { fromNow: true });
    world.files['e.csv'] = rowsOf(40);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(ids(world)).toEqual([0, 1, 10, 11, 40]);
  });

  it('without a ledger has nothing to accept it, and an old copy of the ledger is told so first', async () => {
    const world = await loaded();
    const old = await stateOf(world);
    world.files['e.csv'] = rowsOf(40);
    await world.run();
    rollBackTo(world, 2);
    world.state = memoryState();
    await expect(accept(world, { reingest: true })).rejects.toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    if (old.head === 'absent') throw new TypeError('there is no ledger');
    await (await world.state.open()).advance(key, 'absent', old.head.head, old.records);
    await expect(accept(world, { reingest: true })).rejects.toMatchObject({ code: 'CHECKPOINT_BEHIND' });
    const empty = new MemoryWorld();
    await expect(accept(empty, { reingest: true })).rejects.toMatchObject({
      code: 'OPTIONS_INVALID',
      recovery: { kind: 'fix-input' },
    });
  });
});

describe('a rollback while a commit is open', () => {
  it.each([{ reingest: true }, { leaveOut: true }] as const)(
    'that was not applied: %j, and the commit goes on',
    async (choice) => {
      const world = await loaded();
      world.files['e.csv'] = rowsOf(40);
      world.sink.faults.push('lost-before');
      await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
      expect((await ended(impatient.run(world.spec()))).error?.code).toBe('COMMIT_STATE_UNKNOWN');
      rollBackTo(world, 3);
      expect((await world.run()).error?.code).toBe('TABLE_ROLLED_BACK');
      expect(await accept(world, choice)).toMatchObject({ outcome: 'accepted', files: 1 });
      await world.run();
      expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, ...(choice.reingest ? [30, 31] : []), 40]);
      expect((await world.run()).result.outcome).toBe('nothing-new');
    },
  );

  it.each([{ reingest: true }, { leaveOut: true }] as const)('that was applied and went with it: %j', async (choice) => {
    const world = await loaded();
    world.files['e.csv'] = rowsOf(40);
    world.sink.faults.push('lost-after');
    await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
    await ended(impatient.run(world.spec()));
    rollBackTo(world, 3);
    expect((await world.run()).error?.code).toBe('TABLE_ROLLED_BACK');
    expect(await accept(world, choice)).toMatchObject({ outcome: 'accepted', files: 2 });
    expect(await headOf(world)).toMatchObject({ intent: null, committed: { main: 5 } });
    world.files['f.csv'] = rowsOf(50);
    await world.run();
    expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, ...(choice.reingest ? [30, 31, 40] : []), 50]);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it.each([{ reingest: true }, { leaveOut: true }] as const)(
    'that was applied, of which it cannot be told whether it went: %j counts it as loaded where its rows are',
    async (choice) => {
      const world = await loadedWithRejects();
      world.files['e.csv'] = 'id,amount\n4,4\n104,bad\n';
      world.sink.faults.push('lost-after');
      await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
      await ended(impatient.run(world.spec(amounts)));
      world.sink.touch(TABLE);
      world.sink.touch(TABLE);
      world.sink.expire(TABLE, world.sink.snapshots(TABLE).at(-2)!.id);
      expect((await world.run(amounts)).error?.code).toBe('TABLE_ROLLED_BACK');
      await accept(world, choice);
      await world.run(amounts);
      expect(ids(world)).toEqual([0, 1, 2, 3, 4]);
      expect(rejectedIds(world)).toEqual([100, 101, 102, 103, 104]);
      expect((await world.run(amounts)).result.outcome).toBe('nothing-new');
    },
  );

  it.each(['late', 'lost-before', 'lost-after'] as const)(
    'whose rejected rows were sent and not answered (%s), with both tables rolled back: nothing is there twice when the request arrives',
    async (fault) => {
      const world = await loadedWithRejects();
      world.files['e.csv'] = 'id,amount\n4,4\n104,bad\n';
      await failRejected(world, fault);
      rollBackTo(world, 3);
      rollBackTo(world, 3, REJECTED);
      expect((await world.run(amounts)).error?.code).toBe('TABLE_ROLLED_BACK');
      expect(await accept(world, { reingest: true })).toMatchObject({ outcome: 'accepted', files: 2 });
      world.sink.deliverLate();
      await world.run(amounts);
      world.sink.deliverLate();
      expect(ids(world)).toEqual([0, 1, 2, 3, 4]);
      expect(rejectedIds(world)).toEqual([100, 101, 102, 103, 104]);
    },
  );

  it.each(['late', 'lost-before'] as const)(
    'whose rejected rows were sent and not answered (%s), to a table that readers still see as it was then: they are settled first',
    async (fault) => {
      const world = await loadedWithRejects();
      world.sink.touch(REJECTED);
      world.sink.touch(REJECTED);
      const between = world.sink.snapshots(REJECTED).at(-2)!.id;
      world.files['e.csv'] = 'id,amount\n4,4\n104,bad\n';
      await failRejected(world, fault);
      rollBackTo(world, 4);
      world.sink.expire(REJECTED, between);
      expect((await world.run(amounts)).error?.code).toBe('TABLE_ROLLED_BACK');
      await accept(world, { leaveOut: true });
      const before = rejectedIds(world);
      world.sink.deliverLate();
      expect(rejectedIds(world)).toEqual(before);
      await world.run(amounts);
      expect(ids(world)).toEqual([0, 1, 2, 3]);
      expect(rejectedIds(world)).toEqual([100, 101, 102, 103, 104]);
      expect((await world.run(amounts)).result.outcome).toBe('nothing-new');
    },
  );

  it.each(['lost-before', 'late'] as const)(
    'that loads again what went (%s), and then it is put back: nothing is there twice, and there is a way out',
    async (fault) => {
      const world = await loadedWithRejects();
      rollBackTo(world, 2);
      rollBackTo(world, 2, REJECTED);
      await accept(world, { reingest: true });
      world.files['e.csv'] = 'id,amount\n4,4\n104,bad\n';
      world.sink.faults.push(fault);
      await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
      expect((await ended(impatient.run(world.spec(amounts)))).error?.code).toBe('COMMIT_STATE_UNKNOWN');
      rollBackTo(world, 4);
      rollBackTo(world, 4, REJECTED);
      expect((await world.run(amounts)).error?.code).toBe('TABLE_ROLLED_BACK');
      expect(await accept(world, { reingest: true })).toMatchObject({ outcome: 'accepted', back: 2 });
      world.sink.deliverLate();
      expect((await world.run(amounts)).error).toBeNull();
      expect(ids(world)).toEqual([0, 1, 2, 3, 4]);
      expect(rejectedIds(world)).toEqual([100, 101, 102, 103, 104]);
      expect((await world.run(amounts)).result.outcome).toBe('nothing-new');
    },
  );

  it('whose rejected rows were not answered, to a table that was rolled back, and then it is put back: it goes on', async () => {
    const world = await loadedWithRejects();
    rollBackTo(world, 2);
    rollBackTo(world, 2, REJECTED);
    await accept(world, { reingest: true });
    await failRejected(world, 'lost-before');
    rollBackTo(world, 4, REJECTED);
    expect((await world.run(amounts)).error?.code).toBe('TABLE_ROLLED_BACK');
    expect(await accept(world, { reingest: true })).toMatchObject({ outcome: 'accepted' });
    expect((await world.run(amounts)).error).toBeNull();
    expect(ids(world)).toEqual([0, 1, 2, 3]);
    expect((await world.run(amounts)).result.outcome).toBe('nothing-new');
  });

  it('that was sent late still commits once, or not at all', async () => {
    const world = await loaded();
    world.files['e.csv'] = rowsOf(40);
    world.sink.faults.push('late');
    await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
    await ended(impatient.run(world.spec()));
    rollBackTo(world, 3);
    await accept(world, { reingest: true });
    world.sink.deliverLate();
    await world.run();
    world.sink.deliverLate();
    expect(ids(world)).toEqual([0, 1, 10, 11, 20, 21, 30, 31, 40]);
  });
});

describe('the table of rejected rows', () => {
  it('rolled back alone: no file loads again, whatever is chosen', async () => {
    for (const choice of [{ reingest: true }, { leaveOut: true }] as const) {
      const world = await loadedWithRejects();
      rollBackTo(world, 1, REJECTED);
      expect((await world.run(amounts)).error).toMatchObject({ code: 'TABLE_ROLLED_BACK', context: { table: REJECTED } });
      expect(await preview(world)).toMatchObject({
        files: { count: 0 },
        gone: { count: 0 },
        rows: { rejected: 3 },
        tables: { rejected: { shown: 1 } },
      });
      await accept(world, choice);
      world.files['e.csv'] = 'id,amount\n5,5\n105,bad\n';
      await world.run(amounts);
      expect(ids(world)).toEqual([0, 1, 2, 3, 5]);
      expect(world.rows(REJECTED)).toHaveLength(2);
      expect((await world.run(amounts)).result.outcome).toBe('nothing-new');
    }
  });

  it('not rolled back: its rows are there twice with reingest, and the preview says so', async () => {
    const world = await loadedWithRejects();
    rollBackTo(world, 2);
    expect(await preview(world)).toMatchObject({ files: { count: 2 }, rows: { main: 2 }, twice: { rejected: 2 } });
    await accept(world, { reingest: true });
    await world.run(amounts);
    expect(ids(world)).toEqual([0, 1, 2, 3]);
    expect(world.rows(REJECTED)).toHaveLength(6);
  });

  it('rolled back together with the other one: everything is there once', async () => {
    const world = await loadedWithRejects();
    rollBackTo(world, 2);
    rollBackTo(world, 2, REJECTED);
    expect(await preview(world)).toMatchObject({ files: { count: 2 }, rows: { main: 2, rejected: 2 }, twice: {} });
    await accept(world, { reingest: true });
    await world.run(amounts);
    expect(ids(world)).toEqual([0, 1, 2, 3]);
    expect(world.rows(REJECTED)).toHaveLength(4);
  });
});
