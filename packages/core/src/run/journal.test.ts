import { describe, expect, it } from 'vitest';
import type { CheckpointStore, Head } from '../checkpoint/checkpoint-store.ts';
import { plannedIntent } from '../checkpoint/intent-journal.ts';
import { memoryState } from '../checkpoint/memory-state.ts';
import { CalveError } from '../errors/calve-error.ts';
import { planOf, recordOf, unitOf } from '../plan/plan-values.fixture.ts';
import { Journal } from './journal.ts';
import { nodeEnvironment } from './node/node-environment.ts';

const key = { tenant: 'default', ingestion: 'orders' };
const empty: Omit<Head, 'tag'> = { generation: 'g', committed: {}, commitId: null, intent: null, watermark: null };
const intent = (commitId: string) => ({
  ...plannedIntent(planOf(), key, null, { runId: 'r', writerId: 'w', snapshots: {} }),
  commitId,
});

/** Two workers on one state; `between` is called after each write of the first one has reached the state. */
async function workers(between: (second: Journal, store: CheckpointStore) => Promise<void> = async () => {}) {
  const state = memoryState();
  const store = await state.open();
  const second = new Journal(store, key, nodeEnvironment());
  const watched: CheckpointStore = {
    ...store,
    location: store.location,
    contract: store.contract,
    read: (...request) => store.read(...request),
    lookup: (...request) => store.lookup(...request),
    scan: (...request) => store.scan(...request),
    close: () => store.close(),
    async advance(...request) {
      const answer = await store.advance(...request);
      await between(second, store);
      return answer;
    },
  };
  return { store, first: new Journal(watched, key, nodeEnvironment()), second };
}

describe('Journal', () => {
  it('knows the head after each of its changes', async () => {
    const { store, first } = await workers();
    await first.load();
    expect(first.current).toBe('absent');
    expect(await first.advance(empty, [recordOf(unitOf('a.csv'))])).toBe(true);
    expect(await first.advanceIntent(intent('c1'))).toBe(true);
    expect(first.intent?.commitId).toBe('c1');
    expect(first.current).toEqual(await store.read(key));
    expect((await store.lookup(key, 'key', [unitOf('a.csv').key])).size).toBe(1);
  });

  it('draws a new tag for each change', async () => {
    const { store, first } = await workers();
    const tags = new Set<string>();
    await first.load();
    for (let time = 0; time < 3; time++) {
      await first.advance(empty, []);
      const found = await store.read(key);
      if (found !== 'absent') tags.add(found.head.tag);
    }
    expect(tags.size).toBe(3);
  });

  it('loses to a worker that was first, changes nothing and knows what that one wrote', async () => {
    const { store, first, second } = await workers();
    await first.load();
    await first.advance(empty, []);
    await second.load();
    await second.advanceIntent(intent('theirs'));
    expect(await first.advanceIntent(intent('ours'), [recordOf(unitOf('a.csv'))])).toBe(false);
    expect(first.intent?.commitId).toBe('theirs');
    expect((await store.lookup(key, 'key', [unitOf('a.csv').key])).size).toBe(0);
    expect(await first.advanceIntent(null)).toBe(true);
  });

  it('never builds a change on what another worker wrote right after its own', async () => {
    let turns = 0;
    const { first, second, store } = await workers(async (other) => {
      turns += 1;
      if (turns !== 2) return;
      await other.load();
      await other.advance({ ...empty, commitId: 'finished' }, []);
    });
    await first.load();
    await first.advance(empty, []);
    expect(await first.advanceIntent(intent('c1'))).toBe(true);
    // The other one has finished c1 meanwhile; noting an answer to it now would bring it back.
    expect(await first.advanceIntent({ ...intent('c1'), runId: 'answered' })).toBe(false);
    expect(first.intent).toBeNull();
    expect(first.current).toEqual(await store.read(key));
    expect(second.current).toEqual(first.current);
  });

  it.each([true, false])('looks at the tag when an answer is lost; the change had landed: %s', async (landed) => {
    const state = memoryState();
    const store = await state.open();
    const lost: CheckpointStore['advance'] = async (...request) => {
      if (landed) await store.advance(...request);
      throw new CalveError('CHECKPOINT_OUTCOME_UNKNOWN', 'The answer was lost.', { recovery: 'verify' });
    };
    const journal = new Journal(
      new Proxy(store, { get: (object, name) => (name === 'advance' ? lost : Reflect.get(object, name).bind(object)) }),
      key,
      nodeEnvironment(),
    );
    await journal.load();
    expect(await journal.advance(empty, [])).toBe(landed);
    expect(journal.current === 'absent').toBe(!landed);
  });

  it('gives up a store that keeps nothing: planning again and again would never end', async () => {
    const store = await memoryState().open();
    const unknown = new CalveError('CHECKPOINT_OUTCOME_UNKNOWN', 'The disk is full.', { recovery: 'verify' });
    const failing = new Proxy(store, {
      get: (object, name) => (name === 'advance' ? () => Promise.reject(unknown) : Reflect.get(object, name).bind(object)),
    });
    const journal = new Journal(failing, key, nodeEnvironment());
    await journal.load();
    expect(await journal.advance(empty, [])).toBe(false);
    expect(await journal.advance(empty, [])).toBe(false);
    await expect(journal.advance(empty, [])).rejects.toBe(unknown);
  });

  it('passes on that nothing could be written', async () => {
    const store = await memoryState().open();
    const unavailable = new CalveError('CHECKPOINT_UNAVAILABLE', 'The disk is full.', { recovery: 'retry' });
    const failing = new Proxy(store, {
      get: (object, name) => (name === 'advance' ? () => Promise.reject(unavailable) : Reflect.get(object, name).bind(object)),
    });
    const journal = new Journal(failing, key, nodeEnvironment());
    await journal.load();
    await expect(journal.advance(empty, [])).rejects.toBe(unavailable);
    await expect(journal.advanceIntent(null)).rejects.toMatchObject({ code: 'INTERNAL' });
  });
});
