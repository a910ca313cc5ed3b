import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

describe('cancelling a run', () => {
  it.each(['core.apply.announce', 'core.apply.stage', 'core.apply.staged'])(
    'at %s leaves what the next run can go on with',
    async (step) => {
      const world = new MemoryWorld();
      world.files['a.csv'] = rowsOf(1);
      world.files['b.csv'] = rowsOf(2);
      const controller = new AbortController();
      world.onStep = (label) => {
        if (label === step) controller.abort();
      };
      const { error, result } = await world.run({}, { signal: controller.signal });
      expect(error).toMatchObject({ code: 'CANCELLED' });
      expect(result).toMatchObject({ outcome: 'cancelled', units: { ingested: 0 } });
      expect(world.rows()).toEqual([]);
      if (step !== 'core.apply.staged') expect(world.sink.files()).toEqual([]);
      expect(world.sink.openSessions).toBe(0);
      world.onStep = () => {};
      expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 2 } });
      expect(world.sink.snapshots(TABLE)).toHaveLength(1);
      expect(world.orphans()).toEqual([]);
    },
  );

  it('while rows are read gives all memory back', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(...Array.from({ length: 40_000 }, (_, id) => id));
    await using calve = world.calve({ memoryBytes: 4 << 20 });
    const spec = world.spec();
    for (let time = 0; time < 5; time++) {
      const controller = new AbortController();
      const run = calve.run(spec, { signal: controller.signal });
      for await (const event of run) if (event.kind === 'progress' && event.rows > 0) controller.abort();
      await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
      expect(world.sink.files()).toEqual([]);
    }
    expect((await calve.run(spec)).outcome).toBe('committed');
  });

  it('before it starts does nothing at all', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    const { result, events } = await world.run({}, { signal: AbortSignal.abort() });
    expect(result.outcome).toBe('cancelled');
    expect(events.at(-1)?.kind).toBe('run-finished');
    expect(world.sink.files()).toEqual([]);
  });

  it('happens when the instance is closed, which waits for it', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    const calve = world.calve();
    world.onStep = (label) => {
      if (label === 'core.apply.stage') void calve.close();
    };
    const { result } = await ended(calve.run(world.spec()));
    expect(result.outcome).toBe('cancelled');
    await calve.close();
    expect(world.sink.openSessions).toBe(0);
    expect(() => calve.run(world.spec())).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    await expect(calve.plan(world.spec())).rejects.toMatchObject({ code: 'CLOSED' });
  });
});
