import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CallContext, CommitIntent, Field, Json, SinkSession } from '@calve/core/plugin';
import { batchRows, rowsBatch, sinkConformance, testContext, testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type IcebergSink, icebergSink, icebergTables } from '../src/index.ts';
import { temporaryLake } from './temporary-lake.ts';

const fields: Field[] = [{ name: 'owner', type: { kind: 'string' }, required: false }];
const orders = { table: 'sales.orders' };

let lake: Awaited<ReturnType<typeof temporaryLake>>;
let sink: IcebergSink;
const open: SinkSession[] = [];

beforeEach(async () => {
  lake = await temporaryLake();
  sink = icebergSink({ catalog: lake.sink.catalog, warehouse: lake.sink.warehouse, namespace: ({ tenant }) => `of.${tenant}` });
});
afterEach(async () => {
  for (const session of open.splice(0)) await session.close();
  await lake.stop();
});

async function connect(tenant: string): Promise<{ session: SinkSession; context: CallContext }> {
  const context = testContext({ tenant });
  const session = await sink.connect(context);
  open.push(session);
  return { session, context };
}

/** Plans, writes and prepares a table with one row; all but the request. */
async function stageRow(tenant: string, target: Json) {
  const { session, context } = await connect(tenant);
  const state = await session.inspect(target);
  const changes = session.planChanges(state, fields, target);
  if (changes.kind === 'impossible') throw new TypeError(changes.diagnostic.message);
  const identities = { main: state === 'absent' ? 'absent' : state.identity };
  const program = testProgram([{ name: 'main', target, fields: changes.fields, changes: changes.changes }]);
  let intent: CommitIntent = testIntent(program, { sequence: 1, identities });
  const writer = await session
    .writer(program, intent, 'main')
    .create(context, { openOutput: (name) => session.openOutput(name) });
  await writer.write(rowsBatch(fields, [{ owner: tenant }]));
  intent = withStagedFiles(intent, 'main', await writer.finish());
  const prepared = await session.prepare(intent, 'main');
  if (prepared.kind !== 'ready') throw new TypeError(prepared.kind);
  return { session, request: prepared.request, key: intent.key };
}

async function rowsOf(session: SinkSession, target: Json) {
  const rows = [];
  for await (const batch of session.read(target, { signal: new AbortController().signal })) {
    rows.push(...batchRows(batch));
    batch.release();
  }
  return rows;
}

describe('a namespace for each tenant', () => {
  it('makes one table name mean a table of whoever uses it', async () => {
    for (const tenant of ['acme', 'globex']) {
      const { session, request } = await stageRow(tenant, orders);
      expect(await session.send(request)).toMatchObject({ kind: 'committed' });
    }
    expect(await icebergTables(sink)).toEqual(['of.acme.sales.orders', 'of.globex.sales.orders']);
    for (const tenant of ['acme', 'globex']) {
      const { session } = await connect(tenant);
      const state = await session.inspect(orders);
      expect(state).not.toBe('absent');
      expect(await rowsOf(session, orders)).toEqual([{ owner: tenant }]);
      const place = `${sink.warehouse}/of/${tenant}/sales/orders`;
      expect(session.describe(orders)).toEqual({ name: `of.${tenant}.sales.orders`, location: place });
      expect(session.tableAccess(orders)).toMatchObject({ kind: 'spark', uri: place });
    }
  });

  it('keeps evidence and files of one commit apart, though both tenants use the same ids', async () => {
    const first = await stageRow('acme', orders);
    const second = await stageRow('globex', orders);
    await first.session.send(first.request);
    expect(await first.session.evidence(orders, first.key)).toMatchObject({ sequence: 1 });
    expect(await second.session.evidence(orders, second.key)).toBeNull();
    expect(existsSync(join(lake.folder, 'warehouse', 'of', 'globex', 'sales', 'orders', 'data'))).toBe(true);
    expect(await second.session.send(second.request)).toMatchObject({ kind: 'committed' });
  });

  it('has no name that leads to the table of another tenant', async () => {
    const { session, request } = await stageRow('acme', orders);
    await session.send(request);
    const other = await connect('globex');
    for (const table of ['sales.orders', 'acme.sales.orders', 'of.acme.sales.orders'])
      expect(await other.session.inspect({ table }), table).toBe('absent');
    for (const table of ['..acme.sales.orders', '../acme.sales.orders', '.acme.sales.orders'])
      expect(await sink.options['~standard'].validate({ table }), table).toHaveProperty('issues');
  });

  it.each([
    'write.data.path',
    'write.metadata.path',
    'write.object-storage.path',
    'write.folder-storage.path',
    'write.location-provider.impl',
  ])('refuses %s: files of a table lie where the host wants them', async (property) => {
    const { session } = await connect('acme');
    const target = { ...orders, properties: { [property]: `${sink.warehouse}/of/globex/sales/orders/data` } };
    expect(() => session.planChanges('absent', fields, target)).toThrow(
      expect.objectContaining({ code: 'OPTIONS_INVALID', message: expect.stringContaining(property) }),
    );
    const unconfined = await lake.sink.connect(testContext());
    open.push(unconfined);
    expect(unconfined.planChanges('absent', fields, target)).toMatchObject({ kind: 'changes' });
  });

  it.each(['', 'a..b', 'a/b', '..'])('cannot be "%s"', async (namespace) => {
    const wrong = icebergSink({ ...lake.sink, namespace });
    await expect(wrong.connect(testContext())).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  });

  it('may be the same for everybody: a part of a catalog', async () => {
    sink = icebergSink({ ...lake.sink, namespace: 'raw' });
    const { session, request } = await stageRow('acme', orders);
    await session.send(request);
    expect(await icebergTables(sink)).toEqual(['raw.sales.orders']);
    expect(await rowsOf((await connect('globex')).session, orders)).toEqual([{ owner: 'acme' }]);
  });
});

describe('icebergSink below a namespace', () => {
  sinkConformance(it, {
    start: async () => {
      const lake = await temporaryLake();
      return {
        ...lake,
        sink: icebergSink({ ...lake.sink, namespace: ({ tenant }) => tenant }),
        target: { table: 'sales.orders' },
      };
    },
  });
});
