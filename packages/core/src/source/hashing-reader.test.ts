import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import type { ByteReader } from './byte-reader.ts';
import { hashingReader, hexadecimal } from './hashing-reader.ts';

const { sha256 } = nodeEnvironment();

/** Reads a content; `most` bytes at a time, by promise when wanted. */
function readerOf(content: Uint8Array, options: { most?: number; isAsync?: boolean; sizeBytes?: number } = {}): ByteReader {
  const { most = Infinity, isAsync = false, sizeBytes = content.length } = options;
  return {
    sizeBytes,
    localPath: '/data/file',
    read(target, offset) {
      const piece = content.subarray(offset, offset + Math.min(target.length, most));
      target.set(piece);
      return isAsync ? Promise.resolve(piece.length) : piece.length;
    },
    verify: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

function hashOf(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

const reads = fc.array(fc.record({ offset: fc.nat(60), length: fc.nat(30) }), { maxLength: 12 });

describe('hashingReader', () => {
  it('learns the hash of the whole content whatever was read, and counts each byte once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 60 }),
        reads,
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        fc.boolean(),
        async (content, sequence, most, isAsync, isUnknown) => {
          let counted = 0;
          const inner = readerOf(content, { most, isAsync, ...(isUnknown ? { sizeBytes: -1 } : {}) });
          const reader = hashingReader(inner, sha256(), (bytes) => {
            counted += bytes;
          });
          for (const { offset, length } of sequence) {
            const target = new Uint8Array(length);
            const count = await reader.read(target, offset);
            expect(target.subarray(0, count)).toEqual(content.subarray(offset, offset + count));
          }
          expect(await reader.finishHash()).toBe(hashOf(content));
          expect(counted).toBe(content.length);
        },
      ),
    );
  });

  it('hashes reads that overlap in time once', async () => {
    const content = Uint8Array.from({ length: 100 }, (_, index) => index);
    const reader = hashingReader(readerOf(content, { isAsync: true }), sha256());
    await Promise.all([50, 0, 25, 75].map((offset) => reader.read(new Uint8Array(25), offset)));
    expect(await reader.finishHash()).toBe(hashOf(content));
  });

  it('answers at once when the reader below does', () => {
    expect(hashingReader(readerOf(new Uint8Array(3)), sha256()).read(new Uint8Array(2), 0)).toBe(2);
  });

  it('ends when the content is shorter than it was said to be', async () => {
    const reader = hashingReader(readerOf(new Uint8Array(3), { sizeBytes: 10 }), sha256());
    expect(await reader.finishHash()).toBe(hashOf(new Uint8Array(3)));
  });

  it('is the reader below in everything else', () => {
    expect(hashingReader(readerOf(new Uint8Array(3)), sha256())).toMatchObject({ sizeBytes: 3, localPath: '/data/file' });
  });
});

describe('hexadecimal', () => {
  it('is two lower-case digits per byte', () => {
    expect(hexadecimal(Uint8Array.of(0, 10, 255))).toBe('000aff');
  });
});
