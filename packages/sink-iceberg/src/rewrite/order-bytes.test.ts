import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { FixedBuilder, OffsetsBuilder } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareBytes } from '../spec/bounds.ts';
import type { SingleValue } from '../spec/single-value.ts';
import { appendOrder, OrderBuffer, orderOf, orderOfSingle } from './order-bytes.ts';

type Value = bigint | number | string | null;

const int64: ColumnType = { kind: 'int64' };
const text: ColumnType = { kind: 'string' };
const wide: ColumnType = { kind: 'decimal', precision: 38, scale: 2 };
const float: ColumnType = { kind: 'float64' };

function columnOf(type: ColumnType, value: Value): ColumnData {
  if (type.kind === 'string') {
    const builder = new OffsetsBuilder();
    if (value === null) builder.appendNull();
    else builder.appendText(value as string);
    return builder.finish();
  }
  const width = type.kind === 'decimal' ? 16 : 8;
  const builder = new FixedBuilder(8);
  if (type.kind === 'decimal') {
    const bytes = new Uint8Array(width);
    const view = new DataView(bytes.buffer);
    view.setBigInt64(0, BigInt.asIntN(64, value as bigint), true);
    view.setBigInt64(8, (value as bigint) >> 64n, true);
    return { layout: 'fixed', width, values: bytes };
  }
  if (value === null) builder.appendNull();
  else if (type.kind === 'float64') builder.appendFloat64(value as number);
  else builder.appendInt64(value as bigint);
  return builder.finish();
}

function orderBytes(types: readonly ColumnType[], values: readonly Value[]): Uint8Array {
  const to = new OrderBuffer();
  appendOrder(
    types.map((type, at) => columnOf(type, values[at]!)),
    types.map(orderOf),
    0,
    to,
  );
  return to.bytes.slice(0, to.length);
}

/** Nulls below everything; texts by code point; NaN above everything, -0 as 0. */
function compare(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === 'string') return Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b as string)));
  if (typeof a === 'number' && (Number.isNaN(a) || Number.isNaN(b))) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a < (b as typeof a) ? -1 : a > (b as typeof a) ? 1 : 0;
}

const values: Record<string, [ColumnType, fc.Arbitrary<Value>]> = {
  int64: [int64, fc.option(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))],
  text: [text, fc.option(fc.string({ unit: fc.constantFrom('\u0000', 'a', 'ÿ', '\uFFFD', '\u{1F600}', 'b'), maxLength: 4 }))],
  decimal: [wide, fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n })],
  float: [float, fc.option(fc.double())],
};

describe('bytes that rows are ordered by', () => {
  it.each(Object.entries(values))('compare as two values of type %s do', (_, [type, arbitrary]) => {
    fc.assert(
      fc.property(arbitrary, arbitrary, (a, b) => {
        const found = compareBytes(orderBytes([type], [a]), orderBytes([type], [b]));
        expect(Math.sign(found)).toBe(compare(a, b));
      }),
    );
  });

  it('compare as two lists of values do, and no text runs into the next column', () => {
    const row = fc.tuple(values['text']![1], values['int64']![1], values['text']![1]);
    const types = [text, int64, text];
    fc.assert(
      fc.property(row, row, (a, b) => {
        const found = compareBytes(orderBytes(types, a), orderBytes(types, b));
        const wanted = a.map((value, at) => compare(value, b[at]!)).find((order) => order !== 0) ?? 0;
        expect(Math.sign(found)).toBe(wanted);
      }),
    );
  });

  it.each(['int64', 'decimal', 'float'])('of a bound are those of the value: %s', (name) => {
    const [type, arbitrary] = values[name]!;
    fc.assert(
      fc.property(
        arbitrary.filter((value) => value !== null),
        (value) => {
          const to = new OrderBuffer();
          orderOf(type)(columnOf(type, value), 0, to);
          expect(orderOfSingle(type, value as SingleValue)).toEqual(to.bytes.slice(0, to.length));
        },
      ),
    );
  });

  it('are not to be had of nested values', () => {
    expect(() => orderOf({ kind: 'struct', fields: [] })).toThrow(expect.objectContaining({ code: 'SPEC_INVALID' }));
  });
});
