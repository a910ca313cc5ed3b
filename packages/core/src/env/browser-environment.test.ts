import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ByteReader } from '../source/byte-reader.ts';
import { browserEnvironment, defaultEnvironment } from './browser-environment.ts';

// Node has everything of the Web that this environment stands on; test/browser runs it in Chromium.
const environment = browserEnvironment();

function readerOf(bytes: Uint8Array, closed: string[] = []): ByteReader {
  return {
    sizeBytes: bytes.length,
    read(target, offset) {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      return part.length;
    },
    verify: async () => {},
    close: async () => {
      closed.push('closed');
    },
  };
}

async function contentOf(reader: ByteReader, step: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let position = 0; ; ) {
    const part = new Uint8Array(step);
    const count = await reader.read(part, position);
    parts.push(part.subarray(0, count));
    position += count;
    if (count < step) return Buffer.concat(parts);
  }
}

describe('browserEnvironment', () => {
  it('hashes any pieces to what Node makes of the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 }), (pieces) => {
        const hash = environment.sha256();
        for (const piece of pieces) hash.update(piece);
        const expected = createHash('sha256').update(Buffer.concat(pieces)).digest('hex');
        expect(Buffer.from(hash.digest()).toString('hex')).toBe(expected);
      }),
    );
  });

  it('draws more random bytes than the platform gives at once, and others each time', () => {
    const bytes = environment.random(200_000);
    expect(bytes).toHaveLength(200_000);
    // A tail that nobody filled would be zeros.
    expect(bytes.subarray(199_000).every((byte) => byte === 0)).toBe(false);
    expect(environment.random(16)).not.toEqual(environment.random(16));
  });

  it('decompresses gzip in reads of any size', async () => {
    const content = Buffer.from(Array.from({ length: 60_000 }, (_, row) => `${row},${row * 7919}\n`).join(''));
    for (const step of [1000, 65_536, 1 << 20]) {
      const closed: string[] = [];
      const reader = await environment.decompress('gzip', readerOf(gzipSync(content), closed));
      expect(reader.sizeBytes).toBe(-1);
      expect(Buffer.compare(await contentOf(reader, step), content)).toBe(0);
      await reader.close();
      expect(closed).toEqual(['closed']);
    }
  });

  it.each([
    ['cut off', gzipSync('a'.repeat(100_000)).subarray(0, 60)],
    ['damaged', gzipSync('abc'.repeat(1000)).fill(0xff, 20, 25)],
    ['no gzip', Buffer.from('id,name\n1,Ada\n')],
    ['empty', Buffer.from('')],
  ])('says MALFORMED_UNIT for a file that is %s, at every read', async (_, bytes) => {
    const reader = await environment.decompress('gzip', readerOf(bytes));
    const error = { code: 'MALFORMED_UNIT', recovery: { kind: 'fix-input' } };
    await expect(contentOf(reader, 1 << 20)).rejects.toMatchObject(error);
    expect(() => reader.read(new Uint8Array(1), 0)).toThrow(expect.objectContaining(error));
    await reader.close();
  });

  it('passes on what the reader throws', async () => {
    const changed = new Error('changed');
    const reader = await environment.decompress('gzip', { ...readerOf(gzipSync('abc')), read: () => Promise.reject(changed) });
    await expect(contentOf(reader, 10)).rejects.toBe(changed);
    await reader.close();
  });

  it('gives up reading when it is closed early', async () => {
    const reader = await environment.decompress('gzip', readerOf(gzipSync(environment.random(5_000_000))));
    expect(await reader.read(new Uint8Array(10), 0)).toBe(10);
    await reader.close();
    expect(() => reader.read(new Uint8Array(10), 10)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });

  it('refuses zstd with what to do', async () => {
    const refused = environment.decompress('zstd', readerOf(new Uint8Array(10)));
    await expect(refused).rejects.toMatchObject({ code: 'MALFORMED_UNIT', message: expect.stringContaining('gzip') });
  });

  it('is what Calve uses in a browser', async () => {
    await defaultEnvironment().step('any');
    await expect(defaultEnvironment().sleep(3_600_000, AbortSignal.abort())).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(defaultEnvironment().now()).toBeGreaterThan(1_700_000_000_000);
  });
});
