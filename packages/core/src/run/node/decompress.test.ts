import { constants, deflateRawSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalveError } from '../../errors/calve-error.ts';
import type { ByteReader } from '../../source/byte-reader.ts';
import { nodeEnvironment } from './node-environment.ts';

interface Probe extends ByteReader {
  reads: number;
  furthest: number;
  verified: number;
  closed: number;
}

function probe(bytes: Uint8Array, isSlow = false): Probe {
  return {
    sizeBytes: bytes.length,
    reads: 0,
    furthest: 0,
    verified: 0,
    closed: 0,
    read(target, offset) {
      const part = bytes.subarray(offset, offset + target.length);
      target.set(part);
      this.reads++;
      this.furthest = Math.max(this.furthest, offset + part.length);
      return isSlow ? new Promise((resolve) => setImmediate(resolve, part.length)) : part.length;
    },
    async verify() {
      this.verified++;
    },
    async close() {
      this.closed++;
    },
  };
}

async function contentOf(
  kind: 'gzip' | 'zstd',
  stored: Uint8Array,
  step = 1 << 20,
  isSlow = false,
  wanted?: 'head',
): Promise<Buffer> {
  const reader = await nodeEnvironment().decompress(kind, probe(stored, isSlow), wanted);
  const parts: Buffer[] = [];
  let offset = 0;
  try {
    for (;;) {
      const target = Buffer.alloc(step);
      const count = await reader.read(target, offset);
      offset += count;
      parts.push(target.subarray(0, count));
      if (count < step) return Buffer.concat(parts);
    }
  } finally {
    await reader.close();
  }
}

async function damageOf(kind: 'gzip' | 'zstd', stored: Uint8Array): Promise<CalveError> {
  const error = await contentOf(kind, stored).then(
    (content) => new Error(`${content.length} bytes were read`),
    (thrown: unknown) => thrown,
  );
  expect(CalveError.is(error), String(error)).toBe(true);
  expect(error).toMatchObject({ code: 'MALFORMED_UNIT', recovery: { kind: 'fix-input' } });
  return error as CalveError;
}

/** Noise that does not compress to nothing, the same in every run. */
function noise(bytes: number, seed = 1): Buffer {
  const out = Buffer.alloc(bytes);
  let state = seed;
  for (let index = 0; index < bytes; index++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    out[index] = 97 + ((state >>> 16) % 20);
  }
  return out;
}

const hello = gzipSync('hello\n');
const world = gzipSync('world\n');

