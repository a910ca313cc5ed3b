import type { ColumnType, Field } from '@calve/core/plugin';
import { withoutWebAssembly } from '@calve/core/plugin';
import fc from 'fast-check';
import type { ColumnMetaData } from 'hyparquet';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import { pageCompressor } from './compression.ts';
import { decompressors } from './decompression.ts';
import { parquetSchemaOf } from './parquet-schema.ts';
import { scalar } from './testing/arbitrary-table.ts';
import type { TestValue } from './testing/column-of-values.ts';
import { dataPages } from './testing/data-pages.ts';
import type { TestColumn } from './testing/test-table.ts';
import { expectedValues, field, readTable, writerConfiguration, writeTable } from './testing/test-table.ts';

interface Node {
  type: ColumnType;
  values: fc.Arbitrary<TestValue>;
}

/** A member whose id is given later. */
interface Member extends Node {
  required: boolean;
}

const int32: ColumnType = { kind: 'int32' };
const string: ColumnType = { kind: 'string' };
const list = (element: ColumnType, required = false): ColumnType => ({
  kind: 'list',
  element: field(0, 'element', element, required),
});
const struct = (...fields: Field[]): ColumnType => ({ kind: 'struct', fields });

const memberValues = ({ values, required }: Member): fc.Arbitrary<TestValue> =>
  required ? values : fc.option(values, { nil: null, freq: 3 });

function listOf(element: Member): Node {
  return { type: list(element.type, element.required), values: fc.array(memberValues(element), { maxLength: 3 }) };
}

function mapOf(key: Node, value: Member): Node {
  const type: ColumnType = {
    kind: 'map',
    key: field(0, 'key', key.type, true),
    value: field(0, 'value', value.type, value.required),
  };
  return { type, values: fc.array(fc.record({ key: key.values, value: memberValues(value) }), { maxLength: 3 }) };
}

function structOf(members: readonly Member[]): Node {
  const name = (at: number): string => ['list', 'element', 'a b'][at]!;
  const fields = members.map(({ type, required }, at) => field(0, name(at), type, required));
  const values = fc
    .tuple(...members.map(memberValues))
    .map((all): TestValue => Object.fromEntries(all.map((value, at) => [name(at), value])));
  return { type: struct(...fields), values };
}

/** Structs, lists and maps inside one another, with required and optional members. */
function nested(levels: number): fc.Arbitrary<Node> {
  const inner = levels === 0 ? scalar : fc.oneof(scalar, nested(levels - 1), nested(levels - 1));
  const member = fc.record({ node: inner, required: fc.boolean() }).map(({ node, required }): Member => ({ ...node, required }));
  return fc.oneof(
    member.map(listOf),
    fc.tuple(scalar, member).map(([key, value]) => mapOf(key, value)),
    fc.array(member, { minLength: 1, maxLength: 3 }).map(structOf),
  );
}

/** The same field with ids of its own. */
function numbered(one: Field): Field {
  let id = 0;
  const visit = (at: Field): Field => {
    id += 1;
    return { ...at, id, type: inside(at.type) };
  };
  const inside = (type: ColumnType): ColumnType => {
    if (type.kind === 'struct') return { kind: 'struct', fields: type.fields.map(visit) };
    if (type.kind === 'list') return { kind: 'list', element: visit(type.element) };
    return type.kind === 'map' ? { kind: 'map', key: visit(type.key), value: visit(type.value) } : type;
  };
  return visit(one);
}

const nestedColumn: fc.Arbitrary<TestColumn> = fc
  .record({ node: nested(2), required: fc.boolean() })
  .chain(({ node, required }) =>
    fc.record({
      field: fc.constant(numbered(field(0, 'column', node.type, required))),
      values: fc.array(memberValues({ ...node, required }), { minLength: 1, maxLength: 60 }),
    }),
  );

/** What another writer makes of the same values. */
function otherFile({ field: one, values }: TestColumn): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      schema: parquetSchemaOf([one]),
      // Its dictionaries take both zeros for one.
      columnData: [{ name: one.name, data: [...values], encoding: 'PLAIN' }],
      codec: 'ZSTD',
      compressors: { ZSTD: pageCompressor('zstd') },
    }),
  );
}

function read(bytes: Uint8Array): Promise<unknown[]> {
  return parquetReadObjects({ file: bytes.slice().buffer, utf8: false, compressors: decompressors });
}

