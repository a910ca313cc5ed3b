import type { ByteReader, InputLimits, JsonReader } from '@calve/core/plugin';
import { CalveError, completeLimits } from '@calve/core/plugin';
import { bytesReader, type TestContext, testContext } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import type { JsonOptionsInput } from '../src/index.ts';
import { jsonDecoder } from '../src/json-decoder.ts';
import { observeJson } from '../src/observe-json.ts';
import { lazyReader } from './lazy-reader.ts';
import { bytesOf, decodeFile, everything, observeFile, plan, texts, validOptions } from './read-file.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

const within = (limits: Partial<InputLimits>): TestContext => testContext({ limits: completeLimits(limits) });

async function refusal(promise: Promise<unknown>): Promise<CalveError> {
  const error = await promise.then(
    () => new TypeError('nothing was refused'),
    (thrown: unknown) => thrown,
  );
  expect(CalveError.is(error), String(error)).toBe(true);
  expect((error as CalveError).recovery).toEqual({ kind: 'fix-input' });
  return error as CalveError;
}

const observe = (reader: ByteReader, context: TestContext, options: JsonOptionsInput = {}) =>
  observeJson(reader, validOptions(options), Number.POSITIVE_INFINITY, context);

/** Counts what the decoder hands over, batch by batch, so that nothing is held. */
async function count(reader: ByteReader, how: JsonReader, context: TestContext) {
  const decoder = await jsonDecoder({}, context, undefined);
  const counted = { rows: 0, rejected: [] as string[] };
  for await (const event of decoder.decode(reader, how, { kind: 'whole' }, everything, context)) {
    if (event.kind === 'rejected') counted.rejected.push(...event.records.flatMap(({ codes }) => codes));
    if (event.kind !== 'batch') continue;
    counted.rows += event.batch.rows;
    event.batch.release();
  }
  return counted;
}

describe('a string of 1 GiB', () => {
  const cases: [string, string, string, JsonReader][] = [
    ['in a line', '{"a":1}\n{"a":"', 'x', plan(texts('a'))],
    ['in a member that is not read', '{"a":1}\n{"b":"', 'x', plan(texts('a'))],
    ['of escapes', '{"a":"', '\\u00e9', plan(texts('a'))],
    ['of bytes that are not UTF-8', '{"a":"', '\u0080', plan(texts('a'))],
    ['in a document', '[{"a":"', 'x', plan(texts('a'), { framing: 'document' })],
    ['beside the records', '{"x":"', 'x', plan(texts('a'), { framing: 'document', recordsAt: ['a'] })],
    ['that is a name', '{"', 'x', plan(texts('a'))],
    ['that is all there is', '"', 'x', plan(texts('a'), { framing: 'values' })],
  ];

  it.each(cases)('%s is refused after 17 MiB, with its place', async (_, start, again, reader) => {
    const context = testContext();
    const file = lazyReader(start, again, GIB);
    const error = await refusal(count(file, reader, context));
    expect([error.code, error.message]).toEqual(['LIMIT_CELL', expect.stringContaining(`byte ${start.lastIndexOf('"')})`)]);
    expect(file.readBytes).toBeLessThan(18 * MIB);
    expect(context.peakBytes).toBeLessThan(2 * 17 * MIB + 100);
    expect(context.outstandingReservations).toBe(0);
  });

  it('is refused by the observation too', async () => {
    const context = testContext();
    const file = lazyReader('{"a":"', 'x', GIB);
    expect((await refusal(observe(file, context))).code).toBe('LIMIT_CELL');
    // To know its framing, and again to know its structure.
    expect(file.readBytes).toBeLessThan(2 * 18 * MIB);
    expect(context.peakBytes).toBeLessThan(2 * 17 * MIB + 100);
  });
});

describe('a record without an end', () => {
  it.each([
    ['an array of numbers', '{"a":[', '1,', plan(texts('a'))],
    ['opening brackets', '{"a":', '[', plan(texts('a'))],
    ['members', '{"a":1', ',"b":2', plan(texts('a'))],
    ['blanks', '{', ' ', plan(texts('a'))],
    ['text behind the first value', '{"a":1} ', 'x', plan(texts('a'))],
  ])('is refused when it is %s', async (_, start, again, reader) => {
    const context = within({ recordBytes: MIB, cellBytes: MIB });
    const file = lazyReader(start, again, GIB);
    expect((await refusal(count(file, reader, context))).code).toBe('LIMIT_LINE');
    expect(file.readBytes).toBeLessThan(3 * MIB);
    expect(context.peakBytes).toBeLessThan(2 * 2 * MIB + 100);
  });
});

describe('a document that is larger than what may be held', () => {
  const record = '{"a":1,"b":"some text","c":[1,2,3]},';
  const context = () => within({ recordBytes: MIB, cellBytes: MIB });

  it('streams the elements of its array', async () => {
    const test = context();
    const file = lazyReader('[', record, 12 * MIB, '{"a":2}]');
    const { rows, rejected } = await count(file, plan(texts('a', 'b'), { framing: 'document' }), test);
    expect([rows, rejected]).toEqual([Math.floor((12 * MIB - 9) / record.length) + 1, []]);
    expect(test.peakBytes).toBeLessThan(8 * MIB);
  });

  it('streams past what stands before and behind its records', async () => {
    const test = context();
    const file = lazyReader('{"n":1,"x":[', record, 8 * MIB, '{}],"data":{"items":[{"a":1},{"a":2}],"y":{"z":[[[]]]}}}');
    const reader = plan(texts('a'), { framing: 'document', recordsAt: ['data', 'items'] });
    expect(await count(file, reader, test)).toEqual({ rows: 2, rejected: [] });
    expect(test.peakBytes).toBeLessThan(8 * MIB);
  });
});

