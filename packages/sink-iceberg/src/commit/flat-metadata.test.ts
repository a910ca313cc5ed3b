import { readdirSync } from 'node:fs';
import { nodeEnvironment } from '@calve/core/node';
import type { CallContext, CommitIntent, Field, Prepared } from '@calve/core/plugin';
import { batchRows, rowsBatch, testContext, testIntent, testProgram, withAttempts, withStagedFiles } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryLake } from '../../test/temporary-lake.ts';
import type { Catalog, LoadedTable } from '../catalog/catalog.ts';
import { readWholeFile } from '../files/local-files.ts';
import type { IcebergSession } from '../iceberg-session.ts';
import type { IcebergTarget } from '../iceberg-sink-options.ts';
import type { ManifestFile } from '../manifest/manifest-file.ts';
import { decodeManifestList } from '../manifest/manifest-list.ts';
import { headOf, snapshotOf } from '../metadata/select.ts';

const fields: Field[] = [{ name: 'id', type: { kind: 'int64' }, required: false }];
const identifier = { namespace: ['sales'], name: 'orders' };
const merging = { 'commit.manifest.min-count-to-merge': '3' };

let lake: Awaited<ReturnType<typeof temporaryLake>>;
let session: IcebergSession;
let context: CallContext;
let catalog: Catalog;
let now: number;

beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  lake = await temporaryLake();
  context = testContext({ environment: { ...nodeEnvironment(), now: () => now } });
  session = (await lake.sink.connect(context)) as IcebergSession;
  catalog = lake.sink.catalog.open();
});
afterEach(async () => {
  await session.close();
  catalog.close();
  await lake.stop();
});

/** A batch of one row whose file is written. */
async function staged(sequence: number, options: Partial<IcebergTarget> = {}): Promise<CommitIntent> {
  const target = { table: 'sales.orders', ...options } as never;
  const state = await session.inspect(target);
  const changes = session.planChanges(state, fields, target);
  if (changes.kind === 'impossible') throw new TypeError(changes.diagnostic.message);
  const program = testProgram([{ name: 'main', target, fields: changes.fields, changes: changes.changes }]);
  const intent = testIntent(program, { sequence, identities: { main: state === 'absent' ? 'absent' : state.identity } });
  const writer = await session
    .writer(program, intent, 'main')
    .create(context, { openOutput: (name) => session.openOutput(name) });
  await writer.write(rowsBatch(fields, [{ id: BigInt(sequence) }]));
  return withStagedFiles(intent, 'main', await writer.finish());
}

async function prepare(intent: CommitIntent) {
  const prepared = await session.prepare(intent, 'main');
  expect(prepared.kind === 'stop' ? prepared.error : prepared.kind).toBe('ready');
  return (prepared as Prepared & { kind: 'ready' }).request;
}

async function commit(sequence: number, options: Partial<IcebergTarget> = {}): Promise<void> {
  expect(await session.send(await prepare(await staged(sequence, options)))).toMatchObject({ kind: 'committed' });
}

const table = async () => ((await catalog.load(identifier)) as LoadedTable).metadata;
async function manifests(): Promise<ManifestFile[]> {
  const metadata = await table();
  return decodeManifestList(await readWholeFile(snapshotOf(metadata, headOf(metadata) ?? 0n)['manifest-list']));
}
async function ids(): Promise<number[]> {
  const found: number[] = [];
  for await (const batch of session.read({ table: 'sales.orders' }, { signal: context.signal })) {
    found.push(...batchRows(batch).map(({ id }) => Number(id)));
    batch.release();
  }
  return found.sort((a, b) => a - b);
}
const metadataNames = (): string[] => readdirSync(`${lake.folder}/warehouse/sales/orders/metadata`);

