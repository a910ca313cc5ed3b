import type { ByteReader, DelimitedReader, InputLimits } from '@calve/core/plugin';
import { CalveError, DEFAULT_LIMITS } from '@calve/core/plugin';
import { bytesReader, type TestContext, testContext } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { csvDecoder } from '../src/csv-decoder.ts';
import type { CsvOptionsInput } from '../src/index.ts';
import { observeCsv } from '../src/observe-csv.ts';
import { bytesOf, everything, readFile, validOptions } from './read-file.ts';

const MIB = 2 ** 20;

const within = (limits: Partial<InputLimits>): TestContext => testContext({ limits: { ...DEFAULT_LIMITS, ...limits } });

async function refusal(promise: Promise<unknown>): Promise<CalveError> {
  const error = await promise.then(
    () => new TypeError('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  expect(CalveError.is(error), String(error)).toBe(true);
  expect((error as CalveError).recovery).toEqual({ kind: 'fix-input' });
  return error as CalveError;
}

const plan = (over: Partial<DelimitedReader> = {}): DelimitedReader => ({
  kind: 'delimited',
  columns: ['a', 'b'],
  delimiter: ',',
  quote: '"',
  escape: '"',
  comment: null,
  unescapedQuotes: 'stop-at-delimiter',
  encoding: 'utf-8',
  multiLine: true,
  header: true,
  skipLines: 0,
  skipFooterLines: 0,
  compression: null,
  ...over,
});

/** Reads with the decoder alone, as somebody does who applies a plan of another process. */
async function decode(
  reader: ByteReader,
  context: TestContext,
  chunkBytes = MIB,
  over: Partial<DelimitedReader> = {},
): Promise<number> {
  const decoder = await csvDecoder({ chunkBytes }, context, undefined);
  let rows = 0;
  for await (const event of decoder.decode(reader, plan(over), { kind: 'whole' }, everything, context)) {
    if (event.kind !== 'batch') continue;
    rows += event.batch.rows;
    event.batch.release();
  }
  return rows;
}

const observe = (reader: ByteReader, context: TestContext, options: CsvOptionsInput = {}) =>
  observeCsv(reader, validOptions(options), Number.POSITIVE_INFINITY, context);

/** A file of any size that takes no memory: the beginning, and then one byte over and over. */
function lazyReader(start: string, then: string, sizeBytes: number): ByteReader & { readBytes: number } {
  const head = bytesOf(start);
  return {
    sizeBytes,
    readBytes: 0,
    read(target, offset) {
      const length = Math.max(0, Math.min(target.length, sizeBytes - offset));
      target.fill(then.charCodeAt(0), 0, length);
      if (offset < head.length) target.set(head.subarray(offset, Math.min(head.length, offset + length)));
      this.readBytes += length;
      return length;
    },
    verify: async () => {},
    close: async () => {},
  };
}

interface Case {
  text: string;
  limits: Partial<InputLimits>;
  code: string;
  context: { line: number; byteOffset: number; limit: keyof InputLimits; column?: number };
  says: string[];
  options?: CsvOptionsInput;
  over?: Partial<DelimitedReader>;
}

const long = 'x'.repeat(200);
const farBeyond = 'x'.repeat(3 * MIB);
const cases: Record<string, Case> = {
  'a record that ends beyond the limit': {
    text: `a,b\n1,2\n${long},3\n5,6\n`,
    limits: { recordBytes: 201 },
    code: 'LIMIT_LINE',
    context: { line: 3, byteOffset: 8, limit: 'recordBytes' },
    says: ['line 3 (byte 8) has 202 bytes, 201 bytes are allowed', 'raise limits.recordBytes'],
  },
  'a record without an end': {
    text: `a,b\n1,2\n3,${farBeyond}\n`,
    limits: { recordBytes: 1000 },
    code: 'LIMIT_LINE',
    context: { line: 3, byteOffset: 8, limit: 'recordBytes' },
    says: ['line 3 (byte 8) goes on for more than 1,000 bytes without a line end'],
  },
  'a record that ends like another kind of file': {
    text: `a,b\n1,2\n3,4\r${'5;6\r'.repeat(MIB)}`,
    limits: { recordBytes: 1000 },
    code: 'LIMIT_LINE',
    context: { line: 3, byteOffset: 8, limit: 'recordBytes' },
    says: ['they are LF, but there are CRs in this record'],
  },
  'a file without a line end': {
    text: `a,b,${farBeyond}`,
    limits: { recordBytes: 1000 },
    code: 'LIMIT_LINE',
    context: { line: 1, byteOffset: 0, limit: 'recordBytes' },
    says: ['no line end in more than 1,000 bytes', 'it is not lines of text'],
  },
  'a comment without an end': {
    text: `a,b\n1,2\n#${farBeyond}`,
    limits: { recordBytes: 1000 },
    code: 'LIMIT_LINE',
    context: { line: 3, byteOffset: 8, limit: 'recordBytes' },
    says: ['without a line end'],
    options: { comment: '#' },
    over: { comment: '#' },
  },
  'a line to skip that is too long': {
    text: `t\n${long}\na,b\n1,2\n`,
    limits: { recordBytes: 100 },
    code: 'LIMIT_LINE',
    context: { line: 2, byteOffset: 2, limit: 'recordBytes' },
    says: ['to be skipped', 'skipLines'],
    options: { skipLines: 2 },
    over: { skipLines: 2 },
  },
  'a quote that never closes': {
    text: `a,b\n1,2\n"3\n",4\n5,"${farBeyond}\n`,
    limits: { recordBytes: 1000, cellBytes: 1000 },
    code: 'LIMIT_CELL',
    context: { line: 5, byteOffset: 17, limit: 'cellBytes' },
    says: ['The quote that opens in line 5 (byte 17) never closes', 'set the option "quote" to null', 'raise limits.cellBytes'],
  },
  'a quote that never closes, some lines into a record': {
    text: `a,b\n"1\n2","${farBeyond}\n`,
    limits: { recordBytes: 1000, cellBytes: 1000 },
    code: 'LIMIT_CELL',
    context: { line: 3, byteOffset: 10, limit: 'cellBytes' },
    says: ['opens in line 3 (byte 10)'],
  },
  'a quote that is still open where the record is too long': {
    text: `a,b\n1,"${farBeyond}\n`,
    limits: { recordBytes: 1000 },
    code: 'LIMIT_LINE',
    context: { line: 2, byteOffset: 4, limit: 'recordBytes' },
    says: ['the quote that opens in line 2 (byte 6) has not closed yet'],
  },
  'a cell that ends beyond the limit': {
    text: `a,b\n1,2\n3,"${long}"\n`,
    limits: { cellBytes: 201 },
    code: 'LIMIT_CELL',
    context: { line: 3, byteOffset: 10, limit: 'cellBytes' },
    says: ['line 3 (byte 10) has 202 bytes, 201 bytes are allowed', 'the delimiter is not ","'],
  },
  'a cell that is long only as it stands in the file': {
    text: `a,b\n1,2\n3,"${'""'.repeat(100)}"\n`,
    limits: { cellBytes: 201 },
    code: 'LIMIT_CELL',
    context: { line: 3, byteOffset: 10, limit: 'cellBytes' },
    says: ['202 bytes'],
  },
  'a header with too many columns': {
    text: 'a,b,c\n1,2\n',
    limits: { columns: 2 },
    code: 'LIMIT_COLUMNS',
    context: { line: 1, byteOffset: 0, limit: 'columns' },
    says: ['more than 2 cells', 'the delimiter, which is ","', 'raise limits.columns'],
    options: { delimiter: ',' },
  },
  'a record with too many cells': {
    text: `a,b\n1,2\n${'3,'.repeat(50)}\n`,
    limits: { columns: 50 },
    code: 'LIMIT_COLUMNS',
    context: { line: 3, byteOffset: 8, limit: 'columns' },
    says: ['The record in line 3 (byte 8) has more than 50 cells'],
  },
  'a header that is too long': {
    text: `\n\n${'a'.repeat(50)},${'b'.repeat(50)}\n1,2\n`,
    limits: { headerBytes: 100 },
    code: 'LIMIT_HEADER',
    context: { line: 3, byteOffset: 2, limit: 'headerBytes' },
    says: ['The header in line 3 (byte 2) has 101 bytes, 100 bytes are allowed', 'set the option "header" to false', 'skipLines'],
  },
};

describe.each(Object.entries(cases))('%s', (_, { text, limits, code, context, says, options = {}, over = {} }) => {
  const allowed = { ...DEFAULT_LIMITS, ...limits }[context.limit];

  it('is refused by code, place, cause and option when the file is observed', async () => {
    const test = within(limits);
    const error = await refusal(observe(bytesReader(bytesOf(text)), test, { header: true, ...options }));
    expect([error.code, error.context]).toEqual([code, { ...context, allowed }]);
    for (const words of says) expect(error.message).toContain(words);
    expect(test.outstandingReservations).toBe(0);
  });

  it('is refused the same when it is decoded without, wherever chunks end', async () => {
    for (const chunkBytes of [16, 61, 300, MIB]) {
      const test = within(limits);
      const error = await refusal(decode(bytesReader(bytesOf(text)), test, chunkBytes, over));
      expect([error.code, error.context]).toEqual([code, { ...context, allowed }]);
      for (const words of says) expect(error.message).toContain(words);
      expect(test.outstandingReservations).toBe(0);
    }
  });
});

describe('a file at its limits', () => {
  it.each<[string, string, Partial<InputLimits>]>([
    ['longest record', `a,b\r\n1,${long}\r\n3,4\r\n`, { recordBytes: 202 }],
    ['longest cell', `a,b\n1,"${'""'.repeat(100)}"\n3,4\n`, { cellBytes: 202, recordBytes: 204 }],
    ['most columns', 'a,b\n1,2\n3,4\n', { columns: 2 }],
    ['longest header', `${'a'.repeat(50)},b\n1,2\n3,4\n`, { headerBytes: 52 }],
    ['longest name', `${'a'.repeat(50)},b\n1,2\n3,4\n`, { nameCharacters: 50 }],
  ])('is read: %s', async (_, text, limits) => {
    const observation = await observe(bytesReader(bytesOf(text)), within(limits), { header: true });
    expect(observation).toMatchObject({ exactRows: 2, rejectedRows: 0 });
    for (const chunkBytes of [16, 61, 300]) expect(await decode(bytesReader(bytesOf(text)), within(limits), chunkBytes)).toBe(2);
  });
});

describe('the name of a column', () => {
  const text = `id,${'é'.repeat(256)}\n1,2\n`;

  it('is refused beyond its limit, with its first characters', async () => {
    const error = await refusal(observe(bytesReader(bytesOf(text)), within({})));
    expect(error.code).toBe('LIMIT_NAME');
    expect(error.context).toEqual({ line: 1, byteOffset: 0, column: 2, limit: 'nameCharacters', allowed: 255 });
    expect(error.message).toContain('256 characters as the name of column 2, 255 are allowed: "éééé');
    expect(error.message).toContain('set the option "header" to false');
  });

  it('does not matter when the columns are named otherwise', async () => {
    const { fields } = await observe(bytesReader(bytesOf(text)), within({}), { header: true, columns: ['a', 'b'] });
    expect(fields.map(({ field }) => field.name)).toEqual(['a', 'b']);
  });
});

describe('a line of 200 MB', () => {
  const SIZE = 200_000_000;
  const beginnings: [string, string, string, string][] = [
    ['after a header', 'a,b\n1,', 'x', 'LIMIT_LINE'],
    ['in a quote', 'a,b\n1,"', 'x', 'LIMIT_CELL'],
    ['in a quote with line ends', 'a,b\n1,"', '\n', 'LIMIT_CELL'],
    ['of bytes that are not UTF-8', 'a,b\n1,', '\u00ff', 'LIMIT_LINE'],
    ['of quotes', 'a,b\n1,"', '"', 'LIMIT_CELL'],
    ['of quotes that are not closed', 'a,b\n1,x', '"', 'LIMIT_LINE'],
    ['that is all of the file', '', 'x', 'LIMIT_LINE'],
    ['of one quoted cell that is all of the file', '"', 'x', 'LIMIT_CELL'],
    ['of nothing but delimiters', 'a,b\n1,', ',', 'LIMIT_COLUMNS'],
  ];

  it.each(beginnings)('%s is refused after 16 MiB, by the observation', async (_, start, then, code) => {
    const context = testContext();
    const reader = lazyReader(start, then, SIZE);
    expect((await refusal(observe(reader, context, { delimiter: ',' }))).code).toBe(code);
    // The first records are looked at before the rest is read.
    expect(reader.readBytes).toBeLessThan(18 * MIB + 256 * 1024);
    expect(context.peakBytes).toBeLessThan(2 * 17 * MIB);
  });

  it.each(beginnings)('%s is refused after 16 MiB, by the decoder alone', async (_, start, then, code) => {
    const context = testContext();
    const reader = lazyReader(start, then, SIZE);
    expect((await refusal(decode(reader, context))).code).toBe(code);
    expect(reader.readBytes).toBeLessThan(17 * MIB + 1024);
    expect(context.peakBytes).toBeLessThan(2 * 17 * MIB);
  });
});

describe('columns', () => {
  const table = (columns: number, rows: number): string =>
    Array.from({ length: rows + 1 }, (_, row) =>
      Array.from({ length: columns }, (__, column) => (row === 0 ? `c${column}` : `${row * column}`)).join(','),
    ).join('\n');

  it('are read when there are 10,000 of them', async () => {
    const { fields, records } = await readFile(table(10_000, 10));
    expect(fields).toHaveLength(10_000);
    expect(records).toHaveLength(10);
    expect(records[9]).toMatchObject({ row: expect.arrayContaining(['0', '99990']) });
  });

  it('are refused when there are 100,000 of them', async () => {
    const content = bytesOf(table(100_000, 1));
    expect((await refusal(observe(bytesReader(content), testContext()))).code).toBe('LIMIT_COLUMNS');
    expect((await refusal(decode(bytesReader(content), testContext()))).code).toBe('LIMIT_COLUMNS');
  });
});

describe('lines before the first record', () => {
  it('that are empty are read past, however many there are', async () => {
    const context = within({ recordBytes: MIB });
    const reader = bytesReader(bytesOf(`${'\n'.repeat(4 * MIB)}a,b\n1,2\n`));
    expect(await observe(reader, context)).toMatchObject({ exactRows: 1 });
    expect(context.peakBytes).toBeLessThan(4 * MIB);
  });
});
