import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashKey, KeyTable, keyTableBytes } from './key-table.ts';

describe('KeyTable', () => {
  it('finds every key that was added and no other, also where all hashes are one', () => {
    const key = fc.uint8Array({ maxLength: 3, max: 3 });
    fc.assert(
      fc.property(fc.array(key, { maxLength: 60 }), fc.array(key, { maxLength: 20 }), fc.boolean(), (keys, others, collide) => {
        const hashOf = (bytes: Uint8Array): number => (collide ? 7 : hashKey(bytes, bytes.length));
        const bytes = keys.reduce((sum, one) => sum + one.length, 0);
        const table = new KeyTable(keys.length, bytes, keys.length);
        const expected = new Map<string, number>();
        for (const [row, one] of keys.entries()) {
          const text = one.join();
          const entry = table.find(one, one.length, hashOf(one));
          expect(entry === -1).toBe(!expected.has(text));
          if (entry === -1) table.add(one, one.length, hashOf(one), Uint8Array.of(1), 1, row, 0);
          else table.win(entry, Uint8Array.of(1), 1, row, 0);
          expected.set(text, row);
        }
        expect(table.size).toBe(expected.size);
        for (const one of [...keys, ...others]) {
          const entry = table.find(one, one.length, hashOf(one));
          expect(entry === -1 ? undefined : table.rows[entry]).toBe(expected.get(one.join()));
        }
      }),
    );
  });

  it('compares what rows are ordered by', () => {
    const table = new KeyTable(1, 1, 8);
    table.add(Uint8Array.of(1), 1, 5, Uint8Array.of(2, 9), 2, 0, 0);
    expect(Math.sign(table.compareOrder(0, Uint8Array.of(2, 8), 2))).toBe(1);
    expect(table.compareOrder(0, Uint8Array.of(2, 9), 2)).toBe(0);
    expect(Math.sign(table.compareOrder(0, Uint8Array.of(2, 9, 0), 3))).toBe(-1);
  });

  it('tells what it takes before it is made', () => {
    expect(keyTableBytes(100_000, 800_000, 900_000)).toBeLessThan(7_000_000);
    expect(keyTableBytes(100_000, 800_000, 900_000)).toBeGreaterThan(1_700_000);
  });
});
