import { readdirSync } from 'node:fs';
import { nodeEnvironment } from '@calve/core/node';
import type { CallContext, CommitIntent, Field, Json, Prepared } from '@calve/core/plugin';
import { rebuildPortable } from '@calve/core/plugin';
import { batchRows, rowsBatch, testContext, testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryLake } from '../test/temporary-lake.ts';
import type { Catalog, TableCommit } from './catalog/catalog.ts';
import { writeFileOnce } from './files/local-files.ts';
import type { IcebergSession } from './iceberg-session.ts';
import { encodeAvroFile } from './manifest/avro-container.ts';
import { encodeManifestList } from './manifest/manifest-list.ts';
import { manifestSchema } from './manifest/manifest-schema.ts';
import { schemaOf } from './metadata/select.ts';
import type { TableMetadata } from './metadata/table-metadata.ts';
import { planAppend } from './operation/append.ts';

const fields: Field[] = [
  { name: 'id', type: { kind: 'int64' }, required: false },
  { name: 'note', type: { kind: 'string' }, required: false },
];
const orders = { table: 'sales.orders' };
const rejected = { table: 'sales.orders__rejected' };
const identifier = { namespace: ['sales'], name: 'orders' };

let lake: Awaited<ReturnType<typeof temporaryLake>>;
let session: IcebergSession;
let context: CallContext;
let catalog: Catalog;
const steps: string[] = [];

beforeEach(async () => {
  steps.length = 0;
  lake = await temporaryLake();
  const environment = { ...nodeEnvironment(), step: async (label: string) => void steps.push(label) };
  context = testContext({ environment });
  session = (await lake.sink.connect(context)) as IcebergSession;
  catalog = lake.sink.catalog.open();
});
afterEach(async () => {
  await session.close();
  catalog.close();
  await lake.stop();
});

/** An intent for the named outputs, planned against the tables as they are. */
async function plan(outputs: Record<string, Json>, sequence = 1, columns = fields): Promise<CommitIntent> {
  const identities: Record<string, string> = {};
  const planned = [];
  for (const [name, target] of Object.entries(outputs)) {
    const state = await session.inspect(target);
    const changes = session.planChanges(state, columns, target);
    if (changes.kind === 'impossible') throw new TypeError(changes.diagnostic.message);
    identities[name] = state === 'absent' ? 'absent' : state.identity;
    planned.push({ name, target, fields: changes.fields, changes: changes.changes });
  }
  return testIntent(testProgram(planned), { sequence, identities });
}

async function stage(intent: CommitIntent, output: string, rows = [{ id: 1n, note: 'one' }]): Promise<CommitIntent> {
  const writer = await session
    .writer(intent.program, intent, output)
    .create(context, { openOutput: (name) => session.openOutput(name) });
  await writer.write(rowsBatch(fields, rows));
  return withStagedFiles(intent, output, await writer.finish());
}

async function commit(intent: CommitIntent, output = 'main'): Promise<void> {
  const prepared = await session.prepare(intent, output);
  expect(prepared.kind === 'stop' ? prepared.error : prepared.kind).toBe('ready');
  expect(await session.send((prepared as Prepared & { kind: 'ready' }).request)).toMatchObject({ kind: 'committed' });
}

async function commitForeign(change: (metadata: TableMetadata) => TableCommit['updates'], name = 'orders'): Promise<void> {
  const loaded = await catalog.load({ ...identifier, name });
  if (loaded === 'absent') throw new TypeError('no table');
  expect(
    await catalog.commit({ ...identifier, name }, { requirements: [], updates: change(loaded.metadata) }, nodeEnvironment()),
  ).toMatchObject({ kind: 'committed' });
}

const metadataNames = (): string[] => readdirSync(`${lake.folder}/warehouse/sales/orders/metadata`);