/** What the footer says of each leaf that does not depend on the encoding, bounds of numbers included. */
function leaves(bytes: Uint8Array): unknown[] {
  return parquetMetadata(bytes.slice().buffer).row_groups.map(({ num_rows, columns }) => [
    num_rows,
    columns.map(({ meta_data }) => leafFacts(meta_data!)),
  ]);
}

function leafFacts({ type, path_in_schema, num_values, statistics }: ColumnMetaData): unknown {
  const { null_count, min_value, max_value } = statistics!;
  const hasBounds = type === 'INT32' || type === 'INT64';
  return { path_in_schema, num_values, null_count, ...(hasBounds ? { min_value, max_value } : {}) };
}

async function written(column: TestColumn, overrides: Parameters<typeof writerConfiguration>[1] = {}, batchRows = 1000) {
  const { outputs, files } = await writeTable([column], writerConfiguration([column.field], overrides), { batchRows });
  return { bytes: [...outputs.files.values()][0]!, file: files[0]! };
}

describe('nested columns', () => {
  it('are written as another writer does it: the same values, slots, nulls and bounds for every reader', async () => {
    await fc.assert(
      fc.asyncProperty(nestedColumn, async (column) => {
        const { bytes } = await written(column);
        const other = otherFile(column);
        expect(await read(bytes)).toStrictEqual(await read(other));
        expect(leaves(bytes)).toStrictEqual(leaves(other));
        expect(await readTable(bytes, [column.field])).toStrictEqual(expectedValues([column]));
      }),
      { numRuns: 300 },
    );
  });

  it('are the same bytes however the rows are cut into batches, in several row groups', async () => {
    await fc.assert(
      fc.asyncProperty(nestedColumn, fc.integer({ min: 100, max: 700 }), async (column, batchRows) => {
        const values = Array.from({ length: 2000 }, (_, row) => column.values[row % column.values.length]!);
        const many = { ...column, values };
        const whole = await written(many, { rowGroupBytes: 200_000 }, 2000);
        const pieces = await written(many, { rowGroupBytes: 200_000 }, batchRows);
        expect(pieces).toStrictEqual(whole);
        expect(await readTable(pieces.bytes, [many.field])).toStrictEqual(expectedValues([many]));
      }),
      { numRuns: 25 },
    );
  });

  it('are the same bytes with and without WebAssembly', async () => {
    await encoderKernels.open();
    expect(encoderKernels.current).not.toBeNull();
    await fc.assert(
      fc.asyncProperty(nestedColumn, async (column) => {
        const values = Array.from({ length: 300 }, (_, row) => column.values[row % column.values.length]!);
        const many = { ...column, values };
        const compiled = await written(many);
        const plain = await withoutWebAssembly(() => written(many));
        expect(compiled).toStrictEqual(plain);
      }),
      { numRuns: 60 },
    );
  });

  it('have pages that begin with a row, also with rows that are larger than a page', async () => {
    const sizes = [0, 150_000, 1, 0, 70_000, 3];
    const values = Array.from({ length: 60_000 }, (_, row): TestValue => {
      const size = sizes[row] ?? row % 4;
      return size === 3 && row % 8 === 7 ? null : Array.from({ length: size }, (_, member) => (member % 5 === 4 ? null : row));
    });
    const column = { field: numbered(field(0, 'a', list(int32))), values };
    const { bytes } = await written(column, { codec: 'uncompressed', rowGroupBytes: 64 * 1024 * 1024 });
    const pages = dataPages(bytes, 0);
    expect(pages.length).toBeGreaterThan(3);
    for (const { repetition } of pages) expect(repetition[0]).toBe(0);
    const rows = pages.map(({ repetition }) => repetition.filter((level) => level === 0).length);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(values.length);
    expect(await readTable(bytes, [column.field])).toStrictEqual(expectedValues([column]));
  });

  it('have pages of about 1 MiB where values are large', async () => {
    const values = Array.from({ length: 400 }, (_, row): TestValue => [`${row} ${'x'.repeat(20_000)}`, null, `${row}`]);
    const column = { field: numbered(field(0, 'a', list(struct(field(0, 'text', string)), true))), values: [] as TestValue[] };
    column.values = values.map((texts) => (texts as TestValue[]).map((text) => ({ text })));
    const { bytes } = await written(column, { codec: 'uncompressed', rowGroupBytes: 64 * 1024 * 1024 });
    const pages = dataPages(bytes, 0);
    expect(pages.length).toBeGreaterThan(6);
    for (const page of pages) expect(page.bytes).toBeLessThan(1.1 * 1024 * 1024);
    expect(await readTable(bytes, [column.field])).toStrictEqual(expectedValues([column]));
  });

  it('have dictionaries where values repeat, and none of booleans', async () => {
    const values = Array.from({ length: 3000 }, (_, row) => ({ word: `word ${row % 5}`, flag: row % 3 === 0 }));
    const type = struct(field(0, 'word', string), field(0, 'flag', { kind: 'boolean' }));
    const column = { field: numbered(field(0, 'a', type)), values };
    const { bytes } = await written(column);
    const encodings = parquetMetadata(bytes.slice().buffer).row_groups[0]!.columns.map(
      ({ meta_data }) => meta_data!.encoding_stats!.at(-1)!.encoding,
    );
    expect(encodings).toEqual(['RLE_DICTIONARY', 'PLAIN']);
  });

  it('are measured where only structs are around a leaf', async () => {
    const type = struct(
      field(0, 'x', int32),
      field(0, 'members', list(int32)),
      field(0, 'inner', struct(field(0, 'y', int32, true))),
    );
    const column = { field: numbered(field(0, 'a', type)), values: [] as TestValue[] };
    column.values = [
      { x: 5, members: [1], inner: { y: 7 } },
      null,
      { x: null, members: null, inner: null },
      { x: -1, members: [], inner: { y: 8 } },
    ];
    const { file } = await written(column);
    const { valueCounts, nullCounts, lowerBounds, upperBounds } = file;
    expect({ valueCounts, nullCounts }).toEqual({ valueCounts: { 2: 4, 6: 4 }, nullCounts: { 2: 2, 6: 2 } });
    expect(lowerBounds).toEqual({ 2: 'ffffffff', 6: '07000000' });
    expect(upperBounds).toEqual({ 2: '05000000', 6: '08000000' });
  });

  it('may be deep', async () => {
    let type: ColumnType = int32;
    let value: TestValue = 7;
    const values: TestValue[] = [null];
    for (let level = 0; level < 20; level++) {
      type = list(type);
      value = level % 3 === 0 ? [value, null, []] : [null, value];
      values.push(level === 19 ? value : null);
    }
    const column = { field: numbered(field(0, 'a', list(list(type)))), values: [[], [null, values], null] };
    const { bytes } = await written(column);
    expect(await readTable(bytes, [column.field])).toStrictEqual(expectedValues([column]));
  });

  it('may be empty lists and nulls only', async () => {
    const column = { field: numbered(field(0, 'a', list(list(int32)))), values: [null, [], [null], [[]], null] };
    const { bytes } = await written(column);
    expect(await readTable(bytes, [column.field])).toStrictEqual(expectedValues([column]));
    expect(leaves(bytes)).toStrictEqual(leaves(otherFile(column)));
  });
});

