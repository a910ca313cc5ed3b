import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { CalveError, createCalve, date, memoryState, RunRecording, type SupportBundle, string } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { describe, expect, it } from 'vitest';
import { CANARY, LeakingWorld } from './leaking-world.ts';

/** Every place of a file, a spec and a state where a value can hide. */
const VALUES = {
  cell: 'cellvalue-4711',
  longest: 'zzlargestvalue-4712',
  smallest: 'aasmallestvalue-4713',
  partition: 'partitionvalue-4714',
  bad: 'notadate-4715',
  ragged: 'raggedvalue-4716',
  nullToken: 'nulltoken-4717',
  filter: 'filterliteral-4718',
  label: 'labelvalue-4719',
  unquoted: 'brokenquote-4720',
  fileName: 'jane-doe-4721',
  folder: 'salaries-4722',
  tenant: 'tenantname-4723',
  skipped: 'skippedname-4724',
  host: 'machinename-4725',
};

/** Of another process that works on the ingestion. */
const PID = 94_725_318;

/** What a bundle says of an ingestion that was stopped while values were everywhere. */
async function stoppedWorld(killAt: string, withNames = false): Promise<SupportBundle> {
  const folder = await mkdtemp(join(tmpdir(), 'calve-bundle-'));
  const landing = join(folder, VALUES.folder);
  try {
    await mkdir(landing);
    const lines = [VALUES.smallest, VALUES.cell, VALUES.longest].map((name) => `${name},${VALUES.partition},2026-01-01`);
    await put(landing, `${VALUES.fileName}.csv`, [
      'name,part,day',
      ...lines,
      `x,${VALUES.partition},${VALUES.bad}`,
      VALUES.ragged,
    ]);
    await put(landing, `${VALUES.skipped}.csv`, [
      'name,part,day',
      ...lines,
      `x,${VALUES.partition},${VALUES.bad}`,
      VALUES.ragged,
    ]);
    await put(landing, 'broken.csv', ['name,part,day', `"${VALUES.unquoted}" x,${VALUES.unquoted}`, `"${VALUES.unquoted}`]);
    await put(landing, 'other.csv', ['name,part,another', `${VALUES.cell},${VALUES.partition},${VALUES.cell}`]);
    let isStopping = true;
    await using calve = createCalve({
      sources: { local: localSource() },
      formats: { csv: csvFormat() },
      sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }) },
      state: sqliteState(join(folder, 'state.db')),
      environment: {
        ...nodeEnvironment(),
        step: async (label) => {
          if (isStopping && label === killAt) throw new CalveError('COMMIT_CONFLICT', `${VALUES.cell} ${CANARY}`);
        },
      },
    });
    const recording = new RunRecording();
    calve.on('event', recording.add);
    const built = calve
      .ingestion('orders')
      .from('local', { path: landing })
      .as('csv', { header: true, nulls: [VALUES.nullToken] })
      .columns({ day: date(), part: string({ nulls: [VALUES.nullToken] }) })
      .limits({ maxRejectedRatio: 0.9 })
      .settle(0)
      .into('lake', { table: 'sales.orders', partitionBy: [{ transform: 'identity', column: 'part' }] })
      .build();
    const spec = { ...built, labels: { note: VALUES.label } };
    await calve.run(spec, { tenant: VALUES.tenant }).catch(() => null);
    isStopping = false;
    return await calve.bundle(spec, { recording, tenant: VALUES.tenant, ...(withNames ? { withNames } : {}) });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function put(folder: string, name: string, lines: readonly string[]): Promise<void> {
  await writeFile(join(folder, name), `${lines.join('\n')}\n`);
  await utimes(join(folder, name), 1_700_000_000, 1_700_000_000);
}

const FORMS = (value: string): string[] => [
  value,
  Buffer.from(value).toString('base64').replace(/=*$/, ''),
  Buffer.from(value).toString('hex'),
  encodeURIComponent(value),
];

function findIn(text: string, values: readonly string[]): string[] {
  return values.filter((value) => FORMS(value).some((form) => text.includes(form)));
}

