import fc from 'fast-check';
import { deserializeTCompactProtocol } from 'hyparquet/src/thrift.js';
import { describe, expect, it } from 'vitest';
import { CompactThrift } from './compact-thrift.ts';
import { GrowingBytes } from './growing-bytes.ts';

describe('Thrift in the compact protocol', () => {
  it('is read back by another implementation', () => {
    const int64 = fc.integer({ min: 1 - 2 ** 52, max: 2 ** 52 - 1 });
    fc.assert(
      fc.property(
        fc.integer(),
        int64,
        fc.boolean(),
        fc.string({ unit: 'binary' }),
        fc.array(fc.integer(), { minLength: 1, maxLength: 40 }),
        fc.array(int64, { minLength: 1, maxLength: 20 }),
        (small, large, flag, text, numbers, items) => {
          const out = new GrowingBytes(1);
          const thrift = new CompactThrift(out);
          thrift.int32(1, small);
          thrift.struct(2, () => {
            thrift.int64(4, large);
            thrift.boolean(30, flag);
          });
          thrift.binary(3, text);
          thrift.int32List(20, numbers);
          thrift.structList(21, items, (_, item) => thrift.int64(1, item));
          thrift.end();
          const bytes = out.view();
          const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
          expect(deserializeTCompactProtocol({ view, offset: 0 })).toEqual({
            field_1: small,
            field_2: { field_4: BigInt(large), field_30: flag },
            field_3: new TextEncoder().encode(text),
            field_20: numbers,
            field_21: items.map((item) => ({ field_1: BigInt(item) })),
          });
        },
      ),
      { numRuns: 200 },
    );
  });
});
