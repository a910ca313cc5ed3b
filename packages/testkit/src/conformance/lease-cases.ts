import { deepStrictEqual as equal, ok, rejects, strictEqual as same } from 'node:assert';
import type { CheckpointStore, CheckpointStoreFactory, LeaseHolder, LeaseStore } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { ledger } from './checkpoint-store-world.ts';
import { headOf, recordOf } from './ledger-examples.ts';

type Define = (name: string, body: (store: CheckpointStore, factory: CheckpointStoreFactory) => Promise<void>) => void;

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:00:20.000Z';

/** What a store promises that has `leases`. */
export function leaseCases(define: Define): void {
  define('lease: whoever asks first has it, and others are told by whom it is held', async (store) => {
    const fence = await acquired(store, 'a');
    equal(await leasesOf(store).acquire(ledger, holderOf('b'), LATER), {
      kind: 'held',
      lease: { fence, holder: holderOf('a'), beat: 0, since: AT, renewedAt: AT },
    });
    same(await store.read(ledger), 'absent');
  });

  define('lease: the same token asks again and has the fence that it had', async (store) => {
    const fence = await acquired(store, 'a');
    equal(await leasesOf(store).acquire(ledger, holderOf('a'), LATER), { kind: 'acquired', fence });
    const held = await heldIn(store);
    equal({ beat: held.beat, since: held.since, renewedAt: held.renewedAt }, { beat: 0, since: AT, renewedAt: AT });
  });

  define('lease: a renewal is a new beat', async (store) => {
    const leases = leasesOf(store);
    const fence = await acquired(store, 'a');
    same(await leases.renew(ledger, fence, LATER), 'renewed');
    same(await leases.renew(ledger, fence, LATER), 'renewed');
    equal(await heldIn(store), { fence, holder: holderOf('a'), beat: 2, since: AT, renewedAt: LATER });
  });

  define('lease: a released one is free at once, and its holder has nothing any more', async (store) => {
    const leases = leasesOf(store);
    const first = await acquired(store, 'a');
    await leases.release(ledger, first);
    same(await leases.renew(ledger, first, LATER), 'lost');
    const second = await acquired(store, 'b');
    same(await leases.renew(ledger, first, LATER), 'lost');
    await leases.release(ledger, first);
    equal((await heldIn(store)).fence, second);
  });

  define(
    'lease: the fence rises by one with each acquisition, over releases, replace and opening again',
    async (store, factory) => {
      const leases = leasesOf(store);
      const first = BigInt(await acquired(store, 'a'));
      await leases.release(ledger, String(first));
      same(BigInt(await acquired(store, 'a')), first + 1n);
      same(await store.replace(ledger, 'absent', headOf('one'), [], String(first + 1n)), 'written');
      await leases.release(ledger, String(first + 1n));
      const second = await factory.open();
      try {
        same(BigInt(await acquired(second, 'a')), first + 2n);
      } finally {
        await second.close();
      }
    },
  );

  define('lease: taken over only with what its holder was last seen with', async (store) => {
    const leases = leasesOf(store);
    const fence = await acquired(store, 'a');
    const seen = await heldIn(store);
    await leases.renew(ledger, fence, LATER);
    same((await leases.acquire(ledger, holderOf('b'), LATER, seen)).kind, 'held');
    same((await leases.acquire(ledger, holderOf('b'), LATER, { fence: '999', beat: 1 })).kind, 'held');
    const taken = await leases.acquire(ledger, holderOf('b'), LATER, await heldIn(store));
    equal(taken, { kind: 'acquired', fence: String(BigInt(fence) + 1n) });
    same(await leases.renew(ledger, fence, LATER), 'lost');
    same((await heldIn(store)).holder.token, 'b');
  });

  define('lease: an older fence is refused although the version fits, and changes nothing', async (store) => {
    const leases = leasesOf(store);
    const first = await acquired(store, 'a');
    same(await store.advance(ledger, 'absent', headOf('one'), [recordOf('x')], first), 'written');
    const before = await store.read(ledger);
    const version = before === 'absent' ? 'absent' : before.version;
    const taken = await leases.acquire(ledger, holderOf('b'), LATER, await heldIn(store));
    for (const change of ['advance', 'replace'] as const) {
      same(await store[change](ledger, version, headOf('late'), [recordOf('y')], first), 'fenced');
      same(await store[change](ledger, 'absent', headOf('late'), [], first), 'fenced');
    }
    equal(await store.read(ledger), before);
    equal([...(await store.lookup(ledger, 'key', ['x', 'y'])).keys()], ['x']);
    ok(taken.kind === 'acquired', 'the lease is not taken over');
    same(await store.advance(ledger, version, headOf('two'), [], taken.fence), 'written');
  });

  define('lease: a fence that fits does not help against a version that does not', async (store) => {
    const fence = await acquired(store, 'a');
    same(await store.advance(ledger, 'absent', headOf('one'), [], fence), 'written');
    same(await store.advance(ledger, 'absent', headOf('two'), [], fence), 'superseded');
    await leasesOf(store).release(ledger, fence);
    const state = await store.read(ledger);
    // Nobody has taken it since, so nobody can be disturbed.
    same(await store.advance(ledger, state === 'absent' ? 'absent' : state.version, headOf('two'), [], fence), 'written');
  });

  define(
    'lease: two handles on the same storage: of many who ask one has it, and what one takes over the other has lost',
    async (store, factory) => {
      const second = await factory.open();
      try {
        const handles = Array.from({ length: 10 }, (_, index) => (index % 2 === 0 ? store : second));
        const answers = await Promise.all(
          handles.map((handle, index) => leasesOf(handle).acquire(ledger, holderOf(`${index}`), AT)),
        );
        same(answers.filter(({ kind }) => kind === 'acquired').length, 1);
        const seen = await heldIn(second);
        const late = await Promise.all(
          handles.map((handle, index) => leasesOf(handle).acquire(ledger, holderOf(`late ${index}`), LATER, seen)),
        );
        same(late.filter(({ kind }) => kind === 'acquired').length, 1);
        same(await leasesOf(store).renew(ledger, seen.fence, LATER), 'lost');
        same(await second.advance(ledger, 'absent', headOf('one'), [], seen.fence), 'fenced');
      } finally {
        await second.close();
      }
    },
  );

  define('lease: those of other tenants and ingestions are apart', async (store) => {
    const leases = leasesOf(store);
    const fence = await acquired(store, 'a');
    for (const other of [
      { ...ledger, tenant: 'other' },
      { ...ledger, ingestion: 'returns' },
      { tenant: 'orders', ingestion: 'default' },
    ]) {
      const answer = await leases.acquire(other, holderOf('b'), AT);
      ok(answer.kind === 'acquired', 'the lease of another ledger is held');
      equal(await leases.acquire(other, holderOf('c'), AT, { fence: answer.fence, beat: 0 }), {
        kind: 'acquired',
        fence: String(BigInt(answer.fence) + 1n),
      });
    }
    same(await leases.renew(ledger, fence, LATER), 'renewed');
  });

  define('lease: after close every call throws CLOSED', async (_store, factory) => {
    const handle = await factory.open();
    const leases = leasesOf(handle);
    const fence = await acquired(handle, 'a');
    await handle.close();
    const isClosed = (error: unknown) => CalveError.is(error) && error.code === 'CLOSED';
    await rejects(leases.acquire(ledger, holderOf('b'), AT), isClosed);
    await rejects(leases.renew(ledger, fence, AT), isClosed);
    await rejects(leases.release(ledger, fence), isClosed);
  });
}

function leasesOf(store: CheckpointStore): LeaseStore {
  if (store.leases) return store.leases;
  throw new TypeError('The store has no leases: say so with `leases: false`.');
}

function holderOf(token: string): LeaseHolder {
  const process = { host: 'host-é', pid: 4711, boot: null, namespace: 'pid:[1]', started: '123' };
  return { token, process: token === 'b' ? null : process, durationMilliseconds: 60_000 };
}

async function acquired(store: CheckpointStore, token: string): Promise<string> {
  const answer = await leasesOf(store).acquire(ledger, holderOf(token), AT);
  if (answer.kind === 'acquired') return answer.fence;
  throw new TypeError(`the lease is held by ${answer.lease.holder.token}`);
}

async function heldIn(store: CheckpointStore) {
  const answer = await leasesOf(store).acquire(ledger, holderOf('somebody who only looks'), LATER);
  if (answer.kind === 'held') return answer.lease;
  throw new TypeError('nobody holds the lease');
}