describe('a support bundle', () => {
  it.each(['core.apply.staged', 'core.commit.committing', 'core.commit.finish', 'none'])(
    'holds no value, path, name or machine when the run was stopped at %s',
    async (label) => {
      const bundle = await stoppedWorld(label);
      const text = JSON.stringify(bundle);
      expect(findIn(text, [...Object.values(VALUES), CANARY])).toEqual([]);
      expect(findIn(text, [tmpdir(), hostname(), `/${userInfo().username}/`, 'file:///'])).toEqual([]);
      expect(bundle).toMatchObject({
        bundleVersion: 1,
        names: 'labels',
        tables: { main: { table: 'sales.orders' } },
        run: { events: expect.arrayContaining([expect.objectContaining({ kind: 'planned' })]) },
      });
      expect(bundle.ledger.commits).toHaveLength(label === 'none' ? 1 : 0);
      // What is schema stays, so that it can be talked about.
      expect(text).toContain('"part"');
      if (label === 'core.commit.committing')
        expect(bundle.ledger.head?.intent?.outputs['main']).toMatchObject({ isStagedThere: true });
    },
  );

  it.each(['wait', 'stop'] as const)(
    'says nothing of the process that was at work, when the run was told to %s',
    async (ifBusy) => {
      const world = new LeakingWorld();
      const state = memoryState();
      await using calve = world.calve({ state });
      const spec = calve
        .ingestion('orders')
        .from('memory')
        .as('csv', { header: true })
        .limits({ maxRejectedRatio: 1 })
        .settle(0)
        .into('lake', { table: 'sales.orders' })
        .build();
      const { leases } = await state.open();
      const process = { host: VALUES.host, pid: PID, boot: null, namespace: null, started: null };
      const holder = { token: 't', process, durationMilliseconds: 60_000 };
      await leases?.acquire({ tenant: 'default', ingestion: 'orders' }, holder, new Date().toISOString());
      const recording = new RunRecording();
      calve.on('event', recording.add);
      const error = await calve.run(spec, { ifBusy }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      const said = JSON.stringify([recording.events, error]);
      // People are told: it is only the bundle that leaves it out.
      expect([said.includes(VALUES.host), said.includes(String(PID))]).toEqual([true, true]);
      const text = JSON.stringify(await calve.bundle(spec, { recording }));
      expect(findIn(text, [VALUES.host, String(PID)])).toEqual([]);
      expect(text).toContain(ifBusy === 'wait' ? '"reason":"lease"' : '"outcome":"failed"');
    },
  );

  it('holds names of files, and still no folder, when that was asked for', async () => {
    const text = JSON.stringify(await stoppedWorld('core.apply.staged', true));
    const { fileName, skipped, ...others } = VALUES;
    expect(findIn(text, [fileName, skipped])).toEqual([fileName, skipped]);
    expect(findIn(text, Object.values(others))).toEqual([]);
  });

  it.each([
    'source.connect',
    'files.list',
    'files.open',
    'reader.read',
    'sink.connect',
    'tables.inspect',
    'tables.evidence',
    'tables.prepare',
  ])('holds no secret when %s throws one, as a message, a code and a name', async (point) => {
    const world = new LeakingWorld();
    await using leaking = world.calve();
    const spec = leaking
      .ingestion('orders')
      .from('memory')
      .as('csv', { header: true })
      .limits({ maxRejectedRatio: 1 })
      .settle(0)
      .into('lake', { table: 'sales.orders' })
      .build();
    world.leak([point], () => new CalveError(CANARY, CANARY, { context: { [CANARY]: CANARY }, cause: new Error(CANARY) }));
    const recording = new RunRecording();
    leaking.on('event', recording.add);
    await leaking.run(spec).catch(() => null);
    const bundle = await leaking.bundle(spec, { recording }).catch((error: unknown) => error);
    expect(findIn(JSON.stringify(bundle), [CANARY, 'C4nary', '9f8e7d6c'])).toEqual([]);
  });
});
