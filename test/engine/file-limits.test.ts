import { gzipSync } from 'node:zlib';
import {
  type CalveOptions,
  type CalveRegistry,
  createCalve,
  type InputLimits,
  type MemoryFiles,
  memorySource,
  memoryState,
  type UnitRecord,
} from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { memorySink } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended } from './memory-world.ts';

const MIB = 2 ** 20;

/** Files, state and tables that instances with different limits share, as a host does that is started again. */
class LimitedWorld {
  readonly files: Record<string, string | Uint8Array<ArrayBuffer>> = {};
  readonly sink = memorySink();
  readonly #state = memoryState();

  async run(limits: Partial<InputLimits> = {}, options: Record<string, unknown> = {}) {
    await using calve = createCalve({
      sources: { memory: memorySource(this.files as MemoryFiles) },
      formats: { csv: csvFormat() },
      sinks: { lake: this.sink },
      state: this.#state,
      environment: { ...nodeEnvironment(), sleep: (_, signal) => nodeEnvironment().sleep(0, signal) },
      limits,
    } satisfies CalveOptions<CalveRegistry>);
    const spec = calve
      .ingestion('orders')
      .from('memory')
      .as('csv', options)
      .settle(0)
      .into('lake', { table: 'sales.orders' })
      .build();
    const run = await ended(calve.run(spec));
    const records = run.events.flatMap((event): UnitRecord[] => (event.kind === 'unit-finished' ? [event.record] : []));
    return { ...run, records, ids: this.sink.rows('sales.orders').map(({ id }) => id) };
  }
}

const good = 'id,name\n1,a\n';

describe('a file beyond a limit', () => {
  it.each<[string, string | Uint8Array<ArrayBuffer>, string, Partial<InputLimits>, Record<string, unknown>?]>([
    ['one long line', `id,name\n2,${'x'.repeat(500)}\n`, 'LIMIT_LINE', { recordBytes: 100 }],
    ['a quote that never closes', `id,name\n2,"${'x'.repeat(2 * MIB)}\n`, 'LIMIT_CELL', { recordBytes: 100, cellBytes: 100 }],
    [
      '100,000 columns',
      `${Array.from({ length: 100_000 }, (_, column) => `c${column}`)}\n`,
      'LIMIT_COLUMNS',
      {},
      { delimiter: ',' },
    ],
    ['a long header', `id,${'n'.repeat(200)}\n2,b\n`, 'LIMIT_HEADER', { headerBytes: 100 }],
    ['a long name', `id,${'n'.repeat(256)}\n2,b\n`, 'LIMIT_NAME', {}],
    ['a large file', `id,name\n2,${'x'.repeat(500)}\n`, 'LIMIT_FILE', { contentBytes: 500 }],
    ['a large compressed file', gzipped('id,name\n2,b\n'), 'LIMIT_FILE', { compressedBytes: 20 }],
    ['a compressed file with large content', gzipped(`id,name\n${'2,b\n'.repeat(5000)}`), 'LIMIT_FILE', { contentBytes: 10_000 }],
    ['a compressed file that fills disks', bomb(), 'LIMIT_RATIO', {}],
    ['a compressed file of 1 GiB of zeros', zeros(), 'LIMIT_LINE', {}],
  ])(
    'is quarantined with its code, and the others are loaded: %s',
    async (_, content, code, limits, options = { header: true }) => {
      const world = new LimitedWorld();
      world.files['bad.csv'] = content;
      world.files['good.csv'] = good;
      const { error, result, records, ids } = await world.run(limits, options);
      expect(result).toMatchObject({ outcome: 'held', units: { ingested: 1, quarantined: 1 } });
      expect(ids).toEqual(['1']);
      const record = records.find(({ state }) => state === 'quarantined');
      expect(record).toMatchObject({ code, finding: { code, severity: 'error' } });
      expect(record?.finding?.message).toMatch(/^memory:\/\/\/bad\.csv.*raise limits\.[a-zA-Z]+\.$/s);
      expect(error?.message).toContain('The rest is committed.');
    },
  );

  it('has more than 10,000 columns: so many are read, from the listing to the table', async () => {
    const world = new LimitedWorld();
    const row = (cell: (column: number) => string): string => `${Array.from({ length: 10_000 }, (_, column) => cell(column))}\n`;
    world.files['wide.csv'] = row((column) => `c${column}`) + row((column) => `${column}`).repeat(10);
    const { result } = await world.run();
    expect(result).toMatchObject({ outcome: 'committed', counts: { main: { read: 10, written: 10 } } });
    expect(Object.keys(world.sink.rows('sales.orders')[0] ?? {}).length).toBeGreaterThan(10_000);
    world.files['wider.csv'] = row((column) => `c${column},d${column}`) + row((column) => `${column},1`);
    expect((await world.run()).error?.diagnostics).toMatchObject([{ code: 'LIMIT_COLUMNS' }]);
  });
});

