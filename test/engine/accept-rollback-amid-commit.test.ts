import { describe, expect, it } from 'vitest';
import { ended, rowsOf, TABLE } from './memory-world.ts';

import {
  accept,
  amounts,
  failRejected,
  headOf,
  ids,
  loaded,
  loadedWithRejects,
  REJECTED,
  rejectedIds,
  rollBackTo,
} from './rolled-back-world.ts';

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
