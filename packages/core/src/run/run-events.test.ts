import { describe, expect, it } from 'vitest';
import { Redactor } from '../errors/redactor.ts';
import type { RunEvent, RunResult } from './run-event.ts';
import { RunEvents, type RunListener } from './run-events.ts';

const identity = { runId: 'run', tenant: 'default', ingestion: 'orders' };
const result: RunResult = {
  outcome: 'nothing-new',
  units: { ingested: 0, skipped: 0, held: 0, quarantined: 0, failed: 0 },
  counts: {},
  snapshots: {},
};
const started = { kind: 'run-started', planId: '', engine: 'in-process', state: 'memory' } as const;
const finished = { kind: 'run-finished', result } as const;
const waiting = { kind: 'waiting', reason: 'quota' } as const;
const progress = (rows: number) => ({ kind: 'progress', bytesDone: 0, bytesTotal: 0, rows }) as const;

function eventsFor(...listeners: RunListener[]): RunEvents {
  return new RunEvents(
    identity,
    () => 0,
    () => listeners,
    new Redactor(),
  );
}

async function collect(events: RunEvents): Promise<RunEvent[]> {
  const all: RunEvent[] = [];
  for await (const event of { [Symbol.asyncIterator]: () => events[Symbol.asyncIterator]() }) all.push(event);
  return all;
}

/** `kind` and number of each event; the rows of progress instead of its number. */
function short(events: readonly RunEvent[]): string[] {
  return events.map((event) => (event.kind === 'progress' ? `${event.rows} rows after ${event.n}` : `${event.n} ${event.kind}`));
}

describe('RunEvents', () => {
  it('numbers without gaps, progress aside, and says who and when', async () => {
    const heard: RunEvent[] = [];
    const events = eventsFor((event) => heard.push(event));
    for (const body of [started, progress(1), waiting, progress(2), finished]) events.emit(body);
    events.end();
    expect(short(heard)).toEqual(['1 run-started', '1 rows after 1', '2 waiting', '2 rows after 2', '3 run-finished']);
    expect(heard[0]).toEqual({ ...identity, n: 1, at: '1970-01-01T00:00:00.000Z', ...started });
  });

  it('gives everything from the first event to an iterator that comes late, or comes again', async () => {
    const events = eventsFor();
    for (const body of [started, waiting, finished]) events.emit(body);
    events.end();
    const first = await collect(events);
    expect(short(first)).toEqual(['1 run-started', '2 waiting', '3 run-finished']);
    expect(await collect(events)).toEqual(first);
  });

  it('gives events to an iterator that waits, as they happen, and ends with the run', async () => {
    const events = eventsFor();
    const reading = collect(events);
    const also = collect(events);
    for (const body of [started, progress(1), finished]) {
      await new Promise((resolve) => setImmediate(resolve));
      events.emit(body);
    }
    events.end();
    expect(short(await reading)).toEqual(['1 run-started', '1 rows after 1', '2 run-finished']);
    expect(await also).toHaveLength(3);
  });

  it('keeps only the newest progress for those who are slower', async () => {
    const events = eventsFor();
    events.emit(started);
    for (let rows = 1; rows <= 1000; rows++) events.emit(progress(rows));
    const iterator = events[Symbol.asyncIterator]();
    expect((await iterator.next()).value).toMatchObject({ kind: 'run-started' });
    expect((await iterator.next()).value).toMatchObject({ kind: 'progress', rows: 1000 });
    events.emit(progress(1001));
    expect((await iterator.next()).value).toMatchObject({ rows: 1001 });
    events.emit(progress(1002));
    events.emit(waiting);
    events.emit(progress(1003));
    events.end();
    expect((await iterator.next()).value).toMatchObject({ kind: 'waiting' });
    expect((await iterator.next()).value).toMatchObject({ rows: 1003 });
    expect((await iterator.next()).done).toBe(true);
  });

  it('ends an empty run', async () => {
    const events = eventsFor();
    const reading = collect(events);
    events.end();
    expect(await reading).toEqual([]);
  });
});

describe('a listener that throws', () => {
  const broken: RunListener = () => {
    throw new TypeError('boom');
  };

  it('becomes a finding, which the others hear without a gap', async () => {
    const heard: RunEvent[] = [];
    const events = eventsFor(broken, (event) => heard.push(event));
    for (const body of [started, waiting, finished]) events.emit(body);
    events.end();
    expect(short(heard)).toEqual(['1 run-started', '2 finding', '3 waiting', '4 run-finished']);
    expect(heard[1]).toEqual({
      ...identity,
      n: 2,
      at: '1970-01-01T00:00:00.000Z',
      kind: 'finding',
      diagnostic: {
        code: 'LISTENER_FAILED',
        severity: 'warning',
        message: 'A listener threw while it handled "run-started": boom',
      },
    });
    expect(await collect(events)).toEqual(heard);
  });

  it('is told of once, also when it throws at every progress', async () => {
    const events = eventsFor(broken, broken);
    for (let rows = 0; rows < 100; rows++) events.emit(progress(rows));
    events.emit(finished);
    events.end();
    expect(short(await collect(events))).toEqual(['1 finding', '99 rows after 1', '2 run-finished']);
  });

  it('is told of for each of several listeners, and goes on hearing events', async () => {
    let calls = 0;
    const also: RunListener = () => {
      calls += 1;
      throw 'no error at all';
    };
    const events = eventsFor(broken, also);
    for (const body of [started, finished]) events.emit(body);
    events.end();
    const all = await collect(events);
    expect(short(all)).toEqual(['1 run-started', '2 finding', '3 finding', '4 run-finished']);
    expect(JSON.stringify(all)).toContain('no error at all');
    expect(calls).toBe(4);
  });

  it('does not put anything behind the last event', async () => {
    const events = eventsFor(broken);
    events.emit(finished);
    events.end();
    expect(short(await collect(events))).toEqual(['1 run-finished']);
  });
});
