import { gzipSync, zstdCompressSync } from 'node:zlib';
import { type Environment, typeText, type ValueShape } from '@calve/core/plugin';
import { bytesReader, testContext } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { bytesOf, observeFile, readFile } from './read-file.ts';

const shapeOf = async (content: string, name: string): Promise<ValueShape> => {
  const { fields } = await observeFile(content);
  return fields.find(({ field }) => field.name === name)!.shape!;
};
const typesOf = async (content: string, options = {}) =>
  Object.fromEntries((await observeFile(content, options)).fields.map(({ field }) => [field.name, typeText(field.type)]));

describe('what is observed of a file', () => {
  it('is the structure of its members in the order in which they come first', async () => {
    expect(await typesOf('{"b":{"y":1},"a":[{"k":[]},{"l":1}]}\n{"c":true,"b":{"x":"1"}}\n')).toEqual({
      b: 'struct<y: string, x: string>',
      a: 'list<struct<k: list<string>, l: string>>',
      c: 'boolean',
    });
  });

  it('takes no text in quotes for a number or a boolean, but for a date', async () => {
    expect(
      await typesOf('{"a":"1","b":"true","c":"2024-02-29","d":"2024-02-29T10:00:00Z","e":1,"f":1.50,"g":12345678901234567890}\n'),
    ).toEqual({
      a: 'string',
      b: 'string',
      c: 'date',
      d: 'timestamp (UTC)',
      e: 'int64',
      f: 'decimal(18,2)',
      g: 'decimal(38,0)',
    });
  });

  it('counts kinds, with the first value of each and its place', async () => {
    const shape = await shapeOf('{"a":null}\n{"a":1}\n{"a":{"x":"\\n"}}\n{"b":0,"a":[1,2]}\n{"a":"\\u00e9"}\n{}\n', 'a');
    expect(shape).toMatchObject({ nulls: 1, scalars: 2, objects: 1, arrays: 1, element: { scalars: 2 } });
    expect(shape.first).toMatchObject({
      scalar: { value: '1', at: { line: 2, byteOffset: 11, record: 2 } },
      object: { value: '{"x":"\\n"}', at: { line: 3 } },
      array: { value: '[1,2]', at: { line: 4 } },
    });
    expect(shape.members).toMatchObject([{ name: 'x', shape: { first: { scalar: { value: '\n' } } } }]);
    expect(await typesOf('{"a":1}\n{"a":{"x":1}}\n')).toEqual({ a: 'string' });
  });

  it('leaves out what is rejected, and says how much', async () => {
    const observation = await observeFile('{"a":1}\n{"a":x}\n{"a":[}\n3\n{"a":2}\n');
    expect(observation).toMatchObject({ exactRows: 5, rejectedRows: 3, origin: 'full-scan' });
    expect(observation.fields[0]?.shape).toMatchObject({ scalars: 2, arrays: 0 });
    expect(observation.findings).toContainEqual(
      expect.objectContaining({ code: 'JSON_RECORDS_REJECTED', at: { unit: '', line: 2, byteOffset: 8 } }),
    );
  });

  it('takes texts that mean null for null', async () => {
    const { fields, nulls } = await observeFile('{"a":"NA"}\n{"a":-999}\n{"a":1}\n', { nulls: ['NA', '-999'] });
    expect(nulls).toEqual(['NA', '-999']);
    expect(fields[0]?.shape).toMatchObject({ nulls: 2, scalars: 1 });
  });

  it('has the findings that the decoder has', async () => {
    const content = '{"a":1,"a":"\\ud83d"} x\n{"b":{"c":1,"c":2}} y\n';
    const { findings, decoded } = await readFile(content);
    expect(decoded.map(({ code }) => code)).toEqual(['JSON_DUPLICATE_KEY', 'JSON_LONE_SURROGATE', 'JSON_TEXT_IGNORED']);
    for (const finding of decoded) expect(findings).toContainEqual(finding);
  });

  it.each<[string, Uint8Array]>([
    ['gzip', new Uint8Array(Buffer.concat([gzipSync('{"a":1}\n'), gzipSync('{"a":2}\n')]))],
    ['zstd', new Uint8Array(Buffer.concat([zstdCompressSync('{"a":1}\n'), zstdCompressSync('{"a":2}\n')]))],
  ])('is the content of all members of a %s file', async (compression, content) => {
    const { records } = await readFile(content);
    expect(records).toEqual([{ row: ['1'] }, { row: ['2'] }]);
    expect((await observeFile(content)).facts).toEqual({ framing: 'lines', recordsAt: [], compression });
  });
});

