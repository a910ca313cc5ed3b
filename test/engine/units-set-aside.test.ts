import { gzipSync } from 'node:zlib';
import { seededRandom } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

/** A gzip file that is larger than what planning looks at, and whose checksum at the end is wrong. */
function damagedAtTheEnd(): Uint8Array<ArrayBuffer> {
  const random = seededRandom(1);
  const lines = Array.from(
    { length: 80_000 },
    () => `${random.next()},${random.next().toString(36)}${random.next().toString(36)}`,
  );
  const bytes = new Uint8Array(gzipSync(`id,name\n${lines.join('\n')}\n`, { level: 1 }));
  bytes[bytes.length - 6]! ^= 0xff;
  return bytes;
}

/** With types declared, planning needs only the beginning of each file. */
const HEADERS_ONLY = { schema: { infer: 'off' as const } };

describe('a unit that turns out malformed while it is loaded', () => {
  it('is quarantined, and the rest is committed before the run rejects', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    world.files['b.csv.gz'] = damagedAtTheEnd();
    world.files['c.csv'] = rowsOf(3);
    const { error, result, events } = await world.run(HEADERS_ONLY);
    expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'MALFORMED_UNIT', severity: 'error' }] });
    expect(error?.message).toMatch(/1 file was set aside\. The rest is committed\. .*b\.csv\.gz/);
    expect(result).toMatchObject({ outcome: 'held', units: { ingested: 2, quarantined: 1 } });
    expect(world.column('id')).toEqual(['1', '3']);
    expect(world.orphans()).toEqual([]);
    const states = events.flatMap((event) => (event.kind === 'unit-finished' ? [event.record.state] : []));
    expect(states.sort()).toEqual(['ingested', 'ingested', 'quarantined']);
    // Tried again only when it changes.
    expect((await world.run(HEADERS_ONLY)).result.outcome).toBe('nothing-new');
    world.files['b.csv.gz'] = new Uint8Array(gzipSync(rowsOf(2)));
    expect((await world.run(HEADERS_ONLY)).result.outcome).toBe('committed');
    expect(world.column('id')).toEqual(['1', '3', '2']);
  });

  it('does not reject the run when quarantine is allowed', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    world.files['b.csv.gz'] = damagedAtTheEnd();
    const { error, result } = await world.run(HEADERS_ONLY, { allow: ['quarantined'] });
    expect(error).toBeNull();
    expect(result).toMatchObject({ outcome: 'committed', units: { ingested: 1, quarantined: 1 } });
  });

  it('leaves no announcement behind when it is the only one', async () => {
    const world = new MemoryWorld();
    world.files['b.csv.gz'] = damagedAtTheEnd();
    const { error, result } = await world.run(HEADERS_ONLY);
    expect(error?.message).toContain('Nothing was committed.');
    expect(result).toMatchObject({ outcome: 'held', units: { ingested: 0, quarantined: 1 } });
    const head = await (await world.state.open()).read({ tenant: 'default', ingestion: 'orders' });
    expect(head).toMatchObject({ head: { intent: null, committed: {} } });
    expect(world.sink.files()).toEqual([]);
    world.files['a.csv'] = rowsOf(1);
    expect((await world.run(HEADERS_ONLY)).result.outcome).toBe('committed');
  });

  it('is told again by a second application of the same plan', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    world.files['b.csv.gz'] = damagedAtTheEnd();
    await using calve = world.calve();
    const plan = await calve.plan(world.spec(HEADERS_ONLY));
    expect((await ended(calve.apply(plan))).error?.code).toBe('UNITS_SET_ASIDE');
    const again = await ended(calve.apply(plan));
    expect(again.error?.code).toBe('UNITS_SET_ASIDE');
    expect(again.result).toMatchObject({ outcome: 'held', units: { ingested: 0, quarantined: 1 } });
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
  });
});

