import { expect, it } from 'vitest';
import { RowGroupBytes } from './row-group-bytes.ts';

const pattern = (length: number, first: number): Uint8Array => Uint8Array.from({ length }, (_, index) => (first + index) % 251);

it('gives back what was appended, whatever pieces it came in, in memory of its own', () => {
  const collected = new RowGroupBytes();
  const memories = new Set<ArrayBufferLike>();
  for (const lengths of [[0], [5, 0, 7], [262_143, 1, 1], [262_144], [700_000, 3, 300_000], [10]]) {
    const pieces = lengths.map((length, index) => pattern(length, index));
    for (const piece of pieces) collected.append(piece);
    expect(collected.offset).toBe(lengths.reduce((sum, length) => sum + length));
    const taken = collected.take();
    expect(Buffer.compare(taken, Buffer.concat(pieces))).toBe(0);
    expect(memories).not.toContain(taken.buffer);
    memories.add(taken.buffer);
    expect(collected.offset).toBe(0);
  }
});

it('goes on in larger memory when it holds more than was reserved', () => {
  const collected = new RowGroupBytes();
  const piece = pattern(9 * 2 ** 20, 0);
  for (let count = 0; count < 8; count++) collected.append(piece);
  const taken = collected.take();
  expect(taken.length).toBe(8 * piece.length);
  for (let at = 0; at < taken.length; at += piece.length)
    expect(Buffer.compare(taken.subarray(at, at + piece.length), piece)).toBe(0);
});

it('does without memory that can grow where none can be reserved', () => {
  const { ArrayBuffer: Original } = globalThis;
  class Refusing extends Original {
    constructor(length: number, options?: { maxByteLength?: number }) {
      if (options?.maxByteLength !== undefined) throw new RangeError('Array buffer allocation failed');
      super(length);
    }
  }
  globalThis.ArrayBuffer = Refusing as ArrayBufferConstructor;
  try {
    const collected = new RowGroupBytes();
    const piece = pattern(300_000, 3);
    for (let count = 0; count < 3; count++) collected.append(piece);
    expect(Buffer.compare(collected.take(), Buffer.concat([piece, piece, piece]))).toBe(0);
  } finally {
    globalThis.ArrayBuffer = Original;
  }
});