describe('a file that is larger than what may be read of it', () => {
  const lines = Array.from({ length: 40_000 }, (_, row) => `{"id":${row},"name":"some name ${row}"}\n`);

  it('is seen at its head, its tail and parts in between when records stand on lines', async () => {
    lines[39_990] = '{"id":"the end","name":1}\n';
    const content = lines.join('');
    const { fields, origin, sampledBytes } = await observeFile(content, {}, 64 * 1024);
    expect([origin, sampledBytes < 70 * 1024]).toEqual(['sample', true]);
    expect(fields[0]?.shape?.statistics?.classes.text?.first).toEqual({
      value: 'the end',
      at: { unit: '', column: 'id', byteOffset: content.indexOf('{"id":"the end"') },
    });
    const first = fields[0]?.shape?.first.scalar?.at;
    expect(first).toMatchObject({ line: 1, record: 1 });
  });

  it('is decompressed once, and its head alone where no more is read', async () => {
    const stored = new Uint8Array(gzipSync(lines.join('')));
    const context = testContext();
    const asked: (string | undefined)[] = [];
    const environment: Environment = {
      ...context.environment,
      decompress(kind, reader, wanted) {
        asked.push(wanted);
        return context.environment.decompress(kind, reader, wanted);
      },
    };
    const { fields, exactRows } = await observeFile(stored, {}, stored.length, { ...context, environment });
    expect([fields.map(({ field }) => field.name), exactRows]).toEqual([['id', 'name'], lines.length]);
    const head = await observeFile(stored, {}, 4096, { ...context, environment });
    expect([head.fields.map(({ field }) => field.name), head.origin]).toEqual([['id', 'name'], 'sample']);
    expect(asked).toEqual([undefined, 'head']);
  });

  it('is seen at its head when it is a document', async () => {
    const content = `[${lines.slice(0, 20_000).join(',')}]`;
    const { fields, origin } = await observeFile(content, {}, 64 * 1024);
    expect([origin, fields.map(({ field }) => field.name)]).toEqual(['sample', ['id', 'name']]);
  });
});

describe('a file that is no table', () => {
  it.each<[string, string, string]>([
    ['{"type":"Topology","arcs":[[1]],"objects":{}}', 'JSON_NOT_RECORDS', 'TopoJSON'],
    ['[1,2,3]', 'JSON_NOT_RECORDS', 'an array of plain values'],
    ['[["a","b"],[1,2]]', 'JSON_NOT_RECORDS', 'an array of arrays'],
    ['"text"', 'JSON_NOT_RECORDS', 'a single value'],
    ['1\n2\n3\n', 'JSON_NOT_RECORDS', 'none of its 3 values are objects'],
    ['{"a":1,"b":', 'MALFORMED_UNIT', 'The only record of the file is not standard JSON, see line 1 (byte 0) (row:json)'],
    ['{a}\n{b}\n', 'MALFORMED_UNIT', 'no JSON from line 1 (byte 1) on, where "a}" stands'],
    ['[{"a":1},{"a":2', 'MALFORMED_UNIT', 'ends in the middle of a value, in line 1 (byte 15): it is cut off'],
  ])('is refused with the reason: %s', async (content, code, says) => {
    await expect(observeFile(content)).rejects.toMatchObject({
      code,
      recovery: { kind: 'fix-input' },
      message: expect.stringContaining(says),
    });
  });

  it('is refused when it is told to have records on lines and has none', async () => {
    await expect(observeFile('{a}\n{b}\n', { framing: 'lines' })).rejects.toThrow(
      'None of the 2 records of the file is standard JSON',
    );
  });

  it('is refused with its name when it is another kind of file, or in UTF-16', async () => {
    const png = observeFile(Uint8Array.from(Buffer.from('\x89PNG\r\n\x1a\n....', 'latin1')));
    await expect(png).rejects.toMatchObject({ code: 'JSON_NOT_TEXT', message: expect.stringContaining('a PNG image') });
    const wide = observeFile(Uint8Array.from([0xff, 0xfe, ...Buffer.from('{"a":1}', 'utf16le')]));
    await expect(wide).rejects.toMatchObject({ code: 'JSON_ENCODING_UNSUPPORTED', message: expect.stringContaining('iconv') });
  });
});

describe('the path to the records', () => {
  const content = '{"meta":{"x":[1]},"data":{"items":[{"a":1},{"a":2}],"next":null},"data":7}';

  it('is followed, and what stands beside is told', async () => {
    for (const chunkBytes of [undefined, 16]) {
      const file = await readFile(content, { recordsAt: ['data', 'items'] }, chunkBytes ? { chunkBytes } : {});
      expect(file.records).toEqual([{ row: ['1'] }, { row: ['2'] }]);
      expect(file.decoded).toMatchObject([
        { code: 'JSON_OUTSIDE_RECORDS', message: expect.stringContaining('"meta", "next", "data"') },
      ]);
    }
  });

  it('may lead to one record', async () => {
    const { records } = await readFile(content, { recordsAt: ['meta'] });
    expect(records).toEqual([{ row: [['1']] }]);
  });

  it.each([['nothing'], ['data', 'nothing'], ['data', 'next'], ['meta', 'x', 'y']].map((path) => [path]))(
    'is refused when it leads nowhere: %j',
    async (recordsAt) => {
      await expect(readFile(content, { recordsAt })).rejects.toMatchObject({
        code: 'JSON_RECORDS_NOT_FOUND',
        recovery: { kind: 'fix-input' },
        message: expect.stringContaining(JSON.stringify(recordsAt)),
      });
    },
  );

  it('has a meaning in documents only', async () => {
    await expect(readFile('{}', { framing: 'lines', recordsAt: ['a'] })).rejects.toThrow('a document only');
  });
});

it('a cancelled observation reads nothing', async () => {
  const reader = bytesReader(bytesOf('{"a":1}'));
  const context = testContext({ signal: AbortSignal.abort() });
  await expect(observeFile('{"a":1}', {}, 100, context)).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(reader.readBytes).toBe(0);
});
