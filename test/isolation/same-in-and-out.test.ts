import { gzipSync, zstdCompressSync } from 'node:zlib';
import type { MemoryContent, RunEvent } from '@calve/core';
import { CalveError, errorData } from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { type CellsColumn, type ColumnBatch, completeLimits, type Decoder, isValid, type Json } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { bytesReader, seededRandom, testContext } from '@calve/testkit';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { isolatedCalve } from './isolated-calve.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const gzip = (value: string | Uint8Array): Uint8Array => new Uint8Array(gzipSync(value));
const lines = (count: number, line: (row: number) => string): string =>
  Array.from({ length: count }, (_, row) => `${line(row)}\n`).join('');
const random = seededRandom(7);
const orders = `id,name,amount,at\n${lines(15_000, (row) => `${row},"name ""${row}""",${row / 4},2026-03-0${1 + (row % 9)}`)}`;
const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] as number) ^ 0xff);

/** Limits that small files can meet. */
const limits = {
  compressedBytes: 1 << 20,
  contentBytes: 2 << 20,
  compressionRatio: 50,
  recordBytes: 64 << 10,
  cellBytes: 32 << 10,
  columns: 300,
  headerBytes: 8 << 10,
  nameCharacters: 100,
};

const FILES: Record<string, MemoryContent> = {
  'empty.csv': '',
  'blank-lines.csv': '\n\n\n',
  'header-only.csv': 'a,b\n',
  'one-cell.csv': '1',
  'plain.csv': 'id,name\n1,Ann\n2,\n3,""\n',
  'no-header.csv': '1,2\n3,4\n',
  'awkward.csv': 'id;name;note\r\n1;"Ann ""A"" B";\r\n2;"two\r\nlines";"x"y\r\n3;too;many;fields\r\n\r\n4;;""\r\n5;é😀;"open',
  'ragged.csv': `a,b\n${lines(3000, (row) => (row % 3 === 0 ? `${row}` : `${row},x`))}`,
  'returns.csv': 'a,b\r1,2\r3,4\r',
  'mixed-line-ends.csv': 'a,b\r\n1,2\n3,4\r\n',
  'unclosed-quote.csv': `a,b\n1,"${'x,y\n'.repeat(4000)}`,
  'byte-order-mark.csv': '\ufeffa,b\n1,2\n',
  'utf-16.csv': Uint8Array.from([0xff, 0xfe, 0x61, 0, 0x2c, 0]),
  'malformed.tsv': Uint8Array.from([...text('a\tb\n'), 0xff, 0x09, 0xc3, 0x0a, ...text('1\t2\n')]),
  'nul.csv': 'a,b\n1,x\0y\n',
  'picture.csv': Uint8Array.from([...text('\x89PNG\r\n\x1a\n')].with(0, 0x89)),
  'noise.csv': random.bytes(5000),
  'prototype.csv': '__proto__,constructor,toString\n1,2,3\n',
  'same-names.csv': 'a,A,a,\n1,2,3,4\n',
  'long-name.csv': `${'n'.repeat(200)},b\n1,2\n`,
  'long-header.csv': `${Array.from({ length: 250 }, (_, column) => `${'c'.repeat(40)}${column}`).join()}\n1\n`,
  'many-columns.csv': `${Array.from({ length: 299 }, (_, column) => `c${column}`).join()}\n${lines(20, (row) => Array(299).fill(row).join())}`,
  'too-many-columns.csv': `${Array.from({ length: 400 }, (_, column) => `c${column}`).join()}\n`,
  'long-line.csv': `a,b\n1,${'x'.repeat(100_000)}\n`,
  'long-cell.csv': `a,b\n1,${'x'.repeat(40_000)}\n`,
  'large.csv': orders,
  'larger-than-allowed.csv': `a,b\n${`1,${'x'.repeat(2000)}\n`.repeat(1200)}`,
  'large.csv.gz': gzip(orders),
  'members.csv.gz': Uint8Array.from([...gzip('a,b\n1,'), ...gzip('2\n3,4\n')]),
  'cut.csv.gz': gzip(orders).subarray(0, 20_000),
  'wrong-checksum.csv.gz': flipped(gzip('a,b\n1,2\n'), 24),
  'wrong-checksum-at-the-end.csv.gz': flipped(gzip(orders), gzip(orders).length - 6),
  'trailing-garbage.csv.gz': Uint8Array.from([...gzip('a,b\n1,2\n'), 1, 2, 3]),
  'bomb.csv.gz': gzip(`a,b\n${`1,${'0'.repeat(2000)}\n`.repeat(900)}`),
  'twice.csv.gz.gz': gzip(gzip('a,b\n1,2\n')),
  'packed.csv.zst': new Uint8Array(zstdCompressSync(orders)),
};

/** All that a person, a host or a table could tell one way of running from the other by. */
async function ingest(isolation: 'inline' | 'process') {
  const { calve, sink, specOf } = isolatedCalve(FILES, { isolation, limits });
  await using _ = calve;
  const told: Record<string, unknown> = {};
  for (const [index, name] of Object.keys(FILES).entries()) {
    const spec = specOf(name, `t${index}.rows`);
    const events: RunEvent[] = [];
    const stop = calve.on('event', (event) => {
      if (event.kind === 'finding' || event.kind === 'unit-finished') events.push(event);
    });
    const plan = await calve.plan(spec);
    const preview = await calve.preview(spec, { rows: 3 }).catch(errorData);
    const result = await calve.run(spec).catch(errorData);
    stop();
    told[name] = {
      plan: JSON.parse(JSON.stringify(plan)) as Json,
      preview,
      result,
      events: events.map((event) => ({ ...event, runId: '' })),
      rows: sink.rows(`t${index}.rows`),
      rejected: sink.rows(`t${index}.rows__rejected`),
    };
  }
  return told;
}

