import type { ColumnType } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import fc from 'fast-check';
import type { FileMetaData } from 'hyparquet';
import { parquetMetadata } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { scalars } from '../datafile/testing/arbitrary-table.ts';
import type { TestValue } from '../datafile/testing/column-of-values.ts';
import { expectedValues, field, readTable, writerConfiguration, writeTable } from '../datafile/testing/test-table.ts';

type Codec = 'zstd' | 'gzip' | 'snappy' | 'uncompressed';

/** Writes one column as one file and reads it back. */
async function written(type: ColumnType, values: readonly TestValue[], codec: Codec = 'uncompressed', required = false) {
  const table = [{ field: field(1, 'a', type, required), values }];
  const fields = table.map((column) => column.field);
  const { outputs, files } = await writeTable(table, writerConfiguration(fields, { codec, rowGroupBytes: 64 * 1024 * 1024 }));
  const bytes = [...outputs.files.values()][0]!;
  const [read] = await readTable(bytes, fields);
  return {
    bytes,
    read: read!,
    expected: expectedValues(table)[0]!,
    metadata: parquetMetadata(bytes.slice().buffer),
    file: files[0]!,
  };
}

/** Encodings of the values, by row group. */
function encodingsOf({ row_groups }: FileMetaData): string[] {
  return row_groups.map(({ columns }) => columns[0]!.meta_data!.encoding_stats!.at(-1)!.encoding);
}

const text: ColumnType = { kind: 'string' };
const int64: ColumnType = { kind: 'int64' };
const codecs: Codec[] = ['zstd', 'gzip', 'snappy', 'uncompressed'];

