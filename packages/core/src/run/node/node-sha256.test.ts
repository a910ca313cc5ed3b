import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { nodeSha256 } from './node-sha256.ts';

const bytes = Uint8Array.from({ length: 300_000 }, (_, at) => (at * 31) % 251);
const expected = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');
const hex = (digest: Uint8Array): string => Buffer.from(digest).toString('hex');

it.each([0, 1, 10_000, 65_536, 65_537, 300_000])('hashes %i bytes, in any number of pieces', (length) => {
  const content = bytes.subarray(0, length);
  for (const piece of [7919, 65_536, 1_000_000]) {
    const hash = nodeSha256();
    for (let at = 0; at < length; at += piece) hash.update(content.subarray(at, at + piece));
    expect(hex(hash.digest())).toBe(expected(content));
  }
});

it('keeps what it was given when the caller uses its memory again, and several apart', () => {
  const memory = new Uint8Array(4);
  const [first, second] = [nodeSha256(), nodeSha256()];
  for (const byte of [1, 2, 3]) {
    first.update(memory.fill(byte));
    second.update(memory.fill(byte + 10));
  }
  const pieces = (add: number): Uint8Array => Uint8Array.from([1, 2, 3].flatMap((byte) => Array<number>(4).fill(byte + add)));
  expect(hex(first.digest())).toBe(expected(pieces(0)));
  const third = nodeSha256();
  third.update(memory.fill(9));
  expect(hex(second.digest())).toBe(expected(pieces(10)));
  expect(hex(third.digest())).toBe(expected(memory));
});
