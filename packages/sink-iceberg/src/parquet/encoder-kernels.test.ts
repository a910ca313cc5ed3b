import { giveBytesBack, withoutWebAssembly } from '@calve/core/plugin';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expandBits } from '../datafile/expand-bits.ts';
import { arenaBytes } from '../datafile/testing/arena-column.ts';
import { continueOffsets } from '../datafile/text-offsets.ts';
import type { ColumnValues } from './column-values.ts';
import { packBytes } from './definition-levels.ts';
import { countPresent, DenseValues } from './dense-values.ts';
import { DictionaryBuilder } from './dictionary-builder.ts';
import { dictionaryIndexes, indexWidth } from './dictionary-indexes.ts';
import { encoderKernels } from './encoder-kernels.ts';
import { extremeRows } from './extreme-rows.ts';
import { PageBytes } from './page-bytes.ts';
import type { PhysicalType } from './physical-type.ts';
import { physicalType } from './physical-type.ts';
import { plainValues } from './plain-values.ts';
import { SnappyCompressor } from './snappy-compressor.ts';

beforeAll(async () => {
  await encoderKernels.open();
  expect(encoderKernels.current).not.toBeNull();
});

/** The same work on the same memory on both rungs. */
function expectSame(work: () => unknown): void {
  const compiled = work();
  expect(compiled).toEqual(withoutWebAssembly(work));
}

const bit = fc.constantFrom(0, 1);
const bitRuns = fc
  .array(fc.tuple(bit, fc.integer({ min: 1, max: 70 })), { maxLength: 12 })
  .map((runs) => Uint8Array.from(runs.flatMap(([value, count]) => new Array<number>(count).fill(value))));
const bits = fc.oneof(
  fc.array(bit, { maxLength: 200 }).map((values) => Uint8Array.from(values)),
  bitRuns,
);

/** Bytes of which some come again and again. */
const repetitive = fc
  .tuple(fc.array(fc.uint8Array({ maxLength: 24 }), { minLength: 1, maxLength: 8 }), fc.array(fc.nat(), { maxLength: 300 }))
  .map(([parts, order]) => order.map((at) => parts[at % parts.length]!));

/** A column of values of `width` bytes, 0 for texts, with some nulls. */
function columnOf(width: number, values: readonly Uint8Array[], valid: Uint8Array): ColumnValues {
  const offsets = Int32Array.from({ length: values.length + 1 }, () => 0);
  const all: number[] = [];
  for (const [row, value] of values.entries()) {
    if (width > 0) for (let at = 0; at < width; at++) all.push(value.length === 0 ? at : value[at % value.length]!);
    else if (valid[row % valid.length] === 1) all.push(...value);
    offsets[row + 1] = all.length;
  }
  const nulls = values.filter((_, row) => valid[row % valid.length] === 0).length;
  const rowBytes = arenaBytes(Uint8Array.from(all));
  const places = arenaBytes(new Uint8Array(offsets.buffer));
  return {
    rows: values.length,
    nulls,
    valid: arenaBytes(Uint8Array.from(values, (_, row) => valid[row % valid.length]!)),
    bytes: rowBytes,
    offsets: width > 0 ? null : new Int32Array(places.buffer, places.byteOffset, offsets.length),
  };
}

const types = [
  ...(['int32', 'int64', 'float32', 'float64', 'uuid', 'string'] as const).map((kind) => physicalType({ kind })!),
  ...[9, 18, 19, 28, 38].map((precision) => physicalType({ kind: 'decimal', precision, scale: 2 })!),
  physicalType({ kind: 'fixed', bytes: 7 })!,
];

/** Everything that the encoder asks of a column. */
function encoded(type: PhysicalType, column: ColumnValues, from: number): unknown {
  const dense = new DenseValues();
  const builder = new DictionaryBuilder();
  const page = new PageBytes(64);
  const values = dense.of(column, type.width);
  const built = builder.build(type, values);
  const entries = built && Array.from(built.entries);
  const start = Math.min(from, values.rows);
  page.byte(1);
  plainValues(page, type, values, null, start, values.rows);
  if (built) {
    plainValues(page, type, values, built.entries, 0, built.entries.length);
    dictionaryIndexes(page, built.indexes, start, values.rows, indexWidth(built.entries.length));
  }
  const result = {
    rows: values.rows,
    present: countPresent(column.valid, 0, column.rows),
    entries,
    indexes: built && Array.from(built.indexes.subarray(0, values.rows)),
    extremes: extremeRows(type.order, values, type.width, null),
    ofEntries: built && extremeRows(type.order, values, type.width, built.entries),
    page: Buffer.from(page.view()).toString('hex'),
  };
  for (const memory of [dense, builder, page]) memory.release();
  return result;
}

