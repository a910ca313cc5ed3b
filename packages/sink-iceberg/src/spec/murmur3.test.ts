import { describe, expect, it } from 'vitest';
import { fromHex } from './hex.ts';
import { murmur3, murmur3Int64 } from './murmur3.ts';
import { minimalTwosComplement } from './single-value.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const ofInt64 = (value: bigint): number => murmur3Int64(Number(BigInt.asIntN(32, value)), Number(value >> 32n));

describe('murmur3', () => {
  // https://iceberg.apache.org/spec/#appendix-b-32-bit-hash-requirements
  it.each([
    ['int or long 34', ofInt64(34n), 2017239379],
    ['date 2017-11-16', ofInt64(17486n), -653330422],
    ['time 22:31:08', ofInt64(81_068_000_000n), -662762989],
    ['timestamp 2017-11-16T22:31:08', ofInt64(1_510_871_468_000_000n), -2047944441],
    ['the same plus 1 microsecond', ofInt64(1_510_871_468_000_001n), -1207196810],
    ['decimal 14.20', murmur3(minimalTwosComplement(1420n)), -500754589],
    ['string iceberg', murmur3(text('iceberg')), 1210000089],
    ['string 34', murmur3(text('34')), -427558391],
    ['uuid', murmur3(fromHex('f79c3e09677c4bbda4793f349cb785e7')), 1488055340],
    ['binary 00 01 02 03', murmur3(Uint8Array.of(0, 1, 2, 3)), -188683207],
  ])('hashes %s as the specification says', (_, hash, expected) => {
    expect(hash).toBe(expected);
  });

  it('hashes a part of an array like the part alone', () => {
    expect(murmur3(text('__iceberg__'), 2, 9)).toBe(1210000089);
  });
});