describe('a unit that planning cannot read', () => {
  it('is quarantined when its content is to blame', async () => {
    const world = new MemoryWorld();
    const broken = new Uint8Array(gzipSync(rowsOf(1)));
    broken[broken.length - 6]! ^= 0xff;
    world.files['a.csv.gz'] = broken;
    world.files['b.csv'] = rowsOf(2);
    const { error, result } = await world.run();
    expect(error?.code).toBe('UNITS_SET_ASIDE');
    expect(result.units).toMatchObject({ ingested: 1, quarantined: 1 });
    expect(world.column('id')).toEqual(['2']);
  });

  it('waits when no format recognises it, and is loaded when the spec names one', async () => {
    const world = new MemoryWorld();
    world.files['a.bin'] = new Uint8Array([0, 1, 2, 3, 0, 255, 254, 0]);
    await using calve = world.calve();
    const detecting = calve.ingestion('orders').from('memory').detect().settle(0).into('lake', { table: TABLE }).build();
    const { error, result } = await world.run(detecting);
    expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'FORMAT_UNKNOWN' }] });
    expect(result.units).toMatchObject({ held: 1, quarantined: 0 });
    expect((await world.run(detecting)).result.units).toMatchObject({ held: 1 });
  });

  it('fails, and is tried again by the next run, when its bytes are not what was listed', async () => {
    const world = new MemoryWorld();
    const bytes = new TextEncoder().encode(rowsOf(1, 2));
    world.files['a.csv'] = bytes;
    world.files['b.csv'] = rowsOf(3);
    // The host changes the bytes between planning and loading, as somebody who writes into a file would.
    world.onStep = (label) => {
      if (label === 'core.apply.stage') bytes.set(new TextEncoder().encode('7'), 8);
    };
    const { error, result } = await world.run();
    expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'OBJECT_CHANGED' }] });
    expect(result).toMatchObject({ outcome: 'failed', units: { ingested: 1, failed: 1 } });
    world.onStep = () => {};
    expect((await world.run()).result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
    expect(world.column('id')).toEqual(['3', '7', '2']);
  });

  it('without values is skipped and does not disturb anybody', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = '';
    world.files['b.csv'] = rowsOf(2);
    const { error, result } = await world.run();
    expect(error).toBeNull();
    expect(result.units).toMatchObject({ ingested: 1, skipped: 1 });
    await using calve = world.calve();
    expect((await calve.plan(world.spec())).batch.skipped).toContainEqual(
      expect.objectContaining({ reason: 'skipped before: it holds no values', examples: ['memory:///a.csv'] }),
    );
  });
});

