import type { ColumnType } from '@calve/core/plugin';
import { ArenaPieces, arena } from '@calve/core/plugin';
import fc from 'fast-check';
import type { ParquetType, SchemaElement } from 'hyparquet';
import { readPlain } from 'hyparquet/src/plain.js';
import { describe, expect, it } from 'vitest';
import { encoderKernels } from '../parquet/encoder-kernels.ts';
import { OWN_PROJECTION } from './file-projection.ts';
import { fromParquetColumn } from './from-parquet-column.ts';
import { plainColumnReader } from './plain-column.ts';
import { KEPT_MEMORY } from './row-memory.ts';
import type { StoredNode } from './stored-schema.ts';

const micros: ColumnType = { kind: 'timestamp', unit: 'micros', zone: 'none' };
const stored = (type: ParquetType, more: Partial<SchemaElement> = {}): SchemaElement => ({ name: 'c', type, ...more });
const decimal = (type: ParquetType, scale: number): SchemaElement => stored(type, { converted_type: 'DECIMAL', scale });

/** Column types, how files may store them, and the bytes of a stored value. */
const pairs: [type: ColumnType, element: SchemaElement, width: number][] = [
  [{ kind: 'int32' }, stored('INT32'), 4],
  [{ kind: 'date' }, stored('INT32', { converted_type: 'DATE' }), 4],
  [{ kind: 'int64' }, stored('INT64'), 8],
  [{ kind: 'int64' }, stored('INT32'), 4],
  [{ kind: 'float32' }, stored('FLOAT'), 4],
  [{ kind: 'float64' }, stored('DOUBLE'), 8],
  [micros, stored('INT64', { converted_type: 'TIMESTAMP_MICROS' }), 8],
  [{ kind: 'time' }, stored('INT64', { converted_type: 'TIME_MICROS' }), 8],
  [{ kind: 'decimal', precision: 9, scale: 2 }, decimal('INT32', 2), 4],
  [{ kind: 'decimal', precision: 18, scale: 2 }, decimal('INT64', 2), 8],
  [{ kind: 'uuid' }, stored('FIXED_LEN_BYTE_ARRAY', { type_length: 16 }), 16],
  [{ kind: 'fixed', bytes: 5 }, stored('FIXED_LEN_BYTE_ARRAY', { type_length: 5 }), 5],
];

/** What the values were, one by one. */
function oneByOne(type: ColumnType, element: SchemaElement, bytes: Uint8Array, start: number, count: number) {
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: start };
  const values = readPlain(reader, element.type as ParquetType, count, element.type_length);
  const column = fromParquetColumn(values, type, { key: 'c', element, children: [] } as unknown as StoredNode, OWN_PROJECTION);
  return { column, end: reader.offset };
}

describe('plainColumnReader', () => {
  it.each(pairs)('copies %o from %o as reading value by value does', (type, element, width) => {
    const read = plainColumnReader(type, element);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 * width }), fc.integer({ min: 0, max: 7 }), (content, start) => {
        // A NaN that was read as a number may have other bits.
        const bits = element.type === 'FLOAT' || element.type === 'DOUBLE' ? content.map((byte) => byte & 0x3f) : content;
        const bytes = Uint8Array.of(...new Uint8Array(start), ...bits);
        const count = Math.floor(content.length / width);
        const expected = oneByOne(type, element, bytes, start, count);
        const { values, end } = read?.(bytes, start, count, KEPT_MEMORY) ?? { values: null, end: -1 };
        expect(values).toEqual(expected.column);
        expect(end).toBe(expected.end);
        expect(() => read?.(bytes, start, count + 1, KEPT_MEMORY)).toThrow(RangeError);
      }),
    );
  });

  it('packs texts, and finds those that run out of their page', () => {
    const read = plainColumnReader({ kind: 'string' }, stored('BYTE_ARRAY'));
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 20 }),
        fc.integer({ min: 0, max: 3 }),
        (texts, start) => {
          const parts = texts.flatMap((text) => [...new Uint8Array(Uint32Array.of(text.length).buffer), ...text]);
          const bytes = Uint8Array.of(...new Uint8Array(start), ...parts);
          const expected = oneByOne({ kind: 'string' }, stored('BYTE_ARRAY'), bytes, start, texts.length);
          const { values, end } = read?.(bytes, start, texts.length, KEPT_MEMORY) ?? { values: null, end: -1 };
          expect(values).toEqual(expected.column);
          expect(end).toBe(bytes.length);
          expect(() => read?.(bytes, start, texts.length + 1, KEPT_MEMORY)).toThrow(RangeError);
          if (texts.length > 0) expect(() => read?.(bytes.subarray(0, -1), start, texts.length, KEPT_MEMORY)).toThrow(RangeError);
        },
      ),
    );
  });

  it('packs texts of a page in the arena with the compiled kernel, alike', async () => {
    await encoderKernels.open();
    const inUse = arena()?.bytesInUse;
    const read = plainColumnReader({ kind: 'string' }, stored('BYTE_ARRAY'));
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 140 }), { maxLength: 40 }), fc.nat({ max: 600 }), (texts, cut) => {
        const parts = texts.flatMap((text) => [...new Uint8Array(Uint32Array.of(text.length).buffer), ...text]);
        const plain = Uint8Array.from(parts).subarray(0, Math.max(0, parts.length - (cut < 300 ? cut : 0)));
        const memory = new ArenaPieces();
        const bytes = memory.take(plain.length);
        bytes.set(plain);
        try {
          for (const count of [texts.length, texts.length >> 1, texts.length + 1]) {
            const attempt = (page: Uint8Array) => {
              try {
                return read?.(page, 0, count, page === bytes ? memory : KEPT_MEMORY);
              } catch (error) {
                return (error as Error).name;
              }
            };
            expect(attempt(bytes)).toEqual(attempt(plain));
          }
        } finally {
          memory.giveBack();
        }
      }),
    );
    expect(arena()?.bytesInUse).toBe(inUse);
  });

  it('leaves to others what has to be converted, and refuses what cannot be', () => {
    expect(plainColumnReader({ kind: 'boolean' }, stored('BOOLEAN'))).toBeNull();
    expect(plainColumnReader(micros, stored('INT64', { converted_type: 'TIMESTAMP_MILLIS' }))).toBeNull();
    expect(plainColumnReader({ kind: 'decimal', precision: 30, scale: 2 }, decimal('INT64', 2))).toBeNull();
    expect(plainColumnReader({ kind: 'float64' }, stored('FLOAT'))).toBeNull();
    expect(() => plainColumnReader({ kind: 'int32' }, stored('INT64'))).toThrow(/cannot be read as/);
    expect(() => plainColumnReader({ kind: 'string' }, stored('INT64'))).toThrow(/cannot be read as/);
  });
});
