import type { RunEvent } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf } from './memory-world.ts';

function stored(events: readonly RunEvent[]): RunEvent[] {
  return events.filter(({ kind }) => kind !== 'progress');
}

async function collected(events: AsyncIterable<RunEvent>): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function expectGapFree(events: readonly RunEvent[]): void {
  expect(stored(events).map(({ n }) => n)).toEqual(stored(events).map((_, index) => index + 1));
  expect(events[0]?.kind).toBe('run-started');
  expect(stored(events).at(-1)?.kind).toBe('run-finished');
}

describe('the events of a run', () => {
  it('are gap-free, begin with run-started and tell the whole result', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1, 2);
    world.files['b.csv'] = 'id,name,extra\n3,c,x\n';
    world.sink.faults.push('conflict');
    const { result, events } = await world.run();
    expectGapFree(events);
    const last = stored(events).at(-1);
    expect(last).toMatchObject({ kind: 'run-finished', result });
    const finished = events.flatMap((event) => (event.kind === 'unit-finished' ? [event.record] : []));
    expect(finished.map(({ state }) => state)).toEqual(['ingested', 'ingested']);
    const written = finished.reduce((sum, { counts }) => sum + (counts?.['main']?.written ?? 0), 0);
    expect(written).toBe(result.counts['main']?.written);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'schema-changed', output: 'main' }));
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  it('are all there for an iterator that comes late, and for several', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await using calve = world.calve();
    const run = calve.run(world.spec());
    await run;
    const late = [await collected(run), await collected(run)];
    expectGapFree(late[0]!);
    expect(late[1]).toEqual(late[0]);
  });

  it('go on when an iterator is left early', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await using calve = world.calve();
    const run = calve.run(world.spec());
    for await (const event of run) if (event.kind === 'run-started') break;
    expect((await run).outcome).toBe('committed');
  });

  it('reach the other listeners when one throws, and the run does not notice', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await using calve = world.calve();
    const heard: RunEvent[] = [];
    calve.on('event', () => {
      throw new TypeError('a defect of the host');
    });
    calve.on('event', (event) => heard.push(event));
    const { result, error, events } = await ended(calve.run(world.spec()));
    expect(error).toBeNull();
    expect(result.outcome).toBe('committed');
    expectGapFree(events);
    expectGapFree(heard);
    const findings = events.flatMap((event) => (event.kind === 'finding' ? [event] : []));
    const failures = findings.filter(({ diagnostic }) => diagnostic.code === 'LISTENER_FAILED');
    expect(failures).toHaveLength(1);
    expect(failures[0]?.diagnostic.message).toContain('a defect of the host');
  });

  it('reach a listener until it is taken off', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await using calve = world.calve();
    let heard = 0;
    const stop = calve.on('event', () => {
      heard += 1;
    });
    await calve.run(world.spec());
    const before = heard;
    expect(before).toBeGreaterThan(0);
    stop();
    await calve.run(world.spec());
    expect(heard).toBe(before);
  });
});
