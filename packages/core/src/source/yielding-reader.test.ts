import { describe, expect, it } from 'vitest';
import { nodeEnvironment } from '../run/node/node-environment.ts';
import type { ByteReader } from './byte-reader.ts';
import { yieldingReader } from './yielding-reader.ts';

const MEBIBYTE = 1 << 20;

function zeros(sizeBytes: number): ByteReader {
  return {
    sizeBytes,
    read: (target, offset) => Math.max(0, Math.min(target.length, sizeBytes - offset)),
    verify: async () => {},
    close: async () => {},
  };
}

describe('a reader that yields', () => {
  it('lets timers of the host run while a large file is read', async () => {
    const reader = yieldingReader(zeros(20 * MEBIBYTE), nodeEnvironment(), new AbortController().signal);
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 0);
    const chunk = new Uint8Array(MEBIBYTE);
    for (let offset = 0; offset < reader.sizeBytes; offset += chunk.length) {
      await reader.read(chunk, offset);
      const until = Date.now() + 3;
      while (Date.now() < until) chunk.fill(1);
    }
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  it('answers small reads at once', () => {
    const reader = yieldingReader(zeros(1000), nodeEnvironment(), new AbortController().signal);
    expect(reader.read(new Uint8Array(10), 0)).toBe(10);
  });

  it('notices an abort', async () => {
    const aborter = new AbortController();
    const reader = yieldingReader(zeros(4 * MEBIBYTE), nodeEnvironment(), aborter.signal);
    aborter.abort();
    await expect(async () => reader.read(new Uint8Array(MEBIBYTE), 0)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
