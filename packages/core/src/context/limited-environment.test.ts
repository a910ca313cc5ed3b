import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import { DEFAULT_LIMITS, type InputLimits } from './input-limits.ts';
import { limitedEnvironment } from './limited-environment.ts';

const MIB = 2 ** 20;

const within = (limits: Partial<InputLimits>) => limitedEnvironment(nodeEnvironment(), { ...DEFAULT_LIMITS, ...limits });

function readerOf(bytes: Uint8Array, { isSizeKnown = true, isAsync = false } = {}): ByteReader & { readBytes: number } {
  return {
    sizeBytes: isSizeKnown ? bytes.length : -1,
    readBytes: 0,
    read(target, offset) {
      const piece = bytes.subarray(offset, offset + target.length);
      target.set(piece);
      this.readBytes += piece.length;
      return isAsync ? Promise.resolve(piece.length) : piece.length;
    },
    verify: async () => {},
    close: async () => {},
  };
}

/** Content of zeros of so many MiB, in members of 64 MiB: a thousandth of it is stored. */
function zeros(mebibytes: number): Uint8Array {
  const members = Array.from({ length: mebibytes / 64 }, () => member);
  return new Uint8Array(Buffer.concat(members));
}
const member = gzipSync(Buffer.alloc(64 * MIB));

/** Reads to the end, or until it is refused; how far it came. */
async function readAll(content: ByteReader): Promise<{ bytes: number; error: CalveError | null }> {
  const target = new Uint8Array(MIB);
  let bytes = 0;
  try {
    for (;;) {
      const count = await content.read(target, bytes);
      if (count === 0) return { bytes, error: null };
      bytes += count;
    }
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return { bytes, error };
  }
}

describe('decompression', () => {
  it('of 2 GiB of zeros ends after 64 MiB, and every further read fails too', async () => {
    const stored = readerOf(zeros(2048));
    const content = await within({}).decompress('gzip', stored);
    const { bytes, error } = await readAll(content);
    expect(bytes).toBe(64 * MIB);
    expect(error?.toJSON()).toMatchObject({
      code: 'LIMIT_RATIO',
      recovery: { kind: 'fix-input' },
      context: { limit: 'compressionRatio', allowed: 200, contentBytes: 65 * MIB },
    });
    expect(error?.message).toMatch(/hold 65 MiB of content and more, over 200 times as much.* raise limits\.compressionRatio\./);
    expect(stored.readBytes).toBeLessThan(MIB);
    expect(() => content.read(new Uint8Array(1), bytes)).toThrow(error as CalveError);
    await content.close();
  });

  it('of a small file, which is read at once, ends at so many times its size', async () => {
    const stored = zeros(1024);
    const { bytes, error } = await readAll(await within({}).decompress('gzip', readerOf(stored)));
    expect(error?.code).toBe('LIMIT_RATIO');
    expect(bytes).toBeGreaterThan(64 * MIB);
    expect(bytes).toBeLessThanOrEqual(200 * stored.length);
  });

  it('does not mind a ratio below 64 MiB of content, nor one that is allowed', async () => {
    const small = await within({}).decompress('gzip', readerOf(zeros(64)));
    expect(await readAll(small)).toEqual({ bytes: 64 * MIB, error: null });
    const allowed = await within({ compressionRatio: 1100 }).decompress('gzip', readerOf(zeros(128)));
    expect(await readAll(allowed)).toEqual({ bytes: 128 * MIB, error: null });
  });

  it.each([false, true])('ends at the most content that is allowed, asynchronous: %s', async (isAsync) => {
    const stored = gzipSync(Buffer.alloc(3 * MIB, 'a'));
    const content = await within({ contentBytes: 2 * MIB }).decompress('gzip', readerOf(stored, { isAsync }));
    const { bytes, error } = await readAll(content);
    expect([bytes, error?.code]).toEqual([2 * MIB, 'LIMIT_FILE']);
    expect(error?.message).toContain('holds more than 2 MiB of content');
    const exact = await within({ contentBytes: 3 * MIB }).decompress('gzip', readerOf(stored, { isAsync }));
    expect(await readAll(exact)).toEqual({ bytes: 3 * MIB, error: null });
  });

  it('refuses a stored file that is too large before it is read', async () => {
    const stored = readerOf(member);
    const error = await within({ compressedBytes: 1000 })
      .decompress('gzip', stored)
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'LIMIT_FILE', context: { limit: 'compressedBytes', allowed: 1000 } });
    expect((error as CalveError).message).toContain('may have 1,000 bytes, and this one has');
    expect(stored.readBytes).toBe(0);
  });

  it('refuses a stored file of unknown size as soon as it is too large', async () => {
    const stored = readerOf(zeros(1024), { isSizeKnown: false });
    const content = await within({ compressedBytes: 300_000, compressionRatio: 2000 }).decompress('gzip', stored);
    expect((await readAll(content)).error).toMatchObject({ code: 'LIMIT_FILE', context: { limit: 'compressedBytes' } });
    expect(stored.readBytes).toBeLessThan(600_000);
  });
});

/** An environment whose members need their own object. */
class ClassEnvironment {
  readonly #inner = nodeEnvironment();
  now(): number {
    return this.#inner.now();
  }
  sleep(milliseconds: number): Promise<void> {
    return this.#inner.sleep(milliseconds);
  }
  random(bytes: number): Uint8Array {
    return this.#inner.random(bytes);
  }
  step(label: string): Promise<void> {
    return this.#inner.step(label);
  }
  sha256() {
    return this.#inner.sha256();
  }
  decompress(kind: 'gzip' | 'zstd', reader: ByteReader): Promise<ByteReader> {
    return this.#inner.decompress(kind, reader);
  }
}

describe('everything else', () => {
  it('is what the environment does, an object of a class too', async () => {
    const limited = limitedEnvironment(new ClassEnvironment(), DEFAULT_LIMITS);
    expect(limited.now()).toBeGreaterThan(0);
    expect(limited.random(3)).toHaveLength(3);
    expect(limited.sha256().digest()).toHaveLength(32);
    await limited.sleep(0);
    await limited.step('core.test.step');
    const content = await limited.decompress('gzip', readerOf(gzipSync('a,b')));
    expect((await readAll(content)).bytes).toBe(3);
    expect(limited.processIdentity).toBeUndefined();
    const node = limitedEnvironment(nodeEnvironment(), DEFAULT_LIMITS);
    expect(node.processIdentity?.().pid).toBe(process.pid);
    expect(node.processState?.(nodeEnvironment().processIdentity!())).toBe(
      nodeEnvironment().processState?.(node.processIdentity!()),
    );
  });
});
