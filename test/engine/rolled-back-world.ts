import type { RollbackChoice } from '@calve/core';
import type { MemorySinkFault } from '@calve/testkit';
import { expect } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

export const REJECTED = `${TABLE}__rejected`;
export const key = { tenant: 'default', ingestion: 'orders' };
export const amounts = { columns: { amount: { type: { kind: 'int32' } } }, limits: { maxRejectedRatio: 1 } } as const;

/** Four commits, one for each file. The files have two rows each. */
export async function loaded(options: Parameters<MemoryWorld['run']>[0] = {}): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) {
    world.files[`${name}.csv`] = rowsOf(at * 10, at * 10 + 1);
    expect((await world.run(options)).result.outcome).toBe('committed');
  }
  return world;
}

/** With a bad row in each of the four files. */
export async function loadedWithRejects(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  for (const [at, name] of ['a', 'b', 'c', 'd'].entries()) {
    world.files[`${name}.csv`] = `id,amount\n${at},${at}\n${at + 100},bad\n`;
    await world.run(amounts);
  }
  expect(world.rows(REJECTED)).toHaveLength(4);
  return world;
}

/** Somebody rolls the table back to its commit with this number; 0: to before the first one. */
export function rollBackTo(world: MemoryWorld, sequence: number, table = TABLE): void {
  world.sink.rollBack(table, sequence === 0 ? null : world.sink.snapshots(table)[sequence - 1]!.id);
}

export async function accept(world: MemoryWorld, choice: RollbackChoice) {
  await using calve = world.calve();
  return await calve.acceptRollback(world.spec(), choice);
}

export async function preview(world: MemoryWorld) {
  await using calve = world.calve();
  return await calve.previewAcceptRollback(world.spec());
}

export async function stateOf(world: MemoryWorld) {
  const store = await world.state.open();
  const records = [];
  for await (const record of store.scan(key, {})) records.push(record);
  return { head: await store.read(key), records };
}

export async function headOf(world: MemoryWorld) {
  const { head } = await stateOf(world);
  if (head === 'absent') throw new TypeError('there is no ledger');
  return head.head;
}

/** Of the next run, the request for rejected rows gets this answer, and the process ends. */
export async function failRejected(world: MemoryWorld, fault: MemorySinkFault): Promise<void> {
  await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
  impatient.on('event', (event) => {
    if (event.kind === 'commit-attempted' && event.output === 'main') world.sink.faults.push(fault);
  });
  expect((await ended(impatient.run(world.spec(amounts)))).error?.code).toBe('COMMIT_STATE_UNKNOWN');
}

export const rejectedIds = (world: MemoryWorld): number[] =>
  world
    .rows(REJECTED)
    .map(({ raw }) => Number(Buffer.from(String(raw), 'base64').toString().split(',')[0]))
    .sort((a, b) => a - b);

export const ids = (world: MemoryWorld): number[] =>
  world
    .column('id')
    .map(Number)
    .sort((a, b) => a - b);