describe('too many rejected rows', () => {
  const mixed = `id,name\n${Array.from({ length: 95 }, (_, id) => `${id},n\n`).join('')}${'x,n\n'.repeat(5)}`;
  const asNumbers = { columns: { id: { type: { kind: 'int64' as const } } } };

  it('hold their file and no other, and a run with other limits loads it', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1000);
    world.files['b.csv'] = mixed;
    world.files['c.csv'] = rowsOf(2000);
    const { error, result } = await world.run(asNumbers);
    expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'REJECTED_LIMIT' }] });
    expect(error?.diagnostics[0]?.message).toContain(
      'b.csv: 5 of 100 rows (5 %) were rejected, 1 % is the limit. The first one: line 97',
    );
    expect(result).toMatchObject({ outcome: 'held', units: { ingested: 2, held: 1 } });
    expect(world.column('id')).toEqual(['1000', '2000']);
    expect(world.sink.rows(`${TABLE}__rejected`)).toEqual([]);
    const more = await world.run({ ...asNumbers, limits: { maxRejectedRatio: 0.05 } });
    expect(more.result).toMatchObject({
      outcome: 'committed',
      units: { ingested: 1 },
      counts: { main: { read: 100, written: 95, rejected: 5 }, rejected: { written: 5 } },
    });
    expect(world.rows()).toHaveLength(97);
    expect(world.sink.rows(`${TABLE}__rejected`)).toHaveLength(5);
    expect(world.sink.rows(`${TABLE}__rejected`)[0]).toMatchObject({
      _source_file: 'memory:///b.csv',
      errors: ['id:int64'],
      raw: Buffer.from('x,n').toString('base64'),
      line: '97',
    });
  });

  it('hold their file also when the plan is applied a second time, which commits nothing', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1000);
    world.files['b.csv'] = mixed;
    await using calve = world.calve();
    const plan = await calve.plan(world.spec(asNumbers));
    expect((await ended(calve.apply(plan))).result.units).toMatchObject({ ingested: 1, held: 1 });
    const { error, result } = await ended(calve.apply(plan));
    expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'REJECTED_LIMIT' }] });
    expect(result).toMatchObject({ units: { ingested: 0, held: 1 }, appliedBefore: { sequence: 1 } });
    expect(world.sink.snapshots(TABLE)).toHaveLength(1);
  });

  it('hold a batch of which every file has them, with examples', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = mixed;
    world.files['b.csv'] = mixed.replace('0,n', '0,m');
    const { error, result } = await world.run(asNumbers);
    expect(error).toMatchObject({ code: 'REJECTED_LIMIT', recovery: { kind: 'decide' } });
    expect(error?.message).toContain('a.csv line 97');
    expect(error?.diagnostics).toHaveLength(10);
    expect(result).toMatchObject({ outcome: 'held', units: { ingested: 0, held: 2 } });
    expect(world.sink.files()).toEqual([]);
    expect(world.rows()).toEqual([]);
  });

  it('hold everything when leaving files out does not help', async () => {
    const world = new MemoryWorld();
    // Each file alone is more than the limit, so each start finds one more.
    for (let index = 0; index < 8; index++) world.files[`b${index}.csv`] = mixed.replace('0,n', `0,m${index}`);
    world.files['good.csv'] = rowsOf(1000);
    const { error, result } = await world.run({ ...asNumbers, limits: { maxRejectedRows: 4, maxRejectedRatio: 0.01 } });
    expect(error?.message).toContain('more than 4 rows were rejected');
    expect(result.units).toMatchObject({ ingested: 0, held: 9 });
    expect(world.sink.files()).toEqual([]);
  });

  it('stop as soon as their number is reached', async () => {
    const world = new MemoryWorld();
    world.files['b.csv'] = mixed;
    const { error } = await world.run({ ...asNumbers, limits: { maxRejectedRows: 4, maxRejectedRatio: 1 } });
    expect(error?.message).toContain('more than 4 rows were rejected');
    expect(world.sink.files()).toEqual([]);
  });

  it('of a column that fails its unit set only that unit aside', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1000);
    world.files['b.csv'] = mixed;
    const columns = { id: { type: { kind: 'int64' as const }, onFailure: 'fail-unit' as const } };
    const { error, result } = await world.run({ columns });
    expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'VALUE_REJECTED' }] });
    expect(result.units).toMatchObject({ ingested: 1, quarantined: 1 });
    expect(world.column('id')).toEqual(['1000']);
  });

  it('of a column that fails the run leave nothing', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1000);
    world.files['b.csv'] = mixed;
    const columns = { id: { type: { kind: 'int64' as const }, onFailure: 'fail-run' as const } };
    const { error, result } = await world.run({ columns });
    expect(error).toMatchObject({ code: 'VALUE_REJECTED' });
    expect(result).toMatchObject({ outcome: 'failed', units: { ingested: 0 } });
    expect(world.sink.files()).toEqual([]);
  });
});

describe('a unit that does not fit the table', () => {
  it('waits, the others are committed, and the patch of its finding lets it in', async () => {
    const world = new MemoryWorld();
    world.files['a.csv'] = rowsOf(1);
    await world.run();
    world.files['b.csv'] = 'id,name\nx,bad\n';
    world.files['c.csv'] = rowsOf(3);
    const { error, result } = await world.run();
    expect(error).toMatchObject({ code: 'UNITS_SET_ASIDE', diagnostics: [{ code: 'SCHEMA_TYPE_CONFLICT' }] });
    expect(result.units).toMatchObject({ ingested: 1, held: 1 });
    expect(world.column('id')).toEqual(['1', '3']);
    const patched = { schema: { onTypeChange: 'reject-row' as const }, limits: { maxRejectedRatio: 1 } };
    expect((await world.run(patched)).result).toMatchObject({ outcome: 'committed', counts: { main: { rejected: 1 } } });
    expect(world.sink.rows(`${TABLE}__rejected`)).toHaveLength(1);
  });
});
