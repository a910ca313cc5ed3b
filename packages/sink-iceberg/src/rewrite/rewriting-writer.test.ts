import type { Json, SinkSession } from '@calve/core/plugin';
import { rowsBatch, testContext, testIntent, testProgram, withStagedFiles } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryLake } from '../../test/temporary-lake.ts';
import type { RewriteConfiguration } from './rewrite-configuration.ts';
import { createRewritingWriter } from './rewriting-writer.ts';

const FIELDS = [
  { name: 'id', type: { kind: 'int64' as const }, required: false },
  { name: 'name', type: { kind: 'string' as const }, required: false },
];
const target = { table: 'sales.orders' };

describe('a merge with little memory', () => {
  let lake: Awaited<ReturnType<typeof temporaryLake>>;
  let session: SinkSession;
  const context = testContext();
  const ports = { openOutput: (name: string) => session.openOutput(name), openInput: (name: string) => session.openInput!(name) };

  beforeEach(async () => {
    lake = await temporaryLake();
    session = await lake.sink.connect(context);
  });
  afterEach(async () => {
    await session.close();
    await lake.stop();
  });

  const rows = (count: number, name: string) =>
    Array.from({ length: count }, (_, at) => ({ id: BigInt(at), name: `${name} ${at}` }));

  async function stage(sequence: number, data: ReturnType<typeof rows>[], limits: Partial<RewriteConfiguration> = {}) {
    const state = await session.inspect(target);
    const plan = session.planChanges(state, FIELDS, target);
    if (plan.kind === 'impossible') throw new TypeError(plan.diagnostic.message);
    const mode = { kind: 'merge' as const, keys: ['id'], newest: [] };
    const program = testProgram([{ target, fields: plan.fields, changes: plan.changes, mode }]);
    const intent = testIntent(program, { sequence, identities: { main: state === 'absent' ? 'absent' : state.identity } });
    const { config } = session.writer(program, intent, 'main');
    const writer = await createRewritingWriter({ ...(config as object), ...limits } as unknown as Json, context, ports);
    writer.beginUnit?.({ key: 'unit', uri: 'test:///a.csv', modifiedAt: '2026-01-01T00:00:00Z', replaces: false });
    for (const part of data) {
      const batch = rowsBatch(FIELDS, part);
      await writer.write(batch);
      batch.release();
    }
    const staged = await writer.finish();
    return { intent: withStagedFiles(intent, 'main', staged), staged };
  }

  async function commit({ intent }: Awaited<ReturnType<typeof stage>>): Promise<void> {
    const prepared = await session.prepare(intent, 'main');
    if (prepared.kind !== 'ready') throw new TypeError(prepared.kind);
    expect((await session.send(prepared.request)).kind).toBe('committed');
  }

  async function table(): Promise<Json[][]> {
    const found: Json[][] = [];
    for await (const batch of session.read(target, { signal: context.signal })) {
      const [ids, names] = batch.columns;
      if (ids?.layout !== 'fixed' || names?.layout !== 'offsets') throw new TypeError('the columns are laid out otherwise');
      const view = new DataView(ids.values.buffer, ids.values.byteOffset);
      const text = new TextDecoder();
      for (let row = 0; row < batch.rows; row++)
        found.push([
          Number(view.getBigInt64(row * 8, true)),
          text.decode(names.bytes.subarray(names.offsets[row], names.offsets[row + 1])),
        ]);
    }
    return found.sort((a, b) => Number(a[0]) - Number(b[0]));
  }

  it('goes over the table several times, keeps waiting rows in a file, and comes to the same', async () => {
    await commit(await stage(1, [rows(600, 'old')]));
    const limits = { keyMemoryBytes: 4096, spoolBytes: 0 };
    const { intent, staged } = await stage(2, [rows(300, 'first'), rows(250, 'second')], limits);
    expect(staged).toMatchObject({ rows: 600, rewrite: { kept: 300, units: { unit: { deduplicated: 250, replaced: 300 } } } });
    expect(staged.files.every((file) => !(file as { path: string }).path.includes('waiting'))).toBe(true);
    await commit({ intent, staged });
    expect(await table()).toEqual(
      rows(600, '').map((_, at) => [at, `${at < 250 ? 'second' : at < 300 ? 'first' : 'old'} ${at}`]),
    );
    expect(context.outstandingReservations).toBe(0);
  });

  it('is refused before it needs more passes than are sensible', async () => {
    await expect(stage(1, [rows(200, 'x')], { keyMemoryBytes: 64 })).rejects.toMatchObject({
      code: 'MERGE_TOO_LARGE',
      recovery: { kind: 'fix-input' },
    });
    expect(context.outstandingReservations).toBe(0);
  });
});
