import { gzipSync } from 'node:zlib';
import type { ByteReader, ColumnStatistics, ColumnType, DelimitedReader, ExampleCell } from '@calve/core/plugin';
import { CalveError, poisonReleasedMemory } from '@calve/core/plugin';
import { bytesReader, testContext } from '@calve/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvDecoder } from '../src/csv-decoder.ts';
import { csvFormat } from '../src/index.ts';
import { observeCsv } from '../src/observe-csv.ts';
import { awkwardFile } from './awkward-table.ts';
import { bytesOf, everything, observeFile, validOptions } from './read-file.ts';

const KIB = 1024;
const BUDGET = 256 * KIB;
const RECORD_BYTES = 30;
const HEADER = 'id,amount,my note\n';

/** A file of 3 MB with records of 30 bytes, some of which were replaced by others as long. The header is as long with CR LF. */
function threeMegabytes(replaced: Record<number, string> = {}, lineEnd = '\n'): string {
  const records = Array.from({ length: 100_000 }, (_, row) => replaced[row] ?? `${row},${row % 1000},x`);
  return (
    HEADER.slice(0, -lineEnd.length) +
    lineEnd +
    records.map((record) => record.padEnd(RECORD_BYTES - lineEnd.length, '.') + lineEnd).join('')
  );
}

/** The row that holds a byte of such a file. */
const rowAt = (byteOffset: number): number => Math.floor((byteOffset - HEADER.length) / RECORD_BYTES);

/** A reader that notes where it is read, by ranges in order of reading; neighbours are one range. */
function watched(content: Uint8Array): { reader: ByteReader; ranges: { from: number; to: number }[] } {
  const inner = bytesReader(content);
  const ranges: { from: number; to: number }[] = [];
  const read = (target: Uint8Array, offset: number): number => {
    const bytes = inner.read(target, offset) as number;
    const last = ranges.at(-1);
    if (last?.to === offset) last.to += bytes;
    else ranges.push({ from: offset, to: offset + bytes });
    return bytes;
  };
  return { reader: { ...inner, sizeBytes: inner.sizeBytes, read }, ranges };
}

const observe = (reader: ByteReader, options = {}, budgetBytes = BUDGET, context = testContext()) =>
  observeCsv(reader, validOptions(options), budgetBytes, context);

