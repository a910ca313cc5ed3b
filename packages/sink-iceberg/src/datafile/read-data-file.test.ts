import type { ColumnType, Field } from '@calve/core/plugin';
import fc from 'fast-check';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { pageCompressor } from './compression.ts';
import { readDataFile } from './read-data-file.ts';
import { arbitraryTable } from './testing/arbitrary-table.ts';
import { memorySource } from './testing/memory-outputs.ts';
import { expectedValues, field, readTable, writerConfiguration, writeTable } from './testing/test-table.ts';

/** A file of one column that another writer could have written. */
function foreignFile(element: Omit<SchemaElement, 'name'>, data: unknown[]): Uint8Array {
  const schema: SchemaElement[] = [
    { name: 'schema', num_children: 1 },
    { name: 'a', repetition_type: 'OPTIONAL', ...element },
  ];
  return new Uint8Array(
    parquetWriteBuffer({
      schema,
      columnData: [{ name: 'a', data }],
      codec: 'ZSTD',
      compressors: { ZSTD: pageCompressor('zstd') },
    }),
  );
}

const timestamp = (unit: 'micros' | 'nanos'): ColumnType => ({ kind: 'timestamp', unit, zone: 'none' });
const logical = (unit: 'MILLIS' | 'MICROS' | 'NANOS') => ({ type: 'TIMESTAMP', isAdjustedToUTC: false, unit }) as const;