describe('pages of flat columns', () => {
  it('are compressed for integers that need three bytes at most, as long as all of them do', async () => {
    let last = 1;
    const small = Array.from({ length: 20_000 }, () => {
      last = (last * 48_271) % 2_147_483_647;
      return BigInt(last % 1_000_000);
    });
    const alone = await written(int64, small, 'zstd');
    const besideLarge = await written(int64, [...small, 1n << 24n], 'zstd');
    const besideNegative = await written(int64, [...small, -1n], 'zstd');
    expect(alone.read).toStrictEqual(alone.expected);
    expect(alone.bytes.length).toBeLessThan(besideLarge.bytes.length * 0.97);
    expect(alone.bytes.length).toBeLessThan(besideNegative.bytes.length * 0.97);
  });

  it.each(scalars.map(([type, values]) => [typeText(type), type, values] as const))(
    'hold %s values of every shape: repeated, unique, with nulls and without',
    async (_, type, values) => {
      const shape = fc.record({
        pool: fc.array(values, { minLength: 1, maxLength: 30 }),
        repeat: fc.integer({ min: 1, max: 60 }),
        nulls: fc.constantFrom(0, 2, 7, 1000),
        codec: fc.constantFrom(...codecs),
        required: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(shape, async ({ pool, repeat, nulls, codec, required }) => {
          const rows = Array.from({ length: pool.length * repeat }, (_, row) =>
            !required && nulls > 0 && row % nulls === 0 ? null : pool[(row * 7) % pool.length]!,
          );
          const { read, expected } = await written(type, rows, codec, required);
          expect(read).toStrictEqual(expected);
        }),
        { numRuns: 12 },
      );
    },
  );

  it.each(codecs)('follow one another in several row groups, compressed with %s', async (codec) => {
    const rows = 140_000;
    const values = Array.from({ length: rows }, (_, row) => (row % 11 === 0 ? null : `${row} ${'é'.repeat(row % 40)}`));
    const { read, expected, metadata } = await written(text, values, codec);
    expect(metadata.row_groups).toHaveLength(2);
    expect(metadata.row_groups[0]!.columns[0]!.meta_data!.encoding_stats!.at(-1)!.count).toBeGreaterThan(5);
    expect(read).toStrictEqual(expected);
  });

  it('are of a dictionary across several pages, too', async () => {
    const values = Array.from({ length: 131_072 }, (_, row) => (row % 5 === 0 ? null : BigInt(row % 3000)));
    const { read, expected, metadata } = await written(int64, values);
    expect(encodingsOf(metadata)).toEqual(['RLE_DICTIONARY']);
    expect(metadata.row_groups[0]!.columns[0]!.meta_data!.encoding_stats!.at(-1)!.count).toBe(2);
    expect(read).toStrictEqual(expected);
  });

  it('end before a value that would make them large, and hold one that is larger than a page', async () => {
    const values = ['x'.repeat(700_000), 'y'.repeat(700_000), null, 'z'.repeat(3_000_000), '', 'a'];
    const { read, expected, metadata } = await written(text, values);
    expect(metadata.row_groups[0]!.columns[0]!.meta_data!.encoding_stats).toEqual([
      { page_type: 'DATA_PAGE', encoding: 'PLAIN', count: 4 },
    ]);
    expect(read).toStrictEqual(expected);
  });
});

describe('a dictionary', () => {
  const rows = 80_000;
  const unique = (row: number): string => `value ${Math.imul(row, 0x9e37_79b1) >>> 0}`;

  it.each<[string, ColumnType, (row: number) => TestValue, string]>([
    ['is made of few texts', text, (row) => unique(row % 1000), 'RLE_DICTIONARY'],
    ['is made of one value', text, () => 'same', 'RLE_DICTIONARY'],
    ['is made of few numbers', int64, (row) => BigInt(row % 500), 'RLE_DICTIONARY'],
    ['is not made where all texts differ', text, unique, 'PLAIN'],
    ['is not made where all numbers differ', int64, (row) => BigInt(row), 'PLAIN'],
    ['is given up where values begin to differ late', text, (row) => unique(row < 10_000 ? row % 100 : row), 'PLAIN'],
    ['is not made of more than a mebibyte', text, (row) => `${row % 200}${'x'.repeat(8000)}`, 'PLAIN'],
    ['is not made of booleans', { kind: 'boolean' }, (row) => row % 2 === 0, 'PLAIN'],
  ])('%s', async (_, type, valueAt, encoding) => {
    const count = type === text && String(valueAt(0)).length > 1000 ? 2000 : rows;
    const { read, expected, metadata } = await written(
      type,
      Array.from({ length: count }, (_, row) => valueAt(row)),
    );
    expect(encodingsOf(metadata)).toEqual([encoding]);
    expect(read).toStrictEqual(expected);
  });

  it('is given up where numbers were chosen to collide, and all values stay', async () => {
    // Numbers whose hash ends with the same sixteen bits, found by trying.
    const mixed = (word: number): number => {
      let hash = Math.imul(word ^ (word >>> 16), 0x85eb_ca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
      return (hash ^ (hash >>> 16)) & 0xffff;
    };
    const colliding: number[] = [];
    for (let word = 0; colliding.length < 1500; word++) if (mixed(word) < 8) colliding.push(word);
    const values = Array.from({ length: 40_000 }, (_, row) => colliding[(row * 13) % colliding.length]!);
    const { read, expected, metadata } = await written({ kind: 'int32' }, values);
    expect(encodingsOf(metadata)).toEqual(['PLAIN']);
    expect(read).toStrictEqual(expected);
  });

  it('keeps zeros apart, and NaN is counted however often an entry stands for it', async () => {
    const values = Array.from({ length: 3000 }, (_, row) => [0, -0, Number.NaN, 1.5][row % 4]!);
    const { read, expected, metadata, file } = await written({ kind: 'float64' }, values);
    expect(encodingsOf(metadata)).toEqual(['RLE_DICTIONARY']);
    expect(read).toStrictEqual(expected);
    expect(file).toMatchObject({ nanCounts: { 1: 750 }, lowerBounds: { 1: '0000000000000080' } });
  });
});

describe('the footer', () => {
  it('says the same of counts and sizes as the description of the file', async () => {
    const values = Array.from({ length: 140_000 }, (_, row) => (row % 3 === 0 ? null : BigInt(row)));
    const { metadata, file, bytes } = await written(int64, values, 'zstd');
    const chunks = metadata.row_groups.map(({ columns }) => columns[0]!.meta_data!);
    const sum = (numbers: readonly (number | bigint)[]): number => numbers.reduce<number>((all, one) => all + Number(one), 0);
    expect(file.rows).toBe(sum(metadata.row_groups.map(({ num_rows }) => num_rows)));
    expect(file.sizeBytes).toBe(bytes.length);
    expect(file.columnSizes).toEqual({ 1: sum(chunks.map((chunk) => chunk.total_compressed_size)) });
    expect(file.nullCounts).toEqual({ 1: sum(chunks.map((chunk) => chunk.statistics!.null_count!)) });
    expect(file.splitOffsets).toEqual(chunks.map((chunk) => Number(chunk.dictionary_page_offset ?? chunk.data_page_offset)));
    expect(chunks.map(({ statistics }) => [statistics!.min_value, statistics!.max_value])).toEqual([
      [1n, 131_071n],
      [131_072n, 139_999n],
    ]);
  });

  it.each<[string, string[], [unknown, unknown]]>([
    ['short texts whole', ['b', 'abcdefghijklmnop'], ['abcdefghijklmnop', 'b']],
    [
      'long texts after 16 bytes, the larger one upwards',
      ['abcdefghijklmnopq', 'zbcdefghijklmnopq'],
      ['abcdefghijklmnop', 'zbcdefghijklmnoq'],
    ],
    ['only between characters', ['aaaaaaaaaaaaaaaé'], ['aaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaab']],
    ['by bytes and not by UTF-16', ['\u{1f600}', '\uff5e'], ['\uff5e', '\u{1f600}']],
    ['a bound that cannot be cut whole', ['\u{10ffff}'.repeat(5)], ['\u{10ffff}'.repeat(4), '\u{10ffff}'.repeat(5)]],
    ['no bounds where one would be long', ['\u{10ffff}'.repeat(65)], [undefined, undefined]],
  ])('keeps %s', async (_, values, [min, max]) => {
    const { metadata } = await written(text, values);
    expect(metadata.row_groups[0]!.columns[0]!.meta_data!.statistics).toMatchObject({
      ...(min === undefined ? {} : { min_value: min, max_value: max }),
      null_count: 0n,
    });
    if (min === undefined) expect(metadata.row_groups[0]!.columns[0]!.meta_data!.statistics!.min_value).toBeUndefined();
  });
});