describe('decoders in processes of their own', () => {
  it('give the same plans, previews, rows, counts, rejected rows, findings and errors as in the host', async () => {
    const inside = await ingest('inline');
    const outside = await ingest('process');
    for (const name of Object.keys(FILES)) {
      // Comparing thousands of rows member by member takes minutes, and is of use only where there is a difference.
      if (JSON.stringify(outside[name]) !== JSON.stringify(inside[name]))
        expect({ [name]: outside[name] }).toEqual({ [name]: inside[name] });
    }
    // The files show what they are meant to show.
    const codes = new Set(JSON.stringify(inside).match(/"code":"[A-Z_]+"/g));
    expect(codes.size).toBeGreaterThan(10);
    expect(inside['large.csv']).toMatchObject({ result: { outcome: 'committed', counts: { main: { written: 15_000 } } } });
    expect(inside['ragged.csv']).toMatchObject({ result: { counts: { main: { written: 2000, rejected: 1000 } } } });
  });
});

/** What a batch says, wherever its cells lie. */
function shown(batch: ColumnBatch): unknown {
  const { fields, rows, firstRecordInRange, records, byteOffsets } = batch;
  const slice = ({ source, starts, ends }: Pick<CellsColumn, 'source' | 'starts' | 'ends'>, row: number): string =>
    Buffer.from(source.subarray(starts[row], ends[row])).toString('latin1');
  const cells = batch.columns.map((column) => {
    if (column.layout !== 'cells') throw new TypeError(column.layout);
    const { escaping, quoted } = column;
    const texts = Array.from({ length: rows }, (_, row) => (isValid(column, row) ? slice(column, row) : null));
    return { escaping, quoted: quoted?.slice(0, rows), texts };
  });
  const raw = records && Array.from({ length: rows }, (_, row) => slice(records, row));
  return { fields, rows, firstRecordInRange, cells, raw, lines: records?.lines, byteOffsets };
}

describe('any bytes', () => {
  const processes = nodeEnvironment().decodeProcesses!(completeLimits(limits));
  afterAll(() => processes.close());
  const context = () => testContext({ limits: completeLimits(limits) });
  const format = csvFormat();
  const validated = format.options['~standard'].validate({});
  if (validated instanceof Promise || validated.issues) throw new TypeError('the defaults are valid');
  const options = validated.value;

  /** Everything that a decoder says of a file, errors included. */
  async function readWith(decoder: Decoder, bytes: Uint8Array, maxRows: number): Promise<unknown[]> {
    const told: unknown[] = [];
    try {
      const observation = await decoder.observe(bytesReader(bytes), options as unknown as Json, 1e9, context());
      told.push(observation);
      const plan = format.lower(options, observation);
      const reading = context();
      for await (const event of decoder.decode(
        bytesReader(bytes),
        plan,
        { kind: 'whole' },
        { columns: 'all', maxRows, maxBytes: 1 << 20 },
        reading,
      )) {
        if (event.kind !== 'batch') told.push(event);
        else {
          told.push(shown(event.batch));
          event.batch.release();
        }
      }
      told.push(reading.outstandingReservations);
    } catch (error) {
      if (!CalveError.is(error)) throw error;
      told.push(errorData(error));
    }
    return told;
  }

  const cell = fc.oneof(
    fc.constantFrom('', '1', '-2.5', 'NA', 'é😀', 'x', 'true', '2026-01-02'),
    fc.constantFrom('"', '""', '"a"', '"a,b"', '"a\nb"', '"a"b', 'a"b', '\0', '\r'),
  );
  const table = fc
    .array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 30 })
    .map((rows) => text(rows.map((row) => row.join(',')).join('\n')));
  const anyFile = fc.oneof(
    table,
    fc.uint8Array({ maxLength: 300 }),
    table.map(gzip),
    fc.uint8Array({ maxLength: 50 }).map((bytes) => Uint8Array.from([0x1f, 0x8b, 8, ...bytes])),
  );

  it('give the same observations, events and errors in and out of a process', async () => {
    const { module, exportName, config } = format.decoder;
    const inside = await format.decoder.create(context(), undefined);
    const outside = processes.decoder({ module, exportName, config });
    const seen = { rows: 0, errors: 0 };
    await fc.assert(
      fc.asyncProperty(anyFile, fc.integer({ min: 1, max: 10 }), async (bytes, maxRows) => {
        const wanted = await readWith(inside, bytes, maxRows);
        expect(await readWith(outside, bytes, maxRows)).toEqual(wanted);
        if (wanted.some((said) => typeof said === 'object' && said !== null && 'rows' in said)) seen.rows += 1;
        if (wanted.some((said) => typeof said === 'object' && said !== null && 'recovery' in said)) seen.errors += 1;
      }),
      // A cell of a CR file that ends with LF, which the text of its record is told without.
      { numRuns: 200, examples: [[Uint8Array.from([13, 44, 13, 44, 120, 10, 13, 44, 34]), 1]] },
    );
    expect(seen.rows).toBeGreaterThan(30);
    expect(seen.errors).toBeGreaterThan(10);
  });
});