describe('readDataFile', () => {
  it.each<[string, Omit<SchemaElement, 'name'>, unknown[], ColumnType, unknown[]]>([
    ['int as long', { type: 'INT32' }, [-7, null], { kind: 'int64' }, ['-7', null]],
    ['float as double', { type: 'FLOAT' }, [0.5, null], { kind: 'float64' }, [0.5, null]],
    [
      'milliseconds as microseconds',
      { type: 'INT64', logical_type: logical('MILLIS') },
      [-1n, null],
      timestamp('micros'),
      ['1969-12-31T23:59:59.999000', null],
    ],
    [
      'nanoseconds as microseconds, rounded down',
      { type: 'INT64', logical_type: logical('NANOS') },
      [-1n],
      timestamp('micros'),
      ['1969-12-31T23:59:59.999999'],
    ],
    [
      'microseconds as nanoseconds',
      { type: 'INT64', logical_type: logical('MICROS') },
      [1n],
      timestamp('nanos'),
      ['1970-01-01T00:00:00.000001000'],
    ],
    [
      'the old annotation of microseconds',
      { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' },
      [9_007_199_254_740_993n],
      timestamp('micros'),
      ['2255-06-05T23:47:34.740993'],
    ],
    [
      'milliseconds of the day',
      { type: 'INT32', logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MILLIS' } },
      [5],
      { kind: 'time' },
      ['5000'],
    ],
    [
      'a decimal that became wider',
      { type: 'INT32', converted_type: 'DECIMAL', precision: 4, scale: 2 },
      [-1234n, null],
      { kind: 'decimal', precision: 20, scale: 2 },
      ['-12.34', null],
    ],
    [
      'a decimal in bytes',
      { type: 'BYTE_ARRAY', converted_type: 'DECIMAL', precision: 30, scale: 2 },
      [-1234n, 128n],
      { kind: 'decimal', precision: 30, scale: 2 },
      ['-12.34', '1.28'],
    ],
    ['text without an annotation', { type: 'BYTE_ARRAY' }, [Uint8Array.of(0xc3, 0xa9)], { kind: 'string' }, ['é']],
    [
      'a dictionary of one',
      { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
      Array(50).fill('same'),
      { kind: 'string' },
      Array(50).fill('same'),
    ],
  ])('reads %s', async (_, element, stored, type, expected) => {
    expect(await readTable(foreignFile(element, stored), [field(1, 'a', type)])).toEqual([expected]);
  });

  it('finds columns by id where the file has ids, whatever they are called', async () => {
    const file = foreignFile({ type: 'INT32', field_id: 4 }, [1]);
    const int32: ColumnType = { kind: 'int32' };
    const fields = [field(4, 'renamed', int32), field(5, 'a', int32)];
    expect(await readTable(file, fields)).toEqual([[1], [null]]);
  });

  it('finds columns by name where the file has no ids', async () => {
    const fields: Field[] = [
      field(5, 'a', { kind: 'int32' }),
      field(6, 'b', { kind: 'list', element: field(7, 'element', { kind: 'string' }) }),
    ];
    expect(await readTable(foreignFile({ type: 'INT32' }, [1]), fields)).toEqual([[1], [null]]);
  });

  it('gives null for members that were added to a struct later', async () => {
    const before: ColumnType = { kind: 'struct', fields: [field(2, 'x', { kind: 'int32' })] };
    const after: ColumnType = { kind: 'struct', fields: [field(3, 'y', { kind: 'string' }), field(2, 'z', { kind: 'int64' })] };
    const { outputs } = await writeTable(
      [{ field: field(1, 's', before), values: [{ x: 5 }, null] }],
      writerConfiguration([field(1, 's', before)]),
    );
    expect(await readTable([...outputs.files.values()][0]!, [field(1, 's', after)])).toEqual([[{ y: null, z: '5' }, null]]);
  });

  it('reads no more rows than asked for, across row groups', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryTable(600), fc.integer({ min: 1, max: 700 }), async (table, limit) => {
        const fields = table.map((column) => column.field);
        const { outputs } = await writeTable(table, writerConfiguration(fields, { rowGroupBytes: 1 }));
        const read = await readTable([...outputs.files.values()][0]!, fields, limit);
        expect(read).toStrictEqual(expectedValues(table).map((column) => column.slice(0, limit)));
      }),
      { numRuns: 15 },
    );
  });

  it.each<[string, Omit<SchemaElement, 'name'>, unknown[], ColumnType]>([
    ['long as int', { type: 'INT64' }, [1n], { kind: 'int32' }],
    ['double as decimal', { type: 'DOUBLE' }, [1.5], { kind: 'decimal', precision: 9, scale: 2 }],
    [
      'a decimal of another scale',
      { type: 'INT32', converted_type: 'DECIMAL', precision: 4, scale: 1 },
      [1n],
      { kind: 'decimal', precision: 9, scale: 2 },
    ],
    ['a number as text', { type: 'INT32' }, [1], { kind: 'string' }],
    ['a number as a list', { type: 'INT32' }, [1], { kind: 'list', element: field(2, 'element', { kind: 'int32' }) }],
    ['bytes of another length', { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 2 }, [Uint8Array.of(1, 2)], { kind: 'uuid' }],
  ])('refuses %s', async (_, element, stored, type) => {
    await expect(readTable(foreignFile(element, stored), [field(1, 'a', type)])).rejects.toMatchObject({
      code: 'ICEBERG_DATA_FILE_TYPE',
    });
  });

  it('refuses damage with an error of its own, and closes the file', async () => {
    const good = foreignFile(
      { type: 'INT64' },
      Array.from({ length: 2000 }, (_, row) => BigInt(row * 7919)),
    );
    const fields = [field(1, 'a', { kind: 'int64' })];
    const cases = [
      new Uint8Array(0),
      good.subarray(0, good.length - 1),
      good.subarray(100),
      good.map((byte, at) => (at > 4 && at < 60 ? byte ^ 0xff : byte)),
      good.map((byte, at) => (at >= good.length - 8 && at < good.length - 4 ? 0xff : byte)),
    ];
    for (const bytes of cases) {
      const source = memorySource(bytes);
      const read = async () => {
        for await (const batch of readDataFile(source, fields, { signal: new AbortController().signal })) batch.release();
      };
      await expect(read()).rejects.toMatchObject({ code: 'ICEBERG_DATA_FILE_MALFORMED', recovery: { kind: 'fix-input' } });
      expect(source.isClosed).toBe(true);
    }
  });

  it('closes the file when the reader stops early or was cancelled', async () => {
    const fields = [field(1, 'a', { kind: 'int64' })];
    const bytes = foreignFile({ type: 'INT64' }, [1n]);
    const first = memorySource(bytes);
    for await (const _ of readDataFile(first, fields, { signal: new AbortController().signal })) break;
    expect(first.isClosed).toBe(true);
    const second = memorySource(bytes);
    await expect(readDataFile(second, fields, { signal: AbortSignal.abort() }).next()).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(second.isClosed).toBe(true);
  });
});