describe('a compressed file', () => {
  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ['is cut off', gzipped(good).slice(0, -9), 'MALFORMED_UNIT'],
    ['has a wrong checksum', flipped(gzipped(good), -6), 'MALFORMED_UNIT'],
    ['has a wrong length', flipped(gzipped(good), -1), 'MALFORMED_UNIT'],
    ['goes on with something else', new Uint8Array([...gzipped(good), 1, 2, 3]), 'MALFORMED_UNIT'],
    ['is compressed twice', new Uint8Array(gzipSync(gzipped(good))), 'CSV_NOT_TEXT'],
  ])('that %s is quarantined without a row', async (_, content, code) => {
    const world = new LimitedWorld();
    world.files['bad.csv.gz'] = content;
    const { records, ids } = await world.run();
    expect(records).toMatchObject([{ state: 'quarantined', code }]);
    expect(ids).toEqual([]);
  });
});

describe('a quarantined file', () => {
  it('is tried again when the limit that stopped it is raised, and then never again', async () => {
    const world = new LimitedWorld();
    world.files['wide.csv'] = 'id,name,more\n1,a,x\n';
    expect((await world.run({ columns: 2 })).records).toMatchObject([{ state: 'quarantined', attempts: 1 }]);
    expect((await world.run({ columns: 2 })).result.outcome).toBe('nothing-new');
    expect((await world.run({ columns: 1, recordBytes: 2 ** 30 })).result.outcome).toBe('nothing-new');
    const { result, ids } = await world.run({ columns: 3 });
    expect([result.outcome, ids]).toEqual(['committed', ['1']]);
    expect((await world.run({ columns: 4 })).result.outcome).toBe('nothing-new');
  });

  it('is tried again when the spec reads it otherwise, once for each way', async () => {
    const world = new LimitedWorld();
    world.files['a.csv'] = `id,name\n1,"${'x'.repeat(3 * MIB)}\n`;
    const limits = { recordBytes: 2 * MIB, cellBytes: MIB };
    expect((await world.run(limits)).records).toMatchObject([{ state: 'quarantined', code: 'LIMIT_CELL' }]);
    expect((await world.run(limits, { quote: "'" })).records).toMatchObject([{ code: 'LIMIT_LINE', attempts: 2 }]);
    expect((await world.run(limits, { quote: "'" })).result.outcome).toBe('nothing-new');
    world.files['a.csv'] = 'id;name\n1;"x\n';
    expect((await world.run(limits, { quote: null, delimiter: ';' })).result.outcome).toBe('committed');
  });
});

function gzipped(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(gzipSync(text));
}

function flipped(bytes: Uint8Array<ArrayBuffer>, at: number): Uint8Array<ArrayBuffer> {
  const copy = bytes.slice();
  copy[copy.length + at]! ^= 0xff;
  return copy;
}

/** 128 MiB of equal rows. */
function bomb(): Uint8Array<ArrayBuffer> {
  const member = gzipSync(`2,${'b'.repeat(1021)}\n`.repeat(32 * 1024));
  return new Uint8Array(Buffer.concat([gzipSync('id,name\n'), member, member, member, member]));
}

function zeros(): Uint8Array<ArrayBuffer> {
  const member = gzipSync(Buffer.alloc(64 * MIB));
  return new Uint8Array(Buffer.concat(Array.from({ length: 16 }, () => member)));
}