describe('a file above the budget', () => {
  beforeAll(() => poisonReleasedMemory(true));
  afterAll(() => poisonReleasedMemory(false));

  it('is read at its head, at its tail and evenly in between, for the budget and one chunk', async () => {
    const content = bytesOf(threeMegabytes());
    const { reader, ranges } = watched(content);
    const context = testContext();
    const observation = await observe(reader, {}, BUDGET, context);
    expect(observation).toMatchObject({ origin: 'sample', sampledBytes: BUDGET });
    expect([observation.exactRows, observation.rejectedRows]).toEqual([undefined, undefined]);
    expect(ranges.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(4096 + BUDGET / 2 + BUDGET);
    expect(ranges.slice(0, 3).map(({ from }) => from)).toEqual([0, 0, 0]);
    const behind = ranges.slice(3);
    expect(behind).toHaveLength(9);
    expect(behind.at(-1)).toEqual({ from: content.length - BUDGET / 4, to: content.length });
    expect(ranges[2]?.to).toBe(BUDGET / 2);
    expect(context.outstandingReservations).toBe(0);
    // Kinds of all columns are those of the whole file.
    const whole = await observe(bytesReader(content), {}, content.length);
    expect(observation.fields.map(({ field }) => field)).toEqual(whole.fields.map(({ field }) => field));
  });

  it.each([
    ['a decimal in its last 10 KB', 'tail', '1,12.25,x', 'decimal', '12.25'],
    ['a text in its last 10 KB', 'tail', '1,00x,x', 'string', '00x'],
    ['a decimal in the middle of a part', 'middle', '1,12.25,x', 'decimal', '12.25'],
    ['a leading zero in the middle of a part', 'middle', '1,007,x', 'string', '007'],
  ])('that has %s has another type for it', async (_, place, record, kind, value) => {
    const plain = watched(bytesOf(threeMegabytes()));
    const before = await observe(plain.reader);
    expect(before.fields[1]?.field.type.kind).toBe('int64');
    const middle = plain.ranges[3 + 4] as { from: number; to: number };
    expect([middle.from > 1.4e6, middle.to < 1.8e6]).toEqual([true, true]);
    const row = rowAt(place === 'tail' ? 3_000_000 - 5_000 : (middle.from + middle.to) / 2);
    // A text among so many numbers is a misfit, unless there is more than one in a hundred of those that were seen.
    const rows = kind === 'string' && value === '00x' ? Array.from({ length: 160 }, (_, index) => row - index) : [row];
    const content = bytesOf(threeMegabytes(Object.fromEntries(rows.map((one) => [one, record]))));
    const observation = await observe(bytesReader(content));
    const column = observation.fields[1];
    expect(column?.field.type.kind).toBe(kind);
    const first = HEADER.length + Math.min(...rows) * RECORD_BYTES;
    expect(column?.evidence).toContainEqual(
      expect.objectContaining({ value, at: { unit: '', column: 'amount', byteOffset: first } }),
    );
  });

  it('has the last record of the file in its sample, and keeps the places of the head', async () => {
    const content = bytesOf(threeMegabytes({ 99999: '1,0.5,x', 7: '1,true,x' }));
    const { evidence, statistics } = (await observe(bytesReader(content))).fields[1] ?? {};
    expect(statistics?.classes.decimal?.first.at).toEqual({
      unit: '',
      column: 'amount',
      byteOffset: content.length - RECORD_BYTES,
    });
    expect(statistics?.classes.boolean?.first.at).toMatchObject({ record: 8, line: 9 });
    expect(evidence?.length).toBeGreaterThan(0);
  });

  it('tells what it found in the sampled parts as no more than that', async () => {
    const text = threeMegabytes({ 3: 'short', 10: '1,"a"b,x', 99990: '1,2,\r' });
    const content = bytesOf(text.replace('short,', 'short.').replaceAll('99995,995,x', '99995,995,#'));
    content[content.indexOf(0x23)] = 0xff;
    const { findings } = await observe(bytesReader(content));
    const counts = findings.filter(({ severity }) => severity === 'warning').map(({ code, message }) => [code, message]);
    expect(counts).toEqual([
      [
        'CSV_RAGGED_ROWS',
        expect.stringContaining(
          '1 record in the sampled parts has another number of fields than the header (3), the first in line 5',
        ),
      ],
      ['CSV_UNESCAPED_QUOTE', expect.stringContaining('1 cell in the sampled parts')],
      ['TEXT_MALFORMED', expect.stringContaining('1 malformed piece in the sampled parts')],
    ]);
    expect(findings.find(({ code }) => code === 'TEXT_MALFORMED')?.at).toEqual({ unit: '', byteOffset: content.indexOf(0xff) });
  });

  it('is refused for a bare LF that only a part of the sample has', async () => {
    const content = bytesOf(threeMegabytes({ 99000: `1,2,${'x'.repeat(20)}\n` }, '\r\n'));
    const error = await observe(bytesReader(content)).catch((thrown: unknown) => thrown);
    expect(CalveError.is(error) && [error.code, error.context]).toEqual([
      'CSV_MIXED_LINE_ENDS',
      { byteOffset: content.length - 1000 * RECORD_BYTES + 24 },
    ]);
  });

  it('tells that the bare LF stands inside quotes, also in a part of the sample', async () => {
    const content = bytesOf(threeMegabytes({ 99000: `1,2,"x\n${'y'.repeat(RECORD_BYTES - 10)}"` }, '\r\n'));
    const error = await observe(bytesReader(content)).catch((thrown: unknown) => thrown);
    expect(CalveError.is(error) && [error.code, error.message]).toEqual([
      'CSV_MIXED_LINE_ENDS',
      expect.stringContaining('inside a quoted cell'),
    ]);
  });

  it('leaves out parts in which records cannot be told from text', async () => {
    // Notes of 100 kB that look like records of the file.
    const note = `"\n${'x,y,z\n'.repeat(17_000)}"`;
    const content = bytesOf(HEADER + Array.from({ length: 30 }, (_, row) => `${row},${row},${note}\n`).join(''));
    const observation = await observe(bytesReader(content), { header: true, delimiter: ',' });
    expect(observation.fields.map(({ field }) => field.type.kind)).toEqual(['int64', 'int64', 'string']);
    expect(observation.findings.map(({ code }) => code)).toContain('CSV_SAMPLE_LEFT_OUT');
    expect(observation.sampledBytes).toBeLessThan(BUDGET);
    expect(observation.sampledBytes).toBeGreaterThanOrEqual(BUDGET / 2);
  });

  it('is read at its head only when it is compressed', async () => {
    let state = 1;
    const noise = (): string => {
      state = (state * 48_271) % 2_147_483_647;
      return state.toString(36);
    };
    const rows = Array.from(
      { length: 60_000 },
      (_, row) => `${row},${row < 58_000 ? 5 : '0.5'},${noise()}${noise()}${noise()}${noise()}\n`,
    );
    const content = new Uint8Array(gzipSync(HEADER + rows.join('')));
    const budget = 64 * KIB;
    expect(content.length).toBeGreaterThan(1024 * KIB);
    const { reader, ranges } = watched(content);
    const observation = await observe(reader, {}, budget);
    expect([observation.origin, observation.fields[1]?.field.type.kind]).toEqual(['sample', 'int64']);
    expect(Math.max(...ranges.map(({ to }) => to))).toBeLessThan(content.length / 2);
  });
});

describe('a reader of unknown size', () => {
  it.each(['none', 'detect'])('is read forward only, its head (compression: %s)', async (compression) => {
    const content = bytesOf(threeMegabytes());
    let position = 0;
    const reader: ByteReader = {
      sizeBytes: -1,
      read(target, offset) {
        if (offset !== position) throw new RangeError(`${offset} instead of ${position}`);
        const piece = content.subarray(offset, offset + target.length);
        target.set(piece);
        position += piece.length;
        return piece.length;
      },
      verify: async () => {},
      close: async () => {},
    };
    const observation = await observe(reader, { compression });
    expect(observation).toMatchObject({ origin: 'sample', sampledBytes: BUDGET });
    expect(observation.fields.map(({ field }) => field.name)).toEqual(['id', 'amount', 'my note']);
    expect(position).toBe(BUDGET);
    const zipped = gzipSync(content);
    let done = 0;
    const gzip: ByteReader = {
      ...reader,
      read(target, offset) {
        if (offset !== done) throw new RangeError(`${offset} instead of ${done}`);
        const bytes = zipped.copy(target, 0, offset);
        done += bytes;
        return bytes;
      },
    };
    if (compression === 'detect') expect(await observe(gzip, {}, 1e9)).toMatchObject({ origin: 'full-scan', exactRows: 100_000 });
  });
});

describe('the types from a sample', () => {
  it('rest on cells of the file, also with quoted line ends everywhere', async () => {
    let used = 0;
    await fc.assert(
      fc.asyncProperty(
        awkwardFile({ minLength: 200, maxLength: 400 }),
        fc.array(fc.integer({ min: 1500, max: 12_000 }), { minLength: 6, maxLength: 6 }),
        async ({ content, delimiter }, budgets) => {
          const options = { header: true, delimiter, quote: '"' };
          const whole = await observeFile(content, options);
          const cells = await cellsOf(content, whole.facts, options);
          for (const budget of budgets) {
            if (budget >= content.length) continue;
            const sample = await observeFile(content, options, budget);
            expect(sample.findings.map(({ code }) => code)).not.toContain('CSV_RAGGED_ROWS');
            if (sample.sampledBytes > budget * 0.6) used += 1;
            sample.fields.forEach(({ field, statistics }, column) => {
              for (const { value, at } of examplesOf(statistics as ColumnStatistics)) {
                expect(cells.get(at.byteOffset as number)?.[column]).toBe(value);
              }
              const all = whole.fields[column];
              expectPartOf(statistics as ColumnStatistics, all?.statistics as ColumnStatistics);
              expect([field.type, all?.field.type, isNotWider(field.type, all?.field.type as ColumnType)]).toContain(true);
            });
          }
        },
      ),
      { numRuns: 30 },
    );
    expect(used).toBeGreaterThan(60);
  });
});

/** Cells by the place of their record, as the decoder reads them. */
async function cellsOf(content: Uint8Array, facts: unknown, options: object): Promise<Map<number, (string | null)[]>> {
  const observation = { fields: [], origin: 'full-scan', sampledBytes: 0, facts, findings: [] } as never;
  const plan = csvFormat().lower(validOptions(options), observation) as DelimitedReader;
  const decoder = await csvDecoder({}, testContext(), undefined);
  const cells = new Map<number, (string | null)[]>();
  for await (const event of decoder.decode(bytesReader(content), plan, { kind: 'whole' }, everything, testContext())) {
    if (event.kind !== 'batch') continue;
    const { batch } = event;
    for (let row = 0; row < batch.rows; row += 1) {
      const texts = batch.columns.map((column) => {
        if (column.layout !== 'cells') throw new TypeError(column.layout);
        return Buffer.from(column.source.subarray(column.starts[row], column.ends[row])).toString('utf8');
      });
      cells.set(batch.byteOffsets?.[row] as number, texts);
    }
    batch.release();
  }
  return cells;
}

function examplesOf({ classes, integerDigits, scale, notDouble, shapes = [] }: ColumnStatistics): ExampleCell[] {
  const counted = [...Object.values(classes), integerDigits, scale, notDouble, ...shapes];
  return counted.flatMap((one) => (one ? [one.first] : []));
}

/** No class has more cells in the part than in the whole. */
function expectPartOf(part: ColumnStatistics, whole: ColumnStatistics): void {
  const count = ({ values, nulls, empty, classes }: ColumnStatistics): Record<string, number> => ({
    values,
    nulls,
    empty,
    ...Object.fromEntries(Object.entries(classes).map(([name, counted]) => [`class ${name}`, counted.count])),
  });
  const all = count(whole);
  for (const [name, cells] of Object.entries(count(part))) expect(cells, name).toBeLessThanOrEqual(all[name] ?? 0);
}

function isNotWider(part: ColumnType, whole: ColumnType): boolean {
  if (whole.kind === 'string' || part.kind === 'unknown') return true;
  if (whole.kind === 'decimal' && part.kind === 'decimal') return part.scale <= whole.scale && part.precision <= whole.precision;
  return part.kind === whole.kind || (whole.kind === 'decimal' && part.kind === 'int64');
}
