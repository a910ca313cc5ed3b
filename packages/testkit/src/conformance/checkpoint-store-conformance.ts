import { deepStrictEqual as equal, notStrictEqual, ok, rejects, strictEqual as same } from 'node:assert';
import type { CheckpointStore, CheckpointStoreFactory } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import {
  type CheckpointStoreWorld,
  collect,
  headIn,
  ledger,
  placeOf,
  versionIn,
  withStore,
  writeNext,
} from './checkpoint-store-world.ts';
import { type ConformanceException, type ConformanceIt, registerCases } from './conformance-case.ts';
import { leaseCases } from './lease-cases.ts';
import { headOf, intentOf, intervalRecordOf, ODD_KEYS, recordOf } from './ledger-examples.ts';

/** What the suite needs of a store. */
export interface CheckpointStoreHarness {
  start(): Promise<CheckpointStoreWorld>;
  /** False: the store has no leases, which it need not have. */
  leases?: boolean;
  exceptions?: readonly ConformanceException[];
}

/**
 * Tries every sentence of the `CheckpointStore` contract.
 *
 * @example
 * checkpointStoreConformance(it, { start: async () => ({ factory: memoryState() }) });
 */
export function checkpointStoreConformance(it: ConformanceIt, harness: CheckpointStoreHarness): void {
  const cases: { name: string; run: () => Promise<void> }[] = [];
  const define = (name: string, body: (store: CheckpointStore, factory: CheckpointStoreFactory) => Promise<void>) =>
    cases.push({ name, run: () => withStore(harness.start, body) });

  define('read: a ledger that was never written is absent', async (store) => {
    same(await store.read(ledger), 'absent');
    equal(await store.lookup(ledger, 'key', ['a']), new Map());
    equal(await collect(store.scan(ledger, {})), []);
    same(store.contract, 'checkpoint/1');
    ok(store.location.length > 0, 'location is empty');
  });

  define('advance: creates a ledger from absent, and head and units come back as they were', async (store) => {
    const head = headOf('one', {
      intent: intentOf(ledger),
      watermark: { at: '2024-01-01', n: [1, null] },
      accepted: { main: { snapshot: '9007199254740993', head: null, isReingested: true } },
      modes: { main: { kind: 'merge', keys: ['id'], newest: [] } },
    });
    const records = [
      recordOf('a', { sequence: 1 }),
      recordOf('b', { state: 'quarantined', counts: null }),
      intervalRecordOf('i'),
    ];
    same(await store.advance(ledger, 'absent', head, records), 'written');
    equal(await headIn(store), head);
    equal(await store.lookup(ledger, 'key', ['a', 'b', 'i']), new Map(records.map((record) => [record.unit.key, record])));
  });

  define('advance: the version rises by one', async (store) => {
    await store.advance(ledger, 'absent', headOf('one'), []);
    const first = await versionIn(store);
    await store.advance(ledger, first, headOf('two'), []);
    same(BigInt(await versionIn(store)), BigInt(first) + 1n);
  });

  define('advance: superseded changes neither head nor units', async (store) => {
    await store.advance(ledger, 'absent', headOf('one'), [recordOf('a')]);
    const stale = await versionIn(store);
    await store.advance(ledger, stale, headOf('two'), []);
    const current = await versionIn(store);
    for (const expected of ['absent', stale, String(BigInt(current) + 1n)]) {
      same(await store.advance(ledger, expected, headOf('late'), [recordOf('a', { attempts: 9 }), recordOf('b')]), 'superseded');
    }
    equal(await headIn(store), headOf('two'));
    same(await versionIn(store), current);
    equal(await store.lookup(ledger, 'key', ['a', 'b']), new Map([['a', recordOf('a')]]));
  });

  define('advance: a version on a ledger that does not exist is superseded', async (store) => {
    same(await store.advance(ledger, '1', headOf('one'), [recordOf('a')]), 'superseded');
    same(await store.read(ledger), 'absent');
    equal(await store.lookup(ledger, 'key', ['a']), new Map());
  });

  define('advance: a record replaces the one with the same key, as a whole', async (store) => {
    const finding = { code: 'MALFORMED_UNIT', severity: 'error' as const, message: 'broken' };
    const replaced = recordOf('b', { state: 'skipped', sequence: 2, loadedIn: 1 });
    await writeNext(store, 'one', [
      recordOf('a', { state: 'failed', code: 'X', finding, sha256: 'ff', observation: { n: 1 } }),
      replaced,
    ]);
    await writeNext(store, 'two', [recordOf('a', { state: 'ingested', attempts: 2 })]);
    equal(
      await store.lookup(ledger, 'key', ['a', 'b']),
      new Map([
        ['a', recordOf('a', { state: 'ingested', attempts: 2 })],
        ['b', replaced],
      ]),
    );
    same((await collect(store.scan(ledger, {}))).length, 2);
  });

  define('advance: of two records with one key in one call the last one stays', async (store) => {
    await writeNext(store, 'one', [recordOf('a', { attempts: 1 }), recordOf('b'), recordOf('a', { attempts: 2 })]);
    same((await store.lookup(ledger, 'key', ['a'])).get('a')?.attempts, 2);
    same((await collect(store.scan(ledger, {}))).length, 2);
  });

  define('replace: the records given are the only ones left, and superseded forgets nothing', async (store) => {
    await writeNext(store, 'one', [recordOf('a'), recordOf('b')]);
    const first = await versionIn(store);
    const left = [recordOf('b', { attempts: 7 }), recordOf('c')];
    same(await store.replace(ledger, first, headOf('two'), left), 'written');
    same(await store.replace(ledger, first, headOf('late'), []), 'superseded');
    equal(await headIn(store), headOf('two'));
    same(BigInt(await versionIn(store)), BigInt(first) + 1n);
    equal(new Set(await collect(store.scan(ledger, {}))), new Set(left));
    equal(await store.lookup(ledger, 'place', [placeOf(recordOf('a').unit)]), new Map());
  });

  define('values given and taken are copies', async (store) => {
    const head = headOf('one');
    const record = recordOf('a');
    await store.advance(ledger, 'absent', head, [record]);
    head.generation = 'changed';
    record.attempts = 99;
    (await headIn(store)).generation = 'changed';
    (await store.lookup(ledger, 'key', ['a'])).get('a')!.attempts = 99;
    equal(await headIn(store), headOf('one'));
    equal((await store.lookup(ledger, 'key', ['a'])).get('a'), recordOf('a'));
  });

  define('lookup: values that were never seen are missing', async (store) => {
    await writeNext(store, 'one', [recordOf('a')]);
    for (const by of ['key', 'place', 'fingerprint'] as const) equal(await store.lookup(ledger, by, ['nowhere', '']), new Map());
    equal(await store.lookup(ledger, 'key', []), new Map());
    equal([...(await store.lookup(ledger, 'key', ['a', 'a', 'x'])).keys()], ['a']);
  });

  define('lookup: by place and by fingerprint the newest record wins', async (store) => {
    const place = { place: 'file:///a.csv', fingerprint: 'f1' };
    await writeNext(store, 'one', [recordOf('v2', { unit: place }), recordOf('v1', { unit: { ...place, fingerprint: 'f2' } })]);
    same((await store.lookup(ledger, 'place', ['file:///a.csv'])).get('file:///a.csv')?.unit.key, 'v1');
    await writeNext(store, 'two', [recordOf('v3', { unit: { place: 'file:///b.csv', fingerprint: 'f1' } })]);
    same((await store.lookup(ledger, 'fingerprint', ['f1'])).get('f1')?.unit.key, 'v3');
    // Written again, so it is the newest again.
    await writeNext(store, 'three', [recordOf('v2', { unit: place, attempts: 2 })]);
    same((await store.lookup(ledger, 'place', ['file:///a.csv'])).get('file:///a.csv')?.unit.key, 'v2');
    same((await store.lookup(ledger, 'fingerprint', ['f1'])).get('f1')?.unit.key, 'v2');
    same((await store.lookup(ledger, 'key', ['v1', 'v2', 'v3'])).size, 3);
  });

  define('lookup: by place and by fingerprint a record that is not ingested does not hide one that is', async (store) => {
    const shared = { place: 'file:///a.csv', fingerprint: 'f' };
    const newest = async () => [
      (await store.lookup(ledger, 'place', [shared.place])).get(shared.place)?.unit.key,
      (await store.lookup(ledger, 'fingerprint', ['f'])).get('f')?.unit.key,
    ];
    await writeNext(store, 'one', [recordOf('v1', { state: 'failed', sequence: null, unit: shared })]);
    await writeNext(store, 'two', [recordOf('v2', { state: 'held', sequence: null, unit: shared })]);
    equal(await newest(), ['v2', 'v2']);
    await writeNext(store, 'three', [recordOf('v1', { unit: shared })]);
    await writeNext(store, 'four', [recordOf('v2', { state: 'skipped', sequence: null, unit: shared })]);
    equal(await newest(), ['v1', 'v1']);
    await writeNext(store, 'five', [recordOf('v3', { sequence: 2, unit: shared })]);
    equal(await newest(), ['v3', 'v3']);
  });

  define('lookup: by place and by fingerprint an ingested record comes before newer ones of other states', async (store) => {
    const unit = { place: 'file:///a.csv', fingerprint: 'f' };
    const isFound = async (key: string) => {
      same((await store.lookup(ledger, 'place', [unit.place])).get(unit.place)?.unit.key, key);
      same((await store.lookup(ledger, 'fingerprint', ['f'])).get('f')?.unit.key, key);
    };
    await writeNext(store, 'one', [recordOf('v1', { unit, state: 'failed' }), recordOf('v2', { unit, state: 'held' })]);
    await isFound('v2');
    await writeNext(store, 'two', [recordOf('v3', { unit }), recordOf('v4', { unit }), recordOf('v5', { unit, state: 'held' })]);
    await isFound('v4');
    await writeNext(store, 'three', [recordOf('v4', { unit, state: 'failed' })]);
    await isFound('v3');
    await writeNext(store, 'four', [recordOf('v3', { unit, state: 'skipped' })]);
    await isFound('v3');
    await writeNext(store, 'five', [recordOf('v3', { unit: { place: 'file:///b.csv', fingerprint: 'g' } })]);
    await isFound('v4');
  });

  define('lookup: an interval has neither place nor fingerprint', async (store) => {
    await writeNext(store, 'one', [intervalRecordOf('i')]);
    equal(await store.lookup(ledger, 'place', ['i', '', 'null', 'stream']), new Map());
    equal((await store.lookup(ledger, 'key', ['i'])).get('i'), intervalRecordOf('i'));
  });

  define('unsettled: names every unit that has no plain ingested record', async (store) => {
    const wanted = [...ODD_KEYS, 'known', 'counted', 'never seen'];
    equal(await store.unsettled(ledger, wanted), new Set(wanted));
    const states = ['quarantined', 'held', 'failed', 'skipped'] as const;
    const open = states.map((state) => recordOf(state, { state, counts: null }));
    await writeNext(store, 'one', [...open, recordOf('known'), recordOf('counted', { code: 'COUNTED' }), recordOf('between')]);
    const asked = [...states, 'never seen', 'counted', 'known'];
    const answer = await store.unsettled(ledger, asked);
    for (const unitKey of asked.slice(0, -1)) ok(answer.has(unitKey), `${unitKey} is not named`);
    ok(!answer.has('between'), 'a unit that was not asked for is named');
    equal(await store.unsettled({ ...ledger, ingestion: 'returns' }, ['known']), new Set(['known']));
    equal(await store.unsettled(ledger, []), new Set());
  });

  define('scan: filters by state and by sequence, and both', async (store) => {
    const records = [
      recordOf('a', { sequence: 1 }),
      recordOf('b', { sequence: 2, state: 'held' }),
      recordOf('c', { sequence: null, state: 'skipped' }),
      recordOf('d', { sequence: 3 }),
    ];
    await writeNext(store, 'one', records);
    const keys = async (filter: Parameters<CheckpointStore['scan']>[1]) =>
      (await collect(store.scan(ledger, filter))).map((record) => record.unit.key).sort();
    equal(await keys({}), ['a', 'b', 'c', 'd']);
    equal(await keys({ state: 'ingested' }), ['a', 'd']);
    equal(await keys({ since: 2 }), ['b', 'd']);
    equal(await keys({ state: 'ingested', since: 2 }), ['d']);
    equal(await keys({ state: 'quarantined' }), []);
  });

  define('scan: finds the versions of one place, and no others', async (store) => {
    const versionsOf = (place: string, ...keys: string[]) => keys.map((key) => recordOf(key, { unit: { place } }));
    await writeNext(store, 'one', [...versionsOf('here', 'a', 'b'), ...versionsOf('there', 'c'), intervalRecordOf('here')]);
    const found = await collect(store.scan(ledger, { place: 'here' }));
    equal(found.map((record) => record.unit.key).sort(), ['a', 'b']);
    equal(await collect(store.scan(ledger, { place: 'nowhere' })), []);
    equal(await collect(store.scan(ledger, { place: 'here', state: 'held' })), []);
  });

  define('scan: the order is stable, and may be left early', async (store) => {
    await writeNext(
      store,
      'one',
      Array.from({ length: 2500 }, (_, index) => recordOf(`k${(index * 7919) % 2500}`)),
    );
    const keysOf = async () => (await collect(store.scan(ledger, {}))).map((record) => record.unit.key);
    const first = await keysOf();
    same(new Set(first).size, 2500);
    equal(await keysOf(), first);
    for await (const record of store.scan(ledger, {})) {
      same(record.unit.key, first[0]);
      break;
    }
    await writeNext(store, 'two', [recordOf('after')]);
    same((await collect(store.scan(ledger, {}))).length, 2501);
  });

  define('a ledger of 20,000 records is looked up by page', async (store) => {
    const key = (index: number) => `object-${index}`;
    for (let start = 0; start < 20_000; start += 5000) {
      await writeNext(
        store,
        `from ${start}`,
        Array.from({ length: 5000 }, (_, index) => recordOf(key(start + index))),
      );
    }
    const wanted = Array.from({ length: 1000 }, (_, index) => key(index * 40));
    same((await store.lookup(ledger, 'key', wanted)).size, 500);
    same((await store.lookup(ledger, 'place', wanted.map((name) => recordOf(name).unit).map(placeOf))).size, 500);
    same(
      (
        await store.lookup(
          ledger,
          'key',
          Array.from({ length: 3000 }, (_, index) => key(index)),
        )
      ).size,
      3000,
    );
    same((await collect(store.scan(ledger, {}))).length, 20_000);
  });

  define('ledgers of other tenants and ingestions are apart', async (store) => {
    const others = [
      { ...ledger, tenant: 'other' },
      { ...ledger, ingestion: 'returns' },
      { tenant: 'orders', ingestion: 'default' },
    ];
    await store.advance(ledger, 'absent', headOf('mine'), [recordOf('a')]);
    for (const [index, other] of others.entries()) {
      same(await store.read(other), 'absent');
      equal(await store.lookup(other, 'key', ['a']), new Map());
      equal(await collect(store.scan(other, {})), []);
      same(await store.advance(other, 'absent', headOf(`theirs ${index}`), [recordOf('a', { attempts: 50 + index })]), 'written');
    }
    equal(await headIn(store), headOf('mine'));
    equal((await store.lookup(ledger, 'key', ['a'])).get('a'), recordOf('a'));
    equal((await store.lookup(ledger, 'place', [placeOf(recordOf('a').unit)])).size, 1);
  });

  define('64-bit integers above 2^53 stay exact', async (store) => {
    const snapshot = '9007199254740993';
    const intent = intentOf(ledger);
    intent.outputs['main']!.snapshot = snapshot;
    intent.outputs['main']!.attempts = [{ head: '-9223372036854775808', outcome: null }];
    const counts = { ...recordOf('a').counts!['main']!, read: Number.MAX_SAFE_INTEGER };
    const record = recordOf('a', { sequence: Number.MAX_SAFE_INTEGER, counts: { main: counts } });
    const head = headOf('one', { intent, committed: { main: Number.MAX_SAFE_INTEGER } });
    await store.advance(ledger, 'absent', head, [record]);
    equal(await headIn(store), head);
    equal((await store.lookup(ledger, 'key', ['a'])).get('a'), record);
  });

  define('odd keys are kept apart and come back exactly', async (store) => {
    const records = ODD_KEYS.map((key, index) => recordOf(key, { attempts: index, unit: { place: key, fingerprint: key } }));
    await writeNext(store, 'one', records);
    for (const by of ['key', 'place', 'fingerprint'] as const) {
      const found = await store.lookup(ledger, by, ODD_KEYS);
      same(found.size, ODD_KEYS.length, by);
      for (const record of records) equal(found.get(record.unit.key), record);
    }
    same((await collect(store.scan(ledger, {}))).length, ODD_KEYS.length);
    const others = ODD_KEYS.map((key) => `${key}?`);
    const open = await store.unsettled(ledger, [...others, ...ODD_KEYS]);
    for (const key of others) ok(open.has(key), `${JSON.stringify(key)} was never seen, and is not named`);
  });

  define('two handles on the same storage: of two advances from one version one is written', async (store, factory) => {
    const second = await factory.open();
    try {
      same(await second.read(ledger), 'absent');
      for (let round = 0; round < 20; round++) {
        const state = await store.read(ledger);
        const version = state === 'absent' ? 'absent' : state.version;
        const outcomes = await Promise.all(
          [store, second].map((handle, index) =>
            handle.advance(ledger, version, headOf(`${round}-${index}`), [recordOf(`${round}-${index}`)]),
          ),
        );
        equal([...outcomes].sort(), ['superseded', 'written']);
        const winner = `${round}-${outcomes.indexOf('written')}`;
        equal(await headIn(second), headOf(winner));
        equal([...(await store.lookup(ledger, 'key', [`${round}-0`, `${round}-1`])).keys()], [winner]);
      }
    } finally {
      await second.close();
    }
  });

  define('one handle: calls may be concurrent, and of many advances from one version one is written', async (store) => {
    const attempts = Array.from({ length: 20 }, (_, index) =>
      store.advance(ledger, 'absent', headOf(`${index}`), [recordOf(`${index}`)]),
    );
    const [outcomes] = await Promise.all([Promise.all(attempts), store.read(ledger), store.lookup(ledger, 'key', ['0', '1'])]);
    same(outcomes.filter((outcome) => outcome === 'written').length, 1);
    equal(await headIn(store), headOf(`${outcomes.indexOf('written')}`));
    same((await collect(store.scan(ledger, {}))).length, 1);
  });

  define('what was written survives closing and opening again', async (store, factory) => {
    await store.advance(ledger, 'absent', headOf('one'), [recordOf('a')]);
    const version = await versionIn(store);
    const second = await factory.open();
    await second.close();
    const third = await factory.open();
    try {
      same(await versionIn(third), version);
      equal(await headIn(third), headOf('one'));
      equal(await store.lookup(ledger, 'key', ['a']), await third.lookup(ledger, 'key', ['a']));
    } finally {
      await third.close();
    }
  });

  define('after close every call throws CLOSED', async (_store, factory) => {
    const handle = await factory.open();
    await handle.advance(ledger, 'absent', headOf('one'), [recordOf('a')]);
    await handle.close();
    const isClosed = (error: unknown) => CalveError.is(error) && error.code === 'CLOSED';
    await rejects(handle.read(ledger), isClosed);
    await rejects(handle.lookup(ledger, 'key', ['a']), isClosed);
    await rejects(handle.advance(ledger, '1', headOf('two'), []), isClosed);
    await rejects(collect(handle.scan(ledger, {})), isClosed);
  });

  define('head.tag tells whether a write has landed', async (store) => {
    await writeNext(store, 'one', []);
    notStrictEqual((await headIn(store)).tag, headOf('two').tag);
    await writeNext(store, 'two', []);
    same((await headIn(store)).tag, headOf('two').tag);
  });

  if (harness.leases !== false) leaseCases(define);
  else define('lease: there are none', async (store) => same(store.leases, undefined));

  registerCases(it, cases, harness.exceptions);
}
