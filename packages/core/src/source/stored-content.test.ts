import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import type { ByteReader } from './byte-reader.ts';
import { bytesOf } from './own-bytes.ts';
import { readUpTo } from './read-up-to.ts';
import { withStoredContent } from './stored-content.ts';

const environment = nodeEnvironment();
const text = Array.from({ length: 60_000 }, (_, row) => `row ${row * 7919}\n`).join('');
const content = new TextEncoder().encode(text);

/** How often it was read from its first byte, and closed. */
class Probe implements ByteReader {
  readonly sizeBytes: number;
  beginnings = 0;
  closed = 0;
  readonly #reader: ByteReader;

  constructor(bytes: Uint8Array) {
    this.#reader = bytesOf(bytes);
    this.sizeBytes = bytes.length;
  }

  read(target: Uint8Array, offset: number): number | Promise<number> {
    if (offset === 0) this.beginnings += 1;
    return this.#reader.read(target, offset);
  }

  async verify(): Promise<void> {}

  async close(): Promise<void> {
    this.closed += 1;
  }
}

describe('withStoredContent', () => {
  it('tells how far bytes that are not compressed were read, anew when they are read again', async () => {
    const stored = new Probe(content);
    await withStoredContent(stored, null, false, { environment }, async (opened) => {
      expect(opened.storedBytes).toBe(0);
      await readUpTo(opened.reader, 100);
      await readUpTo(opened.reader, 50, 10);
      expect(opened.storedBytes).toBe(100);
      opened.readAgain();
      expect(opened.storedBytes).toBe(0);
      expect(await readUpTo(opened.reader, 20)).toEqual(content.subarray(0, 20));
      expect(opened.storedBytes).toBe(20);
    });
    expect(stored.closed).toBe(0);
  });

  it.each([false, true])('decompresses once what is read twice; only the head is wanted: %s', async (isHead) => {
    const compressed = gzipSync(content);
    const stored = new Probe(compressed);
    await withStoredContent(stored, 'gzip', isHead, { environment }, async (opened) => {
      expect(await readUpTo(opened.reader, 1000)).toEqual(content.subarray(0, 1000));
      const { storedBytes } = opened;
      expect(storedBytes).toBeGreaterThan(0);
      opened.readAgain();
      expect(opened.storedBytes).toBe(storedBytes);
      expect(await readUpTo(opened.reader, content.length)).toEqual(content);
      expect(opened.storedBytes).toBe(compressed.length);
    });
    expect(stored).toMatchObject({ beginnings: 1, closed: 0 });
  });

  it('closes what it opened also when its use fails, and never what was stored', async () => {
    const stored = new Probe(gzipSync(content));
    let closed = 0;
    const watched = {
      environment: {
        ...environment,
        async decompress(...asked: Parameters<typeof environment.decompress>): Promise<ByteReader> {
          const reader = await environment.decompress(...asked);
          return {
            sizeBytes: reader.sizeBytes,
            read: (target, offset) => reader.read(target, offset),
            verify: () => reader.verify(),
            close: async () => {
              closed += 1;
              await reader.close();
            },
          };
        },
      },
    };
    const failing = withStoredContent(stored, 'gzip', false, watched, async ({ reader }) => {
      await readUpTo(reader, 10);
      await reader.close();
      expect(closed).toBe(0);
      throw new RangeError('the use failed');
    });
    await expect(failing).rejects.toThrow('the use failed');
    expect({ closed, stored: stored.closed }).toEqual({ closed: 1, stored: 0 });
  });
});