describe('prepare and send', () => {
  it('pass every label before what changes something outside the process', async () => {
    const intent = await stage(await plan({ main: orders }), 'main');
    expect(steps).toEqual([]);
    await commit(intent);
    expect(steps).toEqual([
      'iceberg.prepare.manifest',
      'iceberg.prepare.manifest-list',
      'iceberg.send.metadata',
      'iceberg.send.pointer',
      'iceberg.send.done',
    ]);
  });

  it('write the manifest once for all attempts, and a manifest list for each', async () => {
    const intent = await stage(await plan({ main: orders }), 'main');
    await session.prepare(intent, 'main');
    await session.prepare(intent, 'main');
    expect(metadataNames().filter((name) => name.endsWith('-m0.avro'))).toHaveLength(1);
    expect(
      metadataNames()
        .filter((name) => name.startsWith('snap-'))
        .map((name) => name.split('-')[2]),
    ).toEqual(['1', '2']);
    await commit(intent);
    expect(metadataNames().filter((name) => name.endsWith('.json'))).toHaveLength(1);
  });

  it('create the table, add rows and leave evidence in one metadata file', async () => {
    const intent = await stage(await plan({ main: orders }), 'main');
    await commit(intent);
    const loaded = await catalog.load(identifier);
    if (loaded === 'absent') throw new TypeError('no table');
    expect(loaded.metadataLocation).toMatch(/\/00000-/);
    expect(loaded.metadata.properties).toMatchObject({
      'write.parquet.compression-codec': 'zstd',
      'ingest.test.orders': expect.stringContaining(intent.commitId),
    });
    expect(loaded.metadata.snapshots).toMatchObject([
      { 'sequence-number': 1n, summary: { operation: 'append', 'ingest.commit-id': intent.commitId, 'total-records': '1' } },
    ]);
  });

  it('stop when a column was renamed after the plan', async () => {
    await commit(await stage(await plan({ main: orders }), 'main'));
    const late = await stage(await plan({ main: orders }, 2), 'main');
    await commitForeign((metadata) => {
      const schema = schemaOf(metadata);
      const renamed = schema.fields.map((field) => (field.name === 'note' ? { ...field, name: 'remark' } : field));
      return [
        { action: 'add-schema', schema: { ...schema, 'schema-id': 1, fields: renamed } },
        { action: 'set-current-schema', 'schema-id': -1 },
      ];
    });
    expect(await session.prepare(late, 'main')).toMatchObject({
      kind: 'stop',
      error: { code: 'SCHEMA_CHANGED', recovery: { kind: 'replan' } },
    });
  });

  it('stop when the partitioning was changed after the plan', async () => {
    await commit(await stage(await plan({ main: orders }), 'main'));
    const late = await stage(await plan({ main: orders }, 2), 'main');
    await commitForeign(() => [
      {
        action: 'add-spec',
        spec: { 'spec-id': 1, fields: [{ 'source-id': 1, 'field-id': 1000, transform: 'identity', name: 'id' }] },
      },
      { action: 'set-default-spec', 'spec-id': -1 },
    ]);
    expect(await session.prepare(late, 'main')).toMatchObject({ kind: 'stop', error: { code: 'SCHEMA_CHANGED' } });
    const again = await stage(await plan({ main: orders }, 2), 'main');
    await commit(again);
    expect(JSON.stringify(again.outputs['main']?.staged)).toContain('/id=1/');
  });

  it('go on over a column that somebody else added after the plan', async () => {
    await commit(await stage(await plan({ main: orders }), 'main'));
    const late = await stage(await plan({ main: orders }, 2), 'main');
    await commitForeign((metadata) => {
      const schema = schemaOf(metadata);
      return [
        {
          action: 'add-schema',
          schema: {
            ...schema,
            'schema-id': 1,
            fields: [...schema.fields, { id: 3, name: 'theirs', type: 'int', required: false }],
          },
        },
        { action: 'set-current-schema', 'schema-id': -1 },
      ];
    });
    await commit(late);
    expect(await session.inspect(orders)).toMatchObject({
      schemaId: 1,
      fields: [{ id: 1 }, { id: 2 }, { id: 3, name: 'theirs' }],
    });
  });

  it('stop when the table was rolled back behind the evidence, whatever batch is sent', async () => {
    await commit(await stage(await plan({ main: orders }), 'main'));
    const first = await catalog.load(identifier);
    await commit(await stage(await plan({ main: orders }, 2), 'main'));
    const root = first === 'absent' ? undefined : first.metadata.refs?.['main']?.['snapshot-id'];
    await commitForeign(() => [{ action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': root ?? 0n }]);
    expect(await session.prepare(await plan({ main: orders }, 3), 'main')).toMatchObject({
      kind: 'stop',
      error: { code: 'TABLE_ROLLED_BACK', recovery: { kind: 'decide' } },
    });
  });

  it('find files that are live already when the evidence was removed by hand', async () => {
    const intent = await stage(await plan({ main: orders }), 'main');
    await commit(intent);
    await commitForeign((metadata) => [
      { action: 'remove-properties', removals: ['ingest.test.orders'] },
      {
        action: 'add-snapshot',
        snapshot: { ...metadata.snapshots![0]!, 'snapshot-id': 77n, 'sequence-number': 2n, summary: { operation: 'replace' } },
      },
      { action: 'set-snapshot-ref', 'ref-name': 'main', type: 'branch', 'snapshot-id': 77n },
      { action: 'remove-snapshots', 'snapshot-ids': [metadata.snapshots![0]!['snapshot-id']] },
    ]);
    const state = await session.inspect(orders);
    const main = intent.outputs['main']!;
    const resent = { ...intent, outputs: { main: { ...main, identity: state === 'absent' ? '' : state.identity } } };
    await expect(session.prepare(resent, 'main')).rejects.toMatchObject({ code: 'MARKER_CONFLICT' });
  });
});

describe('an output after the first', () => {
  it('may lag, since it skips batches without rows', async () => {
    await commit(await stage(await plan({ main: orders, rejected }), 'main'));
    const third = { ...(await plan({ main: orders, rejected }, 3)), commitId: 'third' };
    expect(await session.prepare(third, 'main')).toMatchObject({ kind: 'stop', error: { code: 'MARKER_BEHIND' } });
    await commit(await stage(third, 'rejected'), 'rejected');
    expect(await session.evidence(rejected, third.key)).toMatchObject({ sequence: 3 });
    expect(await session.prepare(third, 'rejected')).toMatchObject({ kind: 'already-committed' });
  });

  it('takes a table that came into being exactly as planned, since its intent cannot be planned again', async () => {
    const ours = await stage(await plan({ main: orders, rejected }), 'rejected');
    await commit(ours, 'main');
    const theirs = testIntent(ours.program, { key: { tenant: 'test', ingestion: 'returns' } });
    await commit(await stage(theirs, 'rejected'), 'rejected');
    await commit(ours, 'rejected');
    const state = await session.inspect(rejected);
    expect(state).toMatchObject({ snapshot: ours.outputs['rejected']?.snapshot });
  });

  it('stops for a table that came into being otherwise', async () => {
    const ours = await stage(await plan({ main: orders, rejected }), 'rejected');
    const theirs = await plan({ rejected }, 1, [{ name: 'other', type: { kind: 'string' }, required: false }]);
    await commit(theirs, 'rejected');
    expect(await session.prepare(ours, 'rejected')).toMatchObject({ kind: 'stop', error: { code: 'PLAN_STALE' } });
  });
});

describe('writer', () => {
  it('is rebuilt from module, export name and JSON, and writes the same bytes', async () => {
    const intent = await plan({ main: { ...orders, partitionBy: [{ transform: 'bucket', column: 'id', buckets: 4 }] } });
    const portable = session.writer(intent.program, intent, 'main');
    const written: Uint8Array[][] = [];
    for (const make of [
      () => portable.create(context, ports()),
      () => rebuildPortable(JSON.parse(JSON.stringify(portable)), context, ports()) as ReturnType<typeof portable.create>,
    ]) {
      written.push([]);
      const writer = await make();
      await writer.write(
        rowsBatch(fields, [
          { id: 1n, note: 'one' },
          { id: 2n, note: null },
        ]),
      );
      await writer.finish();
    }
    expect(written[0]?.length).toBeGreaterThan(0);
    expect(written[0]).toEqual(written[1]);

    function ports() {
      return {
        openOutput: async () => ({
          write: async (chunk: Uint8Array) => void written.at(-1)?.push(chunk.slice()),
          finish: async () => {},
          abort: async () => {},
        }),
      };
    }
  });

  it('takes sizes, codec and locations from the table, and from the target for a new one', async () => {
    const target = {
      ...orders,
      properties: {
        'write.target-file-size-bytes': '1000',
        'write.parquet.compression-codec': 'snappy',
        'write.data.path': `file://${lake.folder}/elsewhere/`,
      },
    };
    const config = async () => {
      const intent = await plan({ main: target }, 1);
      return session.writer(intent.program, intent, 'main').config;
    };
    const wanted = { targetFileBytes: 1000, codec: 'snappy', dataLocation: `file://${lake.folder}/elsewhere`, specId: 0 };
    expect(await config()).toMatchObject(wanted);
    await commit(await plan({ main: target }));
    expect(await config()).toMatchObject(wanted);
  });

  it('refuses to guess the partitioning of a table that was not inspected', async () => {
    const intent = await plan({ main: orders });
    const unknown = { ...intent, outputs: { main: { ...intent.outputs['main']!, identity: 'some-uuid' } } };
    expect(() => session.writer(unknown.program, unknown, 'main')).toThrow(/inspected/);
  });
});

describe('read', () => {
  it('refuses a table with delete files instead of showing rows that are gone', async () => {
    await commit(await stage(await plan({ main: orders }), 'main'));
    const folder = `file://${lake.folder}/warehouse/sales/orders/metadata`;
    const deleted = { 0: 1, 1: 7n, 2: { 134: 1, 100: 'file:///d.parquet', 101: 'PARQUET', 102: {}, 103: 1n, 104: 1n } };
    const options = { sync: new Uint8Array(16), codec: 'deflate' as const };
    await writeFileOnce(
      `${folder}/deletes.avro`,
      encodeAvroFile(manifestSchema({ 'spec-id': 0, fields: [] }, []), {}, [deleted], options),
    );
    const loaded = await catalog.load(identifier);
    if (loaded === 'absent') throw new TypeError('no table');
    const { updates, manifests, sequenceNumber, parent } = planAppend(loaded.metadata, {
      snapshotId: 7n,
      addition: { files: 1, rows: 1n, bytes: 1n, partitions: 1 },
      manifest: { path: `${folder}/deletes.avro`, length: 1, specId: 0, partitions: [] },
      kept: [],
      manifestList: `${folder}/list.avro`,
      summary: {},
      updates: [],
      nowMilliseconds: 0n,
    });
    await writeFileOnce(
      `${folder}/list.avro`,
      encodeManifestList(manifests, { snapshotId: 7n, parentSnapshotId: parent, sequenceNumber, ...options }),
    );
    await commitForeign(() => updates);
    const rows = session.read(orders, { signal: context.signal });
    await expect(rows.next()).rejects.toMatchObject({ code: 'ICEBERG_DELETE_FILES_UNSUPPORTED' });
  });

  it('gives a snapshot with the columns that it had', async () => {
    const first = await stage(await plan({ main: orders }), 'main');
    await commit(first);
    await commit(await plan({ main: orders }, 2, [...fields, { name: 'new', type: { kind: 'float64' }, required: false }]));
    const read = async (snapshot?: string) => {
      const rows = [];
      for await (const batch of session.read(orders, { signal: context.signal, ...(snapshot ? { snapshot } : {}) }))
        rows.push(...batchRows(batch));
      return rows;
    };
    expect(await read(first.outputs['main']?.snapshot)).toEqual([{ id: '1', note: 'one' }]);
    expect(await read()).toEqual([{ id: '1', note: 'one', new: null }]);
    await expect(read('12')).rejects.toMatchObject({ code: 'ICEBERG_SNAPSHOT_NOT_FOUND' });
  });

  it('ends when it is cancelled', async () => {
    await commit(await stage(await plan({ main: orders }), 'main'));
    const rows = session.read(orders, { signal: AbortSignal.abort() });
    await expect(rows.next()).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('names the columns of the table when one is asked for that it does not have', async () => {
    await commit(await stage(await plan({ main: orders }), 'main'));
    const rows = session.read(orders, { signal: context.signal, columns: [['nobody']] });
    await expect(rows.next()).rejects.toMatchObject({ code: 'OPTIONS_INVALID', message: expect.stringMatching(/id, note/) });
  });
});

describe('access', () => {
  it('tells Spark where catalog, warehouse and table are', async () => {
    expect(session.tableAccess(orders)).toMatchObject({
      kind: 'spark',
      uri: `file://${lake.folder}/warehouse/sales/orders`,
      table: ['calve', 'sales', 'orders'],
      conf: {
        'spark.sql.catalog.calve.uri': `jdbc:sqlite:${lake.folder}/catalog.db`,
        'spark.sql.catalog.calve.jdbc.schema-version': 'V1',
      },
      jars: [expect.stringMatching(/iceberg-spark-runtime/), expect.stringMatching(/sqlite-jdbc/)],
    });
    expect(session.describe(orders)).toEqual({ name: 'sales.orders', location: `file://${lake.folder}/warehouse/sales/orders` });
  });

  it('reports a catalog that is no catalog, and leaves it alone', async () => {
    await writeFileOnce(
      `${lake.folder}/catalog.db`,
      new TextEncoder().encode('this is not a database, but long enough to look at'.repeat(20)),
    );
    expect(await session.check()).toMatchObject([{ code: 'ICEBERG_CATALOG_UNAVAILABLE', severity: 'error' }]);
  });
});
