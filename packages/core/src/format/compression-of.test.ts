import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { compressionOf } from './compression-of.ts';

it.each<[string, Iterable<number>, 'gzip' | 'zstd' | null]>([
  ['gzip', gzipSync('a'), 'gzip'],
  ['zstd', zstdCompressSync('a'), 'zstd'],
  ['the first frame that zstd skips', [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0], 'zstd'],
  ['the last frame that zstd skips', [0x5f, 0x2a, 0x4d, 0x18], 'zstd'],
  ['what comes behind it', [0x60, 0x2a, 0x4d, 0x18], null],
  ['gzip in a way that nobody has', [0x1f, 0x8b, 0x07, 0x00], null],
  ['text', Buffer.from('P*M'), null],
  ['less than a signature', [0x28, 0xb5, 0x2f], null],
  ['nothing', [], null],
])('%s is told by its first bytes', (_, bytes, compression) => {
  // Not at the beginning of its buffer.
  const head = Uint8Array.from([0, 0, 0, ...bytes]).subarray(3);
  expect(compressionOf(head)).toBe(compression);
});
