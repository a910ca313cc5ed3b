import { strictEqual as same } from 'node:assert';
import type { CheckpointStore, CheckpointStoreFactory, Head, UnitRecord } from '@calve/core/plugin';
import { headOf } from './ledger-examples.ts';

/** Storage of a test, empty when it starts. */
export interface CheckpointStoreWorld {
  /** Every `open()` gives another handle to the same storage. */
  factory: CheckpointStoreFactory;
  stop?(): Promise<void>;
}

/** The ledger that the cases work on. */
export const ledger = { tenant: 'default', ingestion: 'orders' };

/** Runs a case on a store of its own. */
export async function withStore(
  start: () => Promise<CheckpointStoreWorld>,
  body: (store: CheckpointStore, factory: CheckpointStoreFactory) => Promise<void>,
): Promise<void> {
  const world = await start();
  try {
    const store = await world.factory.open();
    try {
      await body(store, world.factory);
    } finally {
      await store.close();
    }
  } finally {
    await world.stop?.();
  }
}

/** All items. */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Of a ledger that exists. */
export async function versionIn(store: CheckpointStore): Promise<string> {
  const state = await store.read(ledger);
  if (state === 'absent') throw new TypeError('the ledger is absent');
  return state.version;
}

/** Of a ledger that exists. */
export async function headIn(store: CheckpointStore): Promise<Head> {
  const state = await store.read(ledger);
  if (state === 'absent') throw new TypeError('the ledger is absent');
  return state.head;
}

/** Advances the ledger from what it is. */
export async function writeNext(store: CheckpointStore, tag: string, records: UnitRecord[]): Promise<void> {
  const state = await store.read(ledger);
  same(await store.advance(ledger, state === 'absent' ? 'absent' : state.version, headOf(tag), records), 'written');
}

/** Of an object. */
export function placeOf(unit: UnitRecord['unit']): string {
  return unit.kind === 'object' ? unit.place : '';
}
