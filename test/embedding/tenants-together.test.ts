import { gzipSync } from 'node:zlib';
import type { CalveError, RunEvent } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { listen, settled, TABLE, TenantWorld, until } from './tenant-world.ts';

const MEBIBYTE = 1 << 20;
const FLOOD = Array.from({ length: 12 }, (_, at) => `flood-${at}`);
const rowsText = (count: number) => `id,name\n${`1,${'n'.repeat(100)}\n`.repeat(count)}`;
/** A little more than one piece. */
const LARGE = rowsText(12_000);

const kinds = (events: readonly RunEvent[]) =>
  events.map((event) => (event.kind === 'waiting' ? `waiting ${event.reason}` : event.kind));
const isFinished = (events: readonly RunEvent[]) => events.at(-1)?.kind === 'run-finished';

/** A dozen runs of acme over large files on a slow storage: all of them are under way, and hold all memory that they can get. */
async function startFlood(world: TenantWorld, options: { memoryBytes: number; tenantMemoryBytes?: number }) {
  world.files['acme'] = Object.fromEntries(FLOOD.map((name) => [`${name}.csv`, LARGE]));
  world.files['globex'] = { 'small.csv': rowsText(20_000) };
  const calve = world.calve(options);
  // What was looked at while planning is remembered: the runs begin with loading, which takes the larger pieces.
  for (const id of FLOOD) await calve.plan(world.spec(id, `${id}.csv`), { tenant: 'acme' });
  world.gate.hold('acme');
  const runs = FLOOD.map((id) => calve.run(world.spec(id, `${id}.csv`), { tenant: 'acme' }));
  const events = runs.map(listen);
  // The first run loads the code that applying needs.
  await until(() => world.gate.stopped('acme') > 0);
  await settled();
  // Else nothing would be short.
  expect(world.gate.stopped('acme')).toBeGreaterThan(0);
  expect(world.gate.stopped('acme')).toBeLessThan(FLOOD.length);
  expect(events.filter((some) => kinds(some).includes('waiting quota'))).toHaveLength(FLOOD.length - world.gate.stopped('acme'));
  return { calve, runs, events };
}

describe('a flood of large files on a slow storage', () => {
  it('does not touch another tenant where each has a limit of its own', async () => {
    const world = new TenantWorld();
    const { calve, runs, events } = await startFlood(world, { memoryBytes: 8 * MEBIBYTE, tenantMemoryBytes: 4 * MEBIBYTE });
    const small = calve.run(world.spec(), { tenant: 'globex' });
    const heard = listen(small);
    expect((await small).outcome).toBe('committed');
    expect(kinds(heard)).not.toContain('waiting quota');
    expect(events.some(isFinished)).toBe(false);
    world.gate.open('acme');
    for (const run of runs) expect((await run).outcome).toBe('committed');
    await calve.close();
  });

  it('lets another tenant go first with what it gives back, where all memory is for everybody', async () => {
    const world = new TenantWorld();
    const { calve, runs, events } = await startFlood(world, { memoryBytes: 4 * MEBIBYTE });
    const small = calve.run(world.spec(), { tenant: 'globex' });
    const heard = listen(small);
    await settled();
    expect(kinds(heard)).toContain('waiting quota');
    let reads = 0;
    for (; !isFinished(heard); reads++) {
      world.gate.letOneGo('acme');
      await settled();
    }
    expect((await small).outcome).toBe('committed');
    // Every piece that acme gives back goes to globex first, which needs three. In the order of asking, ten of acme would go before each of them.
    expect(reads).toBeGreaterThan(2);
    expect(reads).toBeLessThan(10);
    expect(events.some(isFinished)).toBe(false);
    // It waited for each of its pieces, and said so once.
    expect(kinds(heard).filter((kind) => kind === 'waiting quota')).toHaveLength(1);
    world.gate.open('acme');
    for (const run of runs) expect((await run).outcome).toBe('committed');
    await calve.close();
  });

  it('leaves nothing behind when it is cancelled, whether its runs read or wait', async () => {
    const world = new TenantWorld();
    world.files['acme'] = Object.fromEntries(FLOOD.map((name) => [`${name}.csv`, LARGE]));
    world.files['globex'] = { 'small.csv': 'id,name\n1,one\n' };
    world.gate.hold('acme');
    await using calve = world.calve({ memoryBytes: MEBIBYTE });
    const acme = new AbortController();
    const runs = FLOOD.map((id) => calve.run(world.spec(id, `${id}.csv`), { tenant: 'acme', signal: acme.signal }));
    for (const run of runs) listen(run);
    await until(() => world.gate.stopped('acme') > 0);
    const small = calve.run(world.spec(), { tenant: 'globex' });
    acme.abort();
    expect((await small).outcome).toBe('committed');
    for (const run of runs) await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(world.sinkOf('acme').files()).toEqual([]);
    expect(world.rows('globex')).toHaveLength(1);
  });
});

