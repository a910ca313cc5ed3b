import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitIntent, Field, Prepared } from '@calve/core/plugin';
import { rowsBatch, testContext, testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryLake } from '../../test/temporary-lake.ts';
import { icebergSink } from '../iceberg-sink.ts';
import { encodeAvroFile } from '../manifest/avro-container.ts';
import type { Catalog, LoadedTable } from './catalog.ts';

const fields: Field[] = [{ name: 'id', type: { kind: 'int64' }, required: false }];
const target = { table: 'sales.orders' };
const identifier = { namespace: ['sales'], name: 'orders' };
const context = testContext();

let lake: Awaited<ReturnType<typeof temporaryLake>>;
let intent: CommitIntent;

/** A table with one row. */
beforeEach(async () => {
  lake = await temporaryLake();
  const session = await lake.sink.connect(context);
  const changes = session.planChanges(await session.inspect(target), fields, target);
  if (changes.kind === 'impossible') throw new TypeError(changes.diagnostic.message);
  const planned = testIntent(testProgram([{ name: 'main', target, fields: changes.fields, changes: changes.changes }]), {
    identities: { main: 'absent' },
  });
  const ports = { openOutput: (name: string) => session.openOutput(name) };
  const writer = await session.writer(planned.program, planned, 'main').create(context, ports);
  await writer.write(rowsBatch(fields, [{ id: 1n }]));
  intent = withStagedFiles(planned, 'main', await writer.finish());
  const prepared = (await session.prepare(intent, 'main')) as Prepared & { kind: 'ready' };
  expect(await session.send(prepared.request)).toMatchObject({ kind: 'committed' });
  await session.close();
});
afterEach(() => lake.stop());

async function evidenceOf(sink = lake.sink): Promise<unknown> {
  const session = await sink.connect(context);
  try {
    return await session.evidence(target, intent.key);
  } finally {
    await session.close();
  }
}

describe('the files of a table', () => {
  it('are those of its newest version, also when another engine cleans up while we look', async () => {
    const catalog = lake.sink.catalog.open();
    const now = (await catalog.load(identifier)) as LoadedTable;
    const snapshots = (now.metadata.snapshots ?? []).map((snapshot) => ({
      ...snapshot,
      'manifest-list': `${now.metadata.location}/metadata/cleaned-up.avro`,
    }));
    const lost: LoadedTable = { ...now, metadata: { ...now.metadata, snapshots } };
    const seeing = (...versions: LoadedTable[]) => {
      const load: Catalog['load'] = async (asked) => versions.shift() ?? catalog.load(asked);
      const open = (): Catalog => ({ load, list: () => catalog.list(), commit: catalog.commit.bind(catalog), close: () => {} });
      return icebergSink({ ...lake.sink, catalog: { ...lake.sink.catalog, open } });
    };
    const before = { ...lost, metadataLocation: now.metadataLocation.replace('00000-', '00000-0') };
    expect(await evidenceOf(seeing(before))).toMatchObject({ sequence: 1 });
    await expect(evidenceOf(seeing(lost))).rejects.toMatchObject({ code: 'ICEBERG_FILE_MISSING', recovery: { kind: 'decide' } });
    catalog.close();
  });

  it('may be listed in a manifest that another engine compressed in its own way', async () => {
    const folder = join(lake.folder, 'warehouse/sales/orders/metadata');
    const manifests = readdirSync(folder).filter((name) => name.endsWith('.avro') && !name.startsWith('snap-'));
    expect(manifests).toHaveLength(1);
    const path = join(folder, manifests[0] ?? '');
    const options = { sync: new Uint8Array(16), codec: 'null' as const };
    writeFileSync(path, encodeAvroFile({ type: 'record', name: 'x', fields: [] }, {}, [], options));
    const text = readFileSync(path, 'latin1').replace('\u0008null', '\u000csnappy');
    expect(text).toContain('snappy');
    // A block of one record and no bytes.
    writeFileSync(path, Buffer.concat([Buffer.from(text, 'latin1'), Buffer.from([2, 0]), Buffer.alloc(16)]));
    expect(await evidenceOf()).toMatchObject({ sequence: 1 });
  });
});