describe('5,000 levels', () => {
  const deep = (open: string, close: string, levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
  const good = '{"a":2}';
  const bad = [
    deep('[', ']', 5000),
    deep('{"a":', '}', 5000),
    `{"a":${deep('[{"b":', '}]', 2500)}}`,
    '['.repeat(5000),
    '{"a":'.repeat(5000),
  ];

  it('are a rejected record in lines, and the others are read', async () => {
    const content = bad.flatMap((one) => [one, good]).join('\n');
    const { records } = await decodeFile(bytesReader(bytesOf(content)), plan(texts('a')));
    expect(records.map((record) => ('row' in record ? record.row : record.code))).toEqual(
      ['row:not-an-object', 'row:too-deep', 'row:too-deep', 'row:json', 'row:json'].flatMap((code) => [
        code === 'row:not-an-object'
          ? expect.stringMatching(/^row:(too-deep|not-an-object)$/)
          : expect.stringMatching(/^row:(too-deep|json)$/),
        ['2'],
      ]),
    );
    const observation = await observeFile(content);
    expect(observation).toMatchObject({ exactRows: 10, rejectedRows: 5 });
  });

  it('are a rejected element of a document, and a refused file beside its records', async () => {
    const elements = `[${bad[1]},${good}]`;
    const { records } = await decodeFile(bytesReader(bytesOf(elements)), plan(texts('a'), { framing: 'document' }));
    expect(records).toMatchObject([{ code: 'row:too-deep' }, { row: ['2'] }]);
    const beside = `{"x":${deep('[', ']', 5000)},"r":[${good}]}`;
    const reader = plan(texts('a'), { framing: 'document', recordsAt: ['r'] });
    expect((await refusal(decodeFile(bytesReader(bytesOf(beside)), reader))).code).toBe('MALFORMED_UNIT');
  });

  it('begin above 1,000, the record itself included', async () => {
    for (const [levels, code] of [
      [999, undefined],
      [1000, 'row:too-deep'],
    ] as const) {
      const content = `{"a":${deep('[', ']', levels)},"b":${'['.repeat(3)}${']'.repeat(3)}}`;
      for (const fields of [texts('a'), texts('b')]) {
        const { records } = await decodeFile(bytesReader(bytesOf(content)), plan(fields));
        expect('code' in records[0]! ? records[0].code : undefined).toBe(code);
      }
    }
  });
});

describe('names', () => {
  it('of more than 50,000 characters reject the record', async () => {
    const content = [50_000, 50_001, 2 ** 20].map((length) => `{"${'é'.repeat(length)}":1,"a":2}`).join('\n');
    const { records } = await decodeFile(bytesReader(bytesOf(content)), plan(texts('a')));
    expect(records).toMatchObject([{ row: ['2'] }, { code: 'row:long-key' }, { code: 'row:long-key' }]);
  });

  it('of columns have a limit', async () => {
    const error = await refusal(observeFile(`{"${'n'.repeat(256)}":1}`));
    expect([error.code, error.message]).toEqual(['LIMIT_NAME', expect.stringContaining('256 characters')]);
    expect((await observeFile(`{"a":{"${'n'.repeat(256)}":1}}`)).fields).toHaveLength(1);
  });

  it('that are 100,000 different ones are too many columns, or the keys of a map', async () => {
    const members = Array.from({ length: 100_000 }, (_, index) => `"k${index}":${index}`).join(',');
    const error = await refusal(observeFile(`{${members}}`));
    expect([error.code, error.message]).toEqual(['LIMIT_COLUMNS', expect.stringContaining('10,000 different members')]);
    const { fields } = await observeFile(`{"a":{${members}}}`);
    expect(fields[0]?.field.type).toMatchObject({ kind: 'map', value: { type: { kind: 'string' } } });
    expect(fields[0]?.shape?.members).toHaveLength(1000);
    expect(fields[0]?.shape?.anyMember).toMatchObject({ scalars: 100_000, statistics: { values: 100_000 } });
  });

  it('that are new in each of many records and places do not take more and more memory', async () => {
    const line = (index: number) => `{"a":{"x${index}":{"y${index}":{"z${index}":[{"w${index}":1}]}}}}`;
    const content = Array.from({ length: 30_000 }, (_, index) => line(index)).join('\n');
    const before = process.memoryUsage().heapUsed;
    const { fields } = await observeFile(content);
    expect(JSON.stringify(fields).length).toBeLessThan(20 * MIB);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * MIB);
  });
});

describe('numbers of more than 1,000 characters', () => {
  it('reject the record', async () => {
    const content = [1000, 1001].map((length) => `{"a":${'7'.repeat(length)}}`).join('\n');
    const { records } = await decodeFile(bytesReader(bytesOf(content)), plan(texts('a')));
    expect(records).toMatchObject([{ row: ['7'.repeat(1000)] }, { code: 'row:long-number' }]);
  });
});

describe('limits of records and values', () => {
  it.each<[string, Partial<InputLimits>, string, string]>([
    ['a record', { recordBytes: 30 }, 'LIMIT_LINE', 'has 31 bytes, 30 bytes are allowed'],
    ['a value', { cellBytes: 10 }, 'LIMIT_CELL', 'line 2 (byte 13) has 25 bytes, 10 bytes are allowed'],
  ])('%s beyond its own is refused with its place and the limit to raise', async (_, limits, code, says) => {
    const content = `{"a":1}\n{"a":"${'x'.repeat(23)}"}\n`;
    for (const chunkBytes of [16, 1000]) {
      const reader = bytesReader(bytesOf(content));
      const error = await refusal(decodeFile(reader, plan(texts('a')), { chunkBytes, context: within(limits) }));
      expect([error.code, error.message]).toEqual([code, expect.stringContaining(says)]);
    }
  });
});
