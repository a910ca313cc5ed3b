import { expect, it } from 'vitest';
import { RowGroupBytes } from './row-group-bytes.ts';

const pattern = (length: number, first: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (first + index) % 251);

it('gives back what was appended, whatever pieces it came in, in memory of its own', () => {
  const collected = new RowGroupBytes();
  for (const lengths of [[0], [5, 0, 7], [262_143, 1, 1], [262_144], [700_000, 3, 300_000], [10]]) {
    const pieces = lengths.map((length, index) => pattern(length, index));
    for (const piece of pieces) collected.append(piece);
    expect(collected.offset).toBe(lengths.reduce((sum, length) => sum + length));
    const taken = collected.take();
    expect(Buffer.compare(taken, Buffer.concat(pieces))).toBe(0);
    expect(taken.buffer.byteLength).toBe(taken.length);
    expect(collected.offset).toBe(0);
  }
});
