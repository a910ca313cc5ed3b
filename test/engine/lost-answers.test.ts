import type { MemorySinkFault } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

const FILES = { 'a.csv': rowsOf(1, 2), 'b.csv': rowsOf(3) };

function outcomes(events: Awaited<ReturnType<MemoryWorld['run']>>['events']): string[] {
  return events.flatMap((event) => (event.kind === 'commit-attempted' ? [event.outcome] : []));
}

describe('a commit', () => {
  const cases: [MemorySinkFault[], string[]][] = [
    [['lost-after'], ['unknown']],
    [['lost-before'], ['unknown', 'committed']],
    [
      ['lost-before', 'lost-before', 'lost-after'],
      ['unknown', 'unknown', 'unknown'],
    ],
    [['conflict'], ['conflict', 'committed']],
    [
      ['conflict', 'conflict', 'conflict'],
      ['conflict', 'conflict', 'conflict', 'committed'],
    ],
    [
      ['conflict', 'lost-after'],
      ['conflict', 'unknown'],
    ],
  ];
  it.each(cases)('after %j happens once, and no file of it is deleted', async (faults, expected) => {
    const world = new MemoryWorld();
    Object.assign(world.files, FILES);
    world.sink.faults.push(...faults);
    const { result, events } = await world.run();
    expect(result.outcome).toBe('committed');
    expect(outcomes(events)).toEqual(expected);
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
    expect(world.column('id')).toEqual(['1', '2', '3']);
    expect(world.orphans()).toEqual([]);
    expect((await world.run()).result.outcome).toBe('nothing-new');
  });

  it.each(['lost-after', 'lost-before'] as const)(
    'whose answer is %s when time is up is settled by the next run',
    async (fault) => {
      const world = new MemoryWorld();
      Object.assign(world.files, FILES);
      world.sink.faults.push(fault);
      await using calve = world.calve({ commitPatienceMilliseconds: 0 });
      const { error, result } = await ended(calve.run(world.spec()));
      expect(error).toMatchObject({ code: 'COMMIT_STATE_UNKNOWN', recovery: { kind: 'verify' } });
      expect(result.outcome).toBe('unknown');
      const files = world.sink.files();
      expect(files.length).toBeGreaterThan(0);
      world.files['c.csv'] = rowsOf(4);
      const next = await world.run();
      expect(next.result).toMatchObject({ outcome: 'committed', units: { ingested: 3 } });
      expect(world.column('id')).toEqual(['1', '2', '3', '4']);
      // The same staged files, and none of them written again.
      expect(world.sink.files().slice(0, files.length)).toEqual(files);
      expect(world.orphans()).toEqual([]);
    },
  );

  it('that arrives late, after the next run has settled it, changes nothing', async () => {
    const world = new MemoryWorld();
    Object.assign(world.files, FILES);
    world.sink.faults.push('late');
    await using calve = world.calve({ commitPatienceMilliseconds: 0 });
    expect((await ended(calve.run(world.spec()))).result.outcome).toBe('unknown');
    await world.run();
    expect(world.sink.deliverLate()).toEqual([{ kind: 'conflict' }]);
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });

  it('that arrives late, before the next run, is found by it', async () => {
    const world = new MemoryWorld();
    Object.assign(world.files, FILES);
    world.sink.faults.push('late');
    await using calve = world.calve({ commitPatienceMilliseconds: 0 });
    await ended(calve.run(world.spec()));
    expect(world.sink.deliverLate()).toMatchObject([{ kind: 'committed' }]);
    const requests = world.sink.requests;
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
    expect(world.sink.requests).toBe(requests);
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
  });

  it('that is refused rejects the run, deletes its files and leaves the next run free', async () => {
    const world = new MemoryWorld();
    Object.assign(world.files, FILES);
    world.sink.faults.push('refused');
    const { error, result } = await world.run();
    expect(error).toMatchObject({ code: 'COMMIT_REFUSED', recovery: { kind: 'fix-access' } });
    expect(error?.cause).toMatchObject({ code: 'MEMORY_REFUSED' });
    expect(result.outcome).toBe('failed');
    expect(world.sink.files()).toEqual([]);
    expect((await world.run()).result.outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });

  it('that is refused after an unknown answer keeps its files for the next run', async () => {
    const world = new MemoryWorld();
    Object.assign(world.files, FILES);
    world.sink.faults.push('lost-before', 'refused');
    const { error } = await world.run();
    expect(error).toMatchObject({ code: 'COMMIT_REFUSED' });
    const files = world.sink.files();
    expect(files).toHaveLength(1);
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
    expect(world.sink.files()).toEqual(files);
    expect(world.column('id')).toEqual(['1', '2', '3']);
  });

  it('in which only the second table is refused is finished by the next run', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = `id,name\n${Array.from({ length: 300 }, (_, id) => `${id},n\n`).join('')}x,n\n`;
    await world.run({ limits: { maxRejectedRatio: 1 } });
    world.files['b.csv'] = 'id,name\n1000,n\ny,n\n';
    const requests = world.sink.requests;
    world.sink.faults.push('lost-after', 'refused');
    const spec = world.spec({ limits: { maxRejectedRatio: 1 }, schema: { onTypeChange: 'reject-row' } });
    const { error } = await world.run(spec);
    expect(error).toMatchObject({ code: 'COMMIT_REFUSED', context: { output: 'rejected' } });
    expect(world.sink.requests).toBe(requests + 2);
    expect((await world.run(spec)).result.outcome).toBe('committed');
    expect(world.rows()).toHaveLength(301);
    expect(world.sink.rows(`${TABLE}__rejected`)).toHaveLength(2);
    expect(world.orphans()).toEqual([]);
  });

  it('against writers that always win gives up in time, and the next run goes on with the same files', async () => {
    const world = new MemoryWorld();
    Object.assign(world.files, FILES);
    world.sink.faults.push(...Array.from({ length: 100 }, () => 'conflict' as const));
    await using calve = world.calve({ commitPatienceMilliseconds: 60_000 });
    const { error, events } = await ended(calve.run(world.spec()));
    expect(error).toMatchObject({ code: 'COMMIT_CONFLICT', recovery: { kind: 'verify' } });
    expect(outcomes(events).length).toBeLessThan(20);
    expect(events.filter((event) => event.kind === 'waiting' && event.reason === 'backoff')).toHaveLength(
      outcomes(events).length - 1,
    );
    const files = world.sink.files();
    world.sink.faults.splice(0);
    expect((await world.run()).result.outcome).toBe('committed');
    expect(world.sink.files()).toEqual(files);
  });
});
