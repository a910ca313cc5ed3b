import { memoryState } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../doubles/seeded-random.ts';
import type { Fault } from './history.ts';
import { SimulatedProcess } from './process.ts';
import { SimulatedScheduler } from './scheduler.ts';
import { SimulatedState } from './state.ts';

const key = { tenant: 'default', ingestion: 'orders' };
const headOf = (tag: string, main = 1) => ({
  generation: 'g',
  committed: { main },
  commitId: tag,
  intent: null,
  watermark: null,
  tag,
});

async function world(...faults: Fault[]) {
  const scheduler = new SimulatedScheduler(seededRandom(1), 0);
  const state = new SimulatedState(memoryState);
  const observer = { onStep() {}, onDeath() {}, onTurn() {}, onNote() {} };
  const platform = {} as ConstructorParameters<typeof SimulatedProcess>[3];
  const process = new SimulatedProcess('p', scheduler, seededRandom(2), platform, faults, observer);
  const store = await state.factory(process).open();
  /** What a call came to when everything has happened. */
  const end = async (call: Promise<unknown>): Promise<unknown> => {
    const outcome = call.catch((error: { code: string }) => error.code);
    await scheduler.run(1000);
    return outcome;
  };
  return { state, store, end, process };
}

describe('the simulated state', () => {
  it('is a store that keeps what it was given', async () => {
    const { state, store, end } = await world();
    expect(await end(store.advance(key, 'absent', headOf('a'), []))).toBe('written');
    expect(await end(store.advance(key, 'absent', headOf('b'), []))).toBe('superseded');
    expect((await state.look()).head).toEqual(headOf('a'));
  });

  it('loses answers, before and after the change was made', async () => {
    const { state, store, end } = await world(
      { kind: 'store', nth: 1, answer: 'lost-before' },
      { kind: 'store', nth: 2, answer: 'lost-after' },
      { kind: 'store', nth: 3, answer: 'unavailable' },
    );
    expect(await end(store.advance(key, 'absent', headOf('a'), []))).toBe('CHECKPOINT_OUTCOME_UNKNOWN');
    expect((await state.look()).head).toBeNull();
    expect(await end(store.advance(key, 'absent', headOf('b'), []))).toBe('CHECKPOINT_OUTCOME_UNKNOWN');
    expect((await state.look()).head?.tag).toBe('b');
    expect(await end(store.read(key))).toBe('CHECKPOINT_UNAVAILABLE');
  });

  it('can be set back, and lost', async () => {
    const { state, store, end } = await world();
    await end(store.advance(key, 'absent', headOf('a'), []));
    state.backup();
    await end(store.advance(key, '1', headOf('b'), []));
    await state.restore();
    expect((await state.look()).head?.tag).toBe('a');
    expect(await end(store.advance(key, '1', headOf('c'), []))).toBe('written');
    const lost = await world();
    await lost.end(lost.store.advance(key, 'absent', headOf('a'), []));
    await lost.state.restore();
    expect((await lost.state.look()).head).toBeNull();
  });

  it('tells what was written, and by whom', async () => {
    const { state, store, end } = await world();
    const heads: string[] = [];
    state.onWritten = ({ by, head }) => void heads.push(`${by} ${head.tag}`);
    await end(store.advance(key, 'absent', headOf('a'), []));
    await end(store.advance(key, 'absent', headOf('b'), []));
    expect(heads).toEqual(['p a']);
    state.lose();
    expect((await state.look()).head).toBeNull();
    await end(store.replace(key, 'absent', headOf('c'), []));
    expect(heads).toEqual(['p a', 'p c']);
  });

  it('has the leases of its store, behind the same connection', async () => {
    const { store, end } = await world({ kind: 'store', nth: 2, answer: 'lost-after' });
    const leases = store.leases!;
    const holder = (token: string) => ({ token, process: null, durationMilliseconds: 1000 });
    const at = '2026-01-01T00:00:00.000Z';
    expect(await end(leases.acquire(key, holder('one'), at))).toEqual({ kind: 'acquired', fence: '1' });
    expect(await end(leases.release(key, '1'))).toBe('CHECKPOINT_OUTCOME_UNKNOWN');
    expect(await end(leases.acquire(key, holder('two'), at))).toEqual({ kind: 'acquired', fence: '2' });
    expect(await end(store.advance(key, 'absent', headOf('a'), [], '1'))).toBe('fenced');
    expect(await end(store.advance(key, 'absent', headOf('a'), [], '2'))).toBe('written');
  });

  it('has none where the history says so', async () => {
    const state = new SimulatedState(memoryState, false);
    const { process } = await world();
    expect((await state.factory(process).open()).leases).toBeUndefined();
  });
});