describe('what one tenant does', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['an image that is called CSV', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'UNITS_SET_ASIDE'],
    ['a compressed file that was cut off', gzipSync(LARGE).subarray(0, 500), 'UNITS_SET_ASIDE'],
    ['a file on a storage that breaks', LARGE, 'TypeError'],
  ])('%s does not touch the run of another', async (what, content, code) => {
    const world = new TenantWorld();
    world.files['acme'] = { 'orders.csv': content };
    world.files['globex'] = { 'orders.csv': LARGE };
    world.onRead = (tenant) => {
      if (tenant === 'acme' && what.includes('breaks')) throw new TypeError('a defect of the storage');
    };
    // globex is in the middle of its file when acme fails.
    world.gate.hold('globex');
    await using calve = world.calve();
    const theirs = calve.run(world.spec(), { tenant: 'globex' });
    await until(() => world.gate.stopped('globex') > 0);
    const error: CalveError = await calve.run(world.spec(), { tenant: 'acme' }).then(
      () => expect.fail('acme has nothing to be committed'),
      (thrown) => thrown,
    );
    expect(error.code).toBe(code);
    world.gate.open('globex');
    expect(await theirs).toMatchObject({
      outcome: 'committed',
      counts: { main: { read: 12_000, written: 12_000, rejected: 0 } },
    });
    expect(world.sinkOf('acme').snapshots(TABLE)).toEqual([]);
  });

  it('to a listener that cannot handle it is a finding of its own run', async () => {
    const world = new TenantWorld();
    for (const tenant of ['acme', 'globex']) world.files[tenant] = { 'orders.csv': 'id\n1\n' };
    await using calve = world.calve();
    calve.on('event', ({ tenant }) => {
      if (tenant === 'acme') throw new TypeError('not prepared for acme');
    });
    const runs = { acme: calve.run(world.spec(), { tenant: 'acme' }), globex: calve.run(world.spec(), { tenant: 'globex' }) };
    const events = { acme: listen(runs.acme), globex: listen(runs.globex) };
    for (const run of Object.values(runs)) expect((await run).outcome).toBe('committed');
    await until(() => isFinished(events.acme) && isFinished(events.globex));
    const failures = (some: readonly RunEvent[]) =>
      some.flatMap((event) => (event.kind === 'finding' && event.diagnostic.code === 'LISTENER_FAILED' ? [event.n] : []));
    expect(failures(events.acme)).toHaveLength(1);
    expect(failures(events.globex)).toEqual([]);
    expect(new Set(events.globex.map(({ tenant }) => tenant))).toEqual(new Set(['globex']));
  });

  it('to cancel its run leaves the other run alone', async () => {
    const world = new TenantWorld();
    for (const tenant of ['acme', 'globex']) {
      world.files[tenant] = { 'orders.csv': LARGE };
      world.gate.hold(tenant);
    }
    await using calve = world.calve();
    const acme = new AbortController();
    const runs = {
      acme: calve.run(world.spec(), { tenant: 'acme', signal: acme.signal }),
      globex: calve.run(world.spec(), { tenant: 'globex' }),
    };
    listen(runs.acme);
    await until(() => world.gate.stopped('acme') > 0 && world.gate.stopped('globex') > 0);
    acme.abort();
    await expect(runs.acme).rejects.toMatchObject({ code: 'CANCELLED' });
    world.gate.open('globex');
    expect((await runs.globex).outcome).toBe('committed');
    world.gate.open('acme');
    expect((await calve.run(world.spec(), { tenant: 'acme' })).outcome).toBe('committed');
  });
});

describe('with memory for one piece at a time', () => {
  it('runs of several tenants finish: nobody holds memory while asking for more', async () => {
    const world = new TenantWorld();
    const tenants = ['acme', 'globex'];
    const awkward = `id,name\n${Array.from({ length: 30_000 }, (_, id) => `${id},"a ""quoted"" ${'é'.repeat(id % 60)}"\n`).join('')}`;
    const malformed = Buffer.concat([Buffer.from('id,name\n'), Buffer.alloc(50_000, Buffer.from('1,\xff\xff\n', 'latin1'))]);
    for (const tenant of tenants) world.files[tenant] = { 'a.csv': awkward, 'b.csv': malformed, 'c.csv.gz': gzipSync(awkward) };
    await using calve = world.calve({ memoryBytes: 1 });
    const spec = world.spec();
    const other = world.spec('detecting');
    const detecting = { ...other, input: { ...other.input, format: 'detect' as const, onSameContent: 'load' as const } };
    const runs = tenants.flatMap((tenant) =>
      [spec, detecting].map((some) => calve.run(some, { tenant, allow: ['quarantined', 'held'] })),
    );
    for (const run of runs) expect((await run).outcome).toBe('committed');
    for (const tenant of tenants) {
      for (const table of ['sales.orders', 'sales.detecting']) expect(world.rows(tenant, table).length).toBeGreaterThan(60_000);
    }
  });
});