describe('compiled kernels of the encoder', () => {
  it('encode any column as plain JavaScript does', () => {
    const column = fc.record({
      type: fc.constantFrom(...types),
      values: fc.oneof(repetitive, fc.array(fc.uint8Array({ maxLength: 100 }), { maxLength: 60 })),
      valid: fc.oneof(
        fc.constant(Uint8Array.of(1)),
        bits.filter((some) => some.length > 0),
      ),
      from: fc.nat(300),
    });
    fc.assert(
      fc.property(column, ({ type, values, valid, from }) => {
        const memory = columnOf(type.width, values, valid);
        expectSame(() => encoded(type, memory, from));
        giveBytesBack(memory.valid);
        giveBytesBack(memory.bytes);
        if (memory.offsets) giveBytesBack(memory.offsets);
      }),
      { numRuns: 1500 },
    );
  });

  it('tell zeros and NaN apart as plain JavaScript does', () => {
    const numbers = fc.array(fc.oneof(fc.constantFrom(0, -0, Number.NaN, Number.NEGATIVE_INFINITY), fc.double()), {
      minLength: 1,
    });
    fc.assert(
      fc.property(numbers, (values) => {
        const doubles = arenaBytes(new Uint8Array(Float64Array.from(values).buffer));
        const floats = arenaBytes(new Uint8Array(Float32Array.from(values).buffer));
        const column = { rows: values.length, nulls: 0, valid: new Uint8Array(values.length).fill(1), offsets: null };
        expectSame(() => [
          extremeRows('float64', { ...column, bytes: doubles }, 8, null),
          extremeRows('float32', { ...column, bytes: floats }, 4, null),
        ]);
        giveBytesBack(doubles);
        giveBytesBack(floats);
      }),
      { numRuns: 500 },
    );
  });

  it('give up a dictionary at the same value', () => {
    const type = physicalType({ kind: 'int32' })!;
    for (const [distinct, rows] of [
      [2400, 20_000],
      [2401, 20_000],
      [32_767, 131_072],
      [32_768, 131_072],
      [40_000, 131_072],
    ] as const) {
      const words = Int32Array.from({ length: rows }, (_, row) =>
        Math.imul(rows < 100_000 ? row % distinct : (row >> 1) % distinct, 0x9e37_79b1),
      );
      const bytes = arenaBytes(new Uint8Array(words.buffer));
      const valid = new Uint8Array(0);
      const builder = new DictionaryBuilder();
      const entries = (): number | undefined =>
        builder.build(type, { rows, nulls: 0, valid, bytes, offsets: null })?.entries.length;
      expectSame(entries);
      builder.release();
      giveBytesBack(bytes);
    }
  });

  it('pack and expand bits as plain JavaScript does', () => {
    fc.assert(
      fc.property(bits, fc.nat(20), (values, before) => {
        const source = arenaBytes(
          Uint8Array.from([...new Array<number>(before).fill(1), ...values, ...new Array<number>(8).fill(1)]),
        );
        const count = values.length;
        const packed = arenaBytes(new Uint8Array(1 + ((source.length + 7) >> 3)));
        const expanded = arenaBytes(new Uint8Array(3 + source.length));
        expectSame(() => {
          packed.fill(0);
          packBytes(source, before, before + count, packed, 1);
          return Array.from(packed);
        });
        packBytes(source, 0, source.length, packed, 1);
        expectSame(() => {
          expanded.fill(7);
          const ones = expandBits(packed, 8 + before, count, expanded, 3);
          return [ones, Array.from(expanded)];
        });
        for (const memory of [source, packed, expanded]) giveBytesBack(memory);
      }),
      { numRuns: 1000 },
    );
  });

  it('continue offsets as plain JavaScript does', () => {
    const rows = fc.array(fc.tuple(fc.nat(30), bit), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(rows, fc.nat(5), fc.boolean(), (some, first, isClean) => {
        const lengths = [
          ...new Array<number>(first).fill(3),
          ...some.map(([length, has]) => (isClean && has === 0 ? 0 : length)),
        ];
        const source = Int32Array.from({ length: lengths.length + 1 }, () => 0);
        for (const [row, length] of lengths.entries()) source[row + 1] = source[row]! + length;
        const read = arenaBytes(new Uint8Array(source.buffer));
        const written = arenaBytes(new Uint8Array((some.length + 3) * 4));
        const valid = arenaBytes(Uint8Array.from([1, 1, ...some.map(([, has]) => has)]));
        const offsets = new Int32Array(written.buffer, written.byteOffset, some.length + 3);
        expectSame(() => {
          offsets.fill(1000);
          const from = new Int32Array(read.buffer, read.byteOffset, source.length);
          const isDone = continueOffsets(from, first, offsets, valid, 2, some.length + 2);
          return isDone ? Array.from(offsets) : false;
        });
        for (const memory of [read, written, valid]) giveBytesBack(memory);
      }),
      { numRuns: 500 },
    );
  });

  it('compress with Snappy as plain JavaScript does', () => {
    const snappy = new SnappyCompressor();
    const inputs = fc.oneof(
      fc.uint8Array({ maxLength: 3000 }),
      repetitive.map((parts) => new Uint8Array(Buffer.concat(parts))),
    );
    fc.assert(
      fc.property(inputs, fc.constantFrom(1, 1, 1, 40), (part, times) => {
        const input = arenaBytes(new Uint8Array(Buffer.concat(new Array<Uint8Array>(times).fill(part))));
        expectSame(() => Buffer.from(snappy.compress(input)).toString('hex'));
        giveBytesBack(input);
      }),
      { numRuns: 500 },
    );
    snappy.release();
  });
});
