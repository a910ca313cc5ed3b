import { gzipSync } from 'node:zlib';
import { nodeEnvironment } from '@calve/core/node';
import type { ByteReader, InputLimits } from '@calve/core/plugin';
import { CalveError, DEFAULT_LIMITS, limitedEnvironment } from '@calve/core/plugin';
import { bytesReader, type TestContext, testContext } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { csvDecoder } from '../src/csv-decoder.ts';
import { csvFormat } from '../src/index.ts';
import { observeCsv } from '../src/observe-csv.ts';
import { bytesOf, everything, validOptions } from './read-file.ts';

const MIB = 2 ** 20;

/** A context as core makes them. */
function within(limits: Partial<InputLimits> = {}): TestContext {
  const all = { ...DEFAULT_LIMITS, ...limits };
  return testContext({ limits: all, environment: limitedEnvironment(nodeEnvironment(), all) });
}

const gzipped = (content: string | Uint8Array): Uint8Array => new Uint8Array(gzipSync(content));
const joined = (...members: Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(members));

const observe = (reader: ByteReader, context: TestContext) =>
  observeCsv(reader, validOptions({ header: true }), Number.POSITIVE_INFINITY, context);

async function decode(reader: ByteReader, context: TestContext): Promise<number> {
  const columns = { raw: ['id', 'name'], safe: ['id', 'name'] };
  const dialect = { delimiter: ',', quote: '"', escape: '"', comment: null, unescapedQuotes: 'stop-at-delimiter' };
  const facts = {
    dialect,
    skipLines: 0,
    skipFooterLines: 0,
    encoding: 'utf-8',
    header: true,
    names: columns,
    compression: 'gzip',
    lineEnd: 'LF',
  };
  const plan = csvFormat().lower(validOptions({}), { fields: [], origin: 'full-scan', sampledBytes: 0, facts, findings: [] });
  const decoder = await csvDecoder({}, context, undefined);
  let rows = 0;
  for await (const event of decoder.decode(reader, plan, { kind: 'whole' }, everything, context)) {
    if (event.kind !== 'batch') continue;
    rows += event.batch.rows;
    event.batch.release();
  }
  return rows;
}

describe.each([
  ['observing', observe],
  ['decoding', decode],
] as const)('%s', (_, read) => {
  const refused = async (stored: Uint8Array, context: TestContext): Promise<CalveError> => {
    const error = await read(bytesReader(stored), context).then(
      () => new TypeError('nothing was refused'),
      (thrown: unknown) => thrown,
    );
    if (!CalveError.is(error)) throw error;
    expect(error.recovery).toEqual({ kind: 'fix-input' });
    expect(context.outstandingReservations).toBe(0);
    return error;
  };

  it('1 GiB of rows in a megabyte ends where the ratio tells, in flat memory', async () => {
    const member = gzipped(`2,${'b'.repeat(4093)}\n`.repeat(16 * 1024));
    const context = within();
    const error = await refused(joined(gzipped('id,name\n'), ...Array.from({ length: 16 }, () => member)), context);
    expect([error.code, error.context]).toMatchObject(['LIMIT_RATIO', { limit: 'compressionRatio' }]);
    expect((error.context as { contentBytes: number }).contentBytes).toBeLessThan(68 * MIB);
    expect(context.peakBytes).toBeLessThan(8 * MIB);
  });

  it('1 GiB of zeros, which are one line, ends where a line is too long', async () => {
    const member = gzipped(new Uint8Array(64 * MIB));
    const context = within();
    const error = await refused(joined(...Array.from({ length: 16 }, () => member)), context);
    expect(error.code).toBe('LIMIT_LINE');
    expect(context.peakBytes).toBeLessThan(34 * MIB);
  });

  it('content beyond its limit ends there', async () => {
    const context = within({ contentBytes: 3 * MIB });
    const error = await refused(gzipped(`id,name\n${`2,${'b'.repeat(1021)}\n`.repeat(8 * 1024)}`), context);
    expect([error.code, error.context]).toMatchObject(['LIMIT_FILE', { limit: 'contentBytes' }]);
    expect(context.peakBytes).toBeLessThan(8 * MIB);
  });

  it('10,000 members reads them all', async () => {
    const rows = Array.from({ length: 10_000 }, (_, row) => gzipSync(`${row},x\n`, { level: 1 }));
    const result = await read(bytesReader(joined(gzipped('id,name\n'), ...rows)), within());
    expect(typeof result === 'number' ? result : result.exactRows).toBe(10_000);
  });

  const good = gzipped('id,name\n1,a\n');
  it.each<[string, Uint8Array, number]>([
    ['a member that is cut off', good.slice(0, 20), 20],
    ['a wrong checksum', good.with(good.length - 6, (good.at(-6) ?? 0) ^ 1), good.length - 8],
    ['a wrong length', good.with(good.length - 1, 9), good.length - 4],
    ['garbage behind the last member', joined(good, bytesOf('garbage garbage')), good.length],
  ])('%s is refused with its place in the stored file', async (_name, stored, compressedOffset) => {
    const error = await refused(stored, within());
    expect([error.code, error.context]).toEqual(['MALFORMED_UNIT', { compressedOffset }]);
  });
});

it('a file that is compressed twice is refused for what is inside', async () => {
  const twice = gzipped(gzipped('id,name\n1,a\n'));
  await expect(observe(bytesReader(twice), within())).rejects.toMatchObject({
    code: 'CSV_NOT_TEXT',
    message: expect.stringContaining('The decompressed file starts like a gzip file'),
  });
});