describe('decompress gzip', () => {
  it('reads all members, also through an asynchronous reader and reads of five bytes', async () => {
    const stored = Buffer.concat([hello, world, gzipSync(''), hello]);
    expect(String(await contentOf('gzip', stored))).toBe('hello\nworld\nhello\n');
    expect(String(await contentOf('gzip', stored, 5, true))).toBe('hello\nworld\nhello\n');
  });

  it('takes no short read for the end of the file', async () => {
    const stored = Buffer.concat([hello, world]);
    const inner = probe(stored);
    for (const sizeBytes of [stored.length, -1]) {
      const short = {
        ...inner,
        sizeBytes,
        read: (target: Uint8Array, offset: number) => inner.read(target.subarray(0, 5), offset),
      };
      const reader = await nodeEnvironment().decompress('gzip', short);
      const target = Buffer.alloc(100);
      expect(await reader.read(target, 0)).toBe(12);
      expect(String(target.subarray(0, 12))).toBe('hello\nworld\n');
    }
  });

  it('reads members of every size around its own buffers', async () => {
    const sizes = [65536, 262144 - 18, 262144, 1048576, 1048577, 3_000_000];
    const members = sizes.map((size, index) => noise(size, index + 1));
    const stored = members.flatMap((content, index) => [gzipSync(content, { level: index % 2 ? 0 : 1 })]);
    expect((await contentOf('gzip', Buffer.concat(stored), 777_777)).equals(Buffer.concat(members))).toBe(true);
  });

  it.each([100, 300_000, 600_000, 3_000_000, 5_000_000])(
    'gives the same %i bytes to who wants the beginning and reads on',
    async (size) => {
      const members = [noise(size), noise(70_000, 7)];
      for (const count of [1, 2]) {
        const contents = members.slice(0, count);
        const stored = Buffer.concat(contents.map((content) => gzipSync(content, { level: 1 })));
        for (const step of [4096, 262_144, 1 << 20])
          expect((await contentOf('gzip', stored, step, false, 'head')).equals(Buffer.concat(contents))).toBe(true);
      }
    },
  );

  it('finds the same damage for who wants the beginning and reads on', async () => {
    const stored = gzipSync(noise(3_000_000), { level: 1 });
    for (const at of [100, stored.length >> 1, stored.length - 6]) {
      const damaged = Buffer.from(stored);
      damaged[at]! ^= 0xff;
      const all = await damageOf('gzip', damaged);
      const head = await contentOf('gzip', damaged, 1 << 20, false, 'head').catch((error: unknown) => error);
      expect(head).toMatchObject({ code: 'MALFORMED_UNIT', message: all.message, context: all.context });
    }
  });

  it('reads 5,000 tiny members', async () => {
    const content = await contentOf('gzip', Buffer.concat(Array.from({ length: 5000 }, () => hello)));
    expect(content.length).toBe(30_000);
  });

  it('gives the content whatever members and read sizes there are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ bytes: fc.uint8Array({ maxLength: 3000 }), level: fc.integer({ min: 0, max: 9 }) }), {
          minLength: 1,
          maxLength: 6,
        }),
        fc.integer({ min: 1, max: 4000 }),
        fc.nat(20),
        async (members, step, padding) => {
          const stored = Buffer.concat([...members.map(({ bytes, level }) => gzipSync(bytes, { level })), Buffer.alloc(padding)]);
          const content = await contentOf('gzip', stored, step);
          expect(content.equals(Buffer.concat(members.map(({ bytes }) => bytes)))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('reads a header with name, comment, extra field and header checksum', async () => {
    const body = deflateRawSync('hello\n');
    const head = Buffer.from([0x1f, 0x8b, 8, 2 | 4 | 8 | 16, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]);
    const text = Buffer.from(`${'n'.repeat(300_000)}\0comment\0`);
    const stored = Buffer.concat([head, text, Buffer.from([0, 0]), body, hello.subarray(hello.length - 8)]);
    expect(String(await contentOf('gzip', stored))).toBe('hello\n');
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 0],
    ['text', Buffer.from('id,name\n1,a\n'), 0],
    ['trailing garbage', Buffer.concat([hello, Buffer.from('garbage garbage')]), hello.length],
    ['garbage behind padding', Buffer.concat([hello, Buffer.alloc(3), world]), hello.length + 3],
    ['half a magic number', Buffer.concat([hello, Buffer.from([0x1f])]), hello.length + 1],
    ['a trailer cut off', hello.subarray(0, -3), hello.length - 3],
    ['a member cut off', Buffer.concat([hello, world.subarray(0, 13)]), hello.length + 13],
    ['a header cut off', Buffer.concat([hello, world.subarray(0, 6)]), hello.length + 6],
    ['a wrong checksum', Buffer.concat([hello.subarray(0, -8), Buffer.from([1, 2, 3, 4]), hello.subarray(-4)]), hello.length - 8],
    ['a wrong length', Buffer.concat([hello.subarray(0, -4), Buffer.from([1, 2, 3, 4])]), hello.length - 4],
    ['an unknown method', Buffer.concat([Buffer.from([0x1f, 0x8b, 7]), hello.subarray(3)]), 2],
  ])('refuses %s with the offset', async (_name, stored, offset) => {
    expect((await damageOf('gzip', stored)).context).toEqual({ compressedOffset: offset });
  });

  it('finds every flipped bit of a member, or reads the same content', async () => {
    const stored = gzipSync(noise(400));
    for (let index = 0; index < stored.length; index++) {
      const flipped = Buffer.from(stored);
      flipped[index]! ^= 0x10;
      const outcome = await contentOf('gzip', flipped).catch((error: unknown) => error);
      // Time, flags of the compressor and operating system are not protected and change nothing.
      if (Buffer.isBuffer(outcome)) expect(outcome.equals(noise(400)), `bit in byte ${index}`).toBe(true);
      else expect(outcome).toMatchObject({ code: 'MALFORMED_UNIT' });
    }
  });

  it('never looks complete after a failure', async () => {
    const reader = await nodeEnvironment().decompress('gzip', probe(hello.subarray(0, -3)));
    const target = new Uint8Array(100);
    await expect(reader.read(target, 0)).rejects.toMatchObject({ code: 'MALFORMED_UNIT' });
    expect(() => reader.read(target, 0)).toThrow(expect.objectContaining({ code: 'MALFORMED_UNIT' }));
    await reader.close();
  });

  it('keeps files apart that are read at the same time, or closed early and while a read is under way', async () => {
    const files = [300_000, 700_000, 5_000_000].map((bytes, seed) => noise(bytes, seed + 3));
    const contents = [...files, ...files];
    for (let round = 0; round < 3; round++) {
      const reading = contents.map((content, index) => contentOf('gzip', gzipSync(content, { level: 1 }), 100_000 + index, true));
      const early = await nodeEnvironment().decompress('gzip', probe(gzipSync(noise(6_000_000), { level: 1 }), true));
      const under = early.read(new Uint8Array(1000), 0);
      const closing = early.close();
      const read = await Promise.all(reading);
      expect(read.map((content, index) => content.equals(contents[index]!))).toEqual(contents.map(() => true));
      await under;
      await closing;
    }
  });

  it('reads no further ahead than its buffers', async () => {
    const inner = probe(gzipSync(noise(16_000_000), { level: 0 }));
    const reader = await nodeEnvironment().decompress('gzip', inner);
    await reader.read(new Uint8Array(1000), 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(inner.furthest).toBeGreaterThan(1000);
    expect(inner.furthest).toBeLessThan(5_000_000);
    await reader.close();
    expect(inner.closed).toBe(1);
  });

  it('answers from memory without a promise', async () => {
    const reader = await nodeEnvironment().decompress('gzip', probe(gzipSync(noise(100_000))));
    await reader.read(new Uint8Array(10), 0);
    expect(reader.read(new Uint8Array(10), 10)).toBe(10);
    await reader.close();
  });

  it('passes verify and close on, and what the inner reader throws', async () => {
    const changed = new CalveError('OBJECT_CHANGED', 'changed', { recovery: 'replan' });
    const inner = probe(gzipSync(noise(2_000_000), { level: 0 }));
    const plain = inner.read.bind(inner);
    inner.read = (target, offset) => {
      if (offset > 0) throw changed;
      return plain(target, offset);
    };
    const reader = await nodeEnvironment().decompress('gzip', inner);
    await expect(reader.read(new Uint8Array(2_000_000), 0)).rejects.toBe(changed);
    await reader.verify();
    await reader.close();
    expect(inner).toMatchObject({ verified: 1, closed: 1 });
    expect(reader.sizeBytes).toBe(-1);
    expect(reader.localPath).toBeUndefined();
  });

  it('refuses to jump', async () => {
    const reader = await nodeEnvironment().decompress('gzip', probe(hello));
    expect(() => reader.read(new Uint8Array(1), 5)).toThrow(/forward only/);
    await reader.close();
  });
});

describe('decompress zstd', () => {
  const frame = zstdCompressSync('hello\n');
  const second = zstdCompressSync('world\n');
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3]);

  it('reads all frames and leaves skippable ones out', async () => {
    const stored = Buffer.concat([skippable, frame, second, skippable, frame]);
    expect(String(await contentOf('zstd', stored, 5, true))).toBe('hello\nworld\nhello\n');
  });

  it('reads frames of every size around its own buffers', async () => {
    const frames = [262144, 1048577, 2_000_000].map((size, index) => noise(size, index + 7));
    const stored = Buffer.concat(frames.map((content) => zstdCompressSync(content)));
    expect((await contentOf('zstd', stored, 333_333)).equals(Buffer.concat(frames))).toBe(true);
  });

  it.each([
    ['an empty file', Buffer.alloc(0), 0],
    ['text', Buffer.from('id,name\n'), 0],
    ['trailing garbage', Buffer.concat([frame, Buffer.from('garbage')]), frame.length],
    ['a frame cut off', Buffer.concat([frame, second.subarray(0, -2)]), frame.length + second.length - 2],
    ['a skippable frame cut off', Buffer.concat([frame, skippable.subarray(0, 9)]), frame.length + 9],
  ])('refuses %s with the offset', async (_name, stored, offset) => {
    expect((await damageOf('zstd', stored)).context).toEqual({ compressedOffset: offset });
  });

  it('refuses a window above 128 MiB', async () => {
    const params = { [constants.ZSTD_c_windowLog]: 28 };
    const stored = zstdCompressSync(Buffer.alloc(1000), { params });
    const huge = Buffer.from(stored);
    // Without a content size the frame header names its window: descriptor 0, window log 31.
    const forged = Buffer.concat([huge.subarray(0, 4), Buffer.from([0x00, (31 - 10) << 3]), huge.subarray(6)]);
    await damageOf('zstd', forged);
  });
});