describe('nested columns are refused', () => {
  const required = (name: string, type: ColumnType): Field => field(0, name, type, true);
  const map: ColumnType = { kind: 'map', key: field(0, 'key', string, true), value: field(0, 'value', int32, true) };

  it.each<[string, ColumnType, TestValue[], string]>([
    ['a member of a struct', struct(required('x', int32)), [null, { x: 1 }, { x: null }], 'a.x'],
    ['a struct in a struct', struct(required('s', struct(field(0, 'x', int32)))), [{ s: null }], 'a.s'],
    ['a member of a list', list(int32, true), [[], [1, null]], 'a.element'],
    ['a member of a struct in a list', list(struct(required('x', int32))), [[null, { x: null }]], 'a.element.x'],
    ['a key', map, [[{ key: null, value: 1 }]], 'a.key'],
    ['a value', map, [[{ key: 'k', value: null }]], 'a.value'],
  ])('with null in %s that is required', async (_, type, values, column) => {
    await expect(written({ field: numbered(field(0, 'a', type)), values })).rejects.toMatchObject({
      code: 'ICEBERG_REQUIRED_NULL',
      context: { column },
    });
  });

  it('with a decimal of too many digits', async () => {
    const type = list({ kind: 'decimal', precision: 4, scale: 2 });
    await expect(written({ field: numbered(field(0, 'a', type)), values: [[9999n], [10_000n]] })).rejects.toMatchObject({
      code: 'ICEBERG_VALUE_RANGE',
      context: { column: 'a.element' },
    });
  });

  it('with more levels than a byte can say', async () => {
    let type: ColumnType = int32;
    for (let level = 0; level < 130; level++) type = list(type);
    await expect(written({ field: numbered(field(0, 'a', type)), values: [null] })).rejects.toMatchObject({
      code: 'CONTRACT_UNSUPPORTED',
    });
  });
});
