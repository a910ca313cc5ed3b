import { CalveError, memoryState, type RollbackChoice } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

import {
  accept,
  amounts,
  headOf,
  ids,
  key,
  loaded,
  loadedWithRejects,
  preview,
  REJECTED,
  rollBackTo,
  stateOf,
} from './rolled-back-world.ts';

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
