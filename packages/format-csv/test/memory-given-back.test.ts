import { gzipSync, zstdCompressSync } from 'node:zlib';
import { nodeEnvironment } from '@calve/core/node';
import { arena, CalveError, completeLimits } from '@calve/core/plugin';
import { bytesReader, testContext } from '@calve/testkit';
import { beforeEach, expect, it } from 'vitest';
import { csvDecoder } from '../src/csv-decoder.ts';
import { csvFormat } from '../src/index.ts';
import { everything, validOptions } from './read-file.ts';

const text = `id,note\n${Array.from({ length: 20_000 }, (_, row) => `${row},"${row % 7 === 0 ? 'a ""b""\nc' : 'é'}"\n`).join('')}`;
const stored = {
  plain: Buffer.from(text),
  gzip: gzipSync(text),
  'gzip in two members': Buffer.concat([gzipSync(text), gzipSync(text.slice(text.indexOf('\n') + 1))]),
  zstd: zstdCompressSync(text),
  'utf-16': Buffer.from(`\ufeff${text}`, 'utf16le'),
  'a cut gzip': gzipSync(text).subarray(0, 20_000),
  'a record that is too long': Buffer.from(`${text}1,"${'x'.repeat(3_000_000)}"\n`),
};

/** What the others do not end with: they are read. */
const ends: Record<string, string> = { 'a cut gzip': 'MALFORMED_UNIT', 'a record that is too long': 'LIMIT_CELL' };

let before = 0;

beforeEach(async () => {
  // The compiled code of core keeps a few small tables of its own.
  await readAll(stored.plain, Number.POSITIVE_INFINITY);
  before = arena()?.bytesInUse ?? 0;
});

async function readAll(bytes: Uint8Array, mostEvents: number, budgetBytes = 1e9): Promise<string> {
  const limits = completeLimits({ cellBytes: 1_000_000 });
  const context = testContext({ environment: nodeEnvironment(), limits });
  const decoder = await csvDecoder({}, context, undefined);
  const options = validOptions({ header: true });
  try {
    const observation = await decoder.observe(bytesReader(bytes), options as never, budgetBytes, context, 'a.csv');
    const plan = csvFormat().lower(options, observation);
    let events = 0;
    for await (const event of decoder.decode(bytesReader(bytes), plan, { kind: 'whole' }, everything, context)) {
      if (event.kind === 'batch') event.batch.release();
      events += 1;
      if (events === mostEvents) return 'stopped';
    }
    return 'read';
  } catch (error) {
    if (!CalveError.is(error)) throw error;
    return error.code;
  }
}

it.each(Object.entries(stored))('all memory of the arena is given back after %s', async (name, bytes) => {
  const last = ends[name] ?? 'read';
  for (const mostEvents of [1, 3, Number.POSITIVE_INFINITY]) {
    for (const budget of [5000, 1e9]) {
      const outcome = await readAll(bytes, mostEvents, budget);
      expect(outcome).toBeOneOf([last, 'stopped']);
      expect(arena()?.bytesInUse).toBe(before);
    }
  }
});
