// Threads get no more to work on than the host has memory for, and a batch is finished all the same.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@calve/core/plugin';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { threadsInProcess } from './threads-in-process.ts';
import { load } from './worker-world.ts';

/** What a segment is accounted for with, beside its bytes. */
const WORKING_BYTES = 8 * 2 ** 20;
const SEGMENT_BYTES = 4096;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calve-bytes-in-flight-'));
  const rows = Array.from({ length: 6000 }, (_, index) => `${index},customer ${index % 13}\n`);
  await writeFile(join(folder, 'a.csv'), `id,name\n${rows.join('')}`);
});
afterAll(() => rm(folder, { recursive: true }));

/** Threads, and how many segments were with them at the same time. */
function countedThreads() {
  const environment = threadsInProcess();
  const counts = { atOnce: 0, most: 0, all: 0 };
  const startThread: Environment['startThread'] = () => {
    const thread = environment.startThread?.() ?? null;
    if (!thread) return null;
    return {
      send(messages, transfer) {
        if ((messages as { kind: string }[]).some(({ kind }) => kind === 'end-segment')) {
          counts.all += 1;
          counts.atOnce += 1;
          counts.most = Math.max(counts.most, counts.atOnce);
        }
        thread.send(messages, transfer);
      },
      listen: ({ heard, ended }) =>
        thread.listen({
          heard(messages) {
            for (const { kind } of messages as { kind: string }[]) if (kind === 'segment-ended') counts.atOnce -= 1;
            heard(messages);
          },
          ended,
        }),
      end: () => thread.end(),
    };
  };
  return { counts, environment: { ...environment, startThread } };
}

it.each([
  ['less than one segment', SEGMENT_BYTES, 1],
  ['one segment', WORKING_BYTES + 2 * SEGMENT_BYTES, 1],
  ['three segments', 3 * (WORKING_BYTES + 2 * SEGMENT_BYTES), 3],
])('with memory for %s', async (_, memoryBytes, atOnce) => {
  const options = { folder, format: 'csv', segmentBytes: SEGMENT_BYTES } as const;
  const inline = await load({ ...options, workers: 0 });
  const { counts, environment } = countedThreads();
  const shared = await load({ ...options, workers: 4, memoryBytes, environment });
  expect({ files: shared.files, counts: shared.counts, error: shared.error }).toEqual({
    files: inline.files,
    counts: inline.counts,
    error: null,
  });
  expect(counts.all).toBeGreaterThan(10);
  expect(counts.most).toBeLessThanOrEqual(atOnce);
});
