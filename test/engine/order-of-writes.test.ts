import { int64 } from '@calve/core';
import type { CommitIntent, SinkSession } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { MemoryWorld, rowsOf } from './memory-world.ts';

const key = { tenant: 'default', ingestion: 'orders' };

/** What the state says at one moment. */
interface Moment {
  intent: CommitIntent | null;
  /** Files that count as loaded. */
  loaded: number;
}

/** A world, and what its state says whenever a request arrives at the tables, before anything is answered. */
function watched(): { world: MemoryWorld; arrivals: Moment[] } {
  const world = new MemoryWorld();
  const arrivals: Moment[] = [];
  const { connect } = world.sink;
  const look = async (): Promise<Moment> => {
    const store = await world.state.open();
    const found = await store.read(key);
    let loaded = 0;
    for await (const record of store.scan(key, { state: 'ingested' })) loaded += record.state === 'ingested' ? 1 : 0;
    return { intent: found === 'absent' ? null : found.head.intent, loaded };
  };
  world.sink.connect = async (context) => {
    const session: SinkSession = await connect.call(world.sink, context);
    const send = session.send.bind(session);
    session.send = async (request) => {
      arrivals.push(await look());
      return send(request);
    };
    return session;
  };
  return { world, arrivals };
}

describe('a commit', () => {
  it('is journaled when its request arrives', async () => {
    const { world, arrivals } = watched();
    world.files['a.csv'] = rowsOf(1);
    world.sink.faults.push('conflict');
    await world.run();
    expect(arrivals.map(({ intent }) => intent?.outputs['main'])).toMatchObject([
      { state: 'committing', attempts: [{ outcome: null }] },
      { state: 'committing', attempts: [{ outcome: 'conflict' }, { outcome: null }] },
    ]);
  });

  it('of two tables has not loaded its files before both are committed', async () => {
    const { world, arrivals } = watched();
    world.files['a.csv'] = `id,amount\n${Array.from({ length: 300 }, (_, id) => `${id},1\n`).join('')}1,x\n`;
    await world.run({ columns: { amount: int64() }, limits: { maxRejectedRatio: 1 } });
    expect(arrivals.map(({ intent }) => [intent?.outputs['main']?.state, intent?.outputs['rejected']?.state])).toEqual([
      ['committing', 'staged'],
      ['committed', 'committing'],
    ]);
    expect(arrivals.map(({ loaded }) => loaded)).toEqual([0, 0]);
  });
});