describe('merging manifests', () => {
  it('keeps the number of manifests down, and every row', async () => {
    const counts: number[] = [];
    for (let sequence = 1; sequence <= 9; sequence += 1) {
      await commit(sequence, { properties: merging });
      counts.push((await manifests()).length);
    }
    expect(counts).toEqual([1, 2, 2, 2, 2, 2, 2, 2, 2]);
    expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    const [added, merged] = await manifests();
    expect(added).toMatchObject({ addedFiles: 1, existingFiles: 0, sequenceNumber: 9n, minSequenceNumber: 9n });
    expect(merged).toMatchObject({
      addedFiles: 0,
      existingFiles: 8,
      existingRows: 8n,
      sequenceNumber: 9n,
      minSequenceNumber: 1n,
    });
  });

  it('is done once for all attempts on one head, and on another head with what is still there', async () => {
    const properties = { ...merging, 'commit.manifest.min-count-to-merge': '4' };
    for (let sequence = 1; sequence <= 3; sequence += 1) await commit(sequence, { properties });
    const mine = await staged(4);
    await prepare(mine);
    const late = await prepare(mine);
    expect(metadataNames().filter((name) => name.includes('-merged-'))).toHaveLength(1);
    // Another writer adds something without merging.
    const other = (await lake.sink.connect(context)) as IcebergSession;
    const theirs = testIntent(mine.program, {
      key: { tenant: 'test', ingestion: 'other' },
      identities: { main: (await table())['table-uuid'] },
    });
    await other.inspect({ table: 'sales.orders' });
    const own = await other
      .writer(mine.program, theirs, 'main')
      .create(context, { openOutput: (name) => other.openOutput(name) });
    await own.write(rowsBatch(fields, [{ id: 100n }]));
    const ready = await other.prepare(withStagedFiles(theirs, 'main', await own.finish()), 'main');
    expect(await other.send((ready as Prepared & { kind: 'ready' }).request)).toMatchObject({ kind: 'committed' });
    await other.close();
    expect(await session.send(late)).toMatchObject({ kind: 'conflict' });
    expect(await session.send(await prepare(withAttempts(mine, 'main', ['conflict'])))).toMatchObject({ kind: 'committed' });
    expect(await ids()).toEqual([1, 2, 3, 4, 100]);
  });

  it('can be switched off', async () => {
    const properties = { ...merging, 'commit.manifest-merge.enabled': 'false' };
    for (let sequence = 1; sequence <= 4; sequence += 1) await commit(sequence, { properties });
    expect(await manifests()).toHaveLength(4);
  });
});

describe('snapshots', () => {
  const DAY = 24 * 60 * 60 * 1000;

  it('are all kept unless the target says otherwise', async () => {
    for (let sequence = 1; sequence <= 3; sequence += 1) {
      await commit(sequence);
      now += 10 * DAY;
    }
    expect((await table()).snapshots).toHaveLength(3);
  });

  it('expire with a commit as the table says, and the evidence is found as before', async () => {
    const options = { expireSnapshots: true, properties: { 'history.expire.min-snapshots-to-keep': '2' } };
    for (let sequence = 1; sequence <= 5; sequence += 1) {
      await commit(sequence, options);
      now += 10 * DAY;
    }
    const { snapshots = [], ...metadata } = await table();
    expect(snapshots.map((snapshot) => snapshot['sequence-number'])).toEqual([4n, 5n]);
    expect(metadata['snapshot-log']).toHaveLength(2);
    expect(await ids()).toEqual([1, 2, 3, 4, 5]);
    expect(await session.evidence({ table: 'sales.orders' }, { tenant: 'test', ingestion: 'orders' })).toMatchObject({
      sequence: 5,
    });
    expect(metadataNames().filter((name) => name.startsWith('snap-'))).toHaveLength(5);
  });

  it('wait with the commit when somebody tags one of them meanwhile', async () => {
    const options = { expireSnapshots: true };
    await commit(1, options);
    const first = headOf(await table()) ?? 0n;
    await commit(2, options);
    now += 10 * DAY;
    const request = await prepare(await staged(3, options));
    const tag = { action: 'set-snapshot-ref' as const, 'ref-name': 'audit', type: 'tag' as const, 'snapshot-id': first };
    await catalog.commit(identifier, { requirements: [], updates: [tag] }, context.environment);
    expect(await session.send(request)).toMatchObject({ kind: 'conflict' });
    await commit(3, options);
    const { snapshots = [], refs } = await table();
    expect(snapshots.map((snapshot) => snapshot['sequence-number'])).toEqual([1n, 3n]);
    expect(refs).toHaveProperty('audit');
  });
});

describe('earlier metadata files', () => {
  it('are deleted when they leave the log, where the table says so', async () => {
    const properties = { 'write.metadata.previous-versions-max': '2', 'write.metadata.delete-after-commit.enabled': 'true' };
    for (let sequence = 1; sequence <= 5; sequence += 1) await commit(sequence, { properties });
    const left = metadataNames().filter((name) => name.endsWith('.json'));
    expect(left.map((name) => name.slice(0, 5)).sort()).toEqual(['00002', '00003', '00004']);
    expect((await table())['metadata-log']?.map((entry) => entry['metadata-file'].split('/').at(-1)?.slice(0, 5))).toEqual([
      '00002',
      '00003',
    ]);
  });

  it('stay otherwise', async () => {
    for (let sequence = 1; sequence <= 4; sequence += 1)
      await commit(sequence, { properties: { 'write.metadata.previous-versions-max': '1' } });
    expect(metadataNames().filter((name) => name.endsWith('.json'))).toHaveLength(4);
  });
});
