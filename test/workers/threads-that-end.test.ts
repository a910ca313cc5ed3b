import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEnvironment } from '@calve/core/node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { load } from './worker-world.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calve-worker-files-'));
  const rows = Array.from({ length: 20_000 }, (_, index) => `${index},customer ${index % 13}\n`);
  await writeFile(join(folder, 'a.csv'), `id,name\n${rows.join('')}`);
});
afterAll(() => rm(folder, { recursive: true }));

/** Threads of which a test sees the messages. */
function watchedThreads(onMessage: (kind: string, end: () => void) => unknown, first?: unknown) {
  const environment = nodeEnvironment();
  const ended: boolean[] = [];
  return {
    ended,
    environment: {
      ...environment,
      startThread() {
        const thread = environment.startThread?.() ?? null;
        if (!thread) return null;
        const index = ended.push(false) - 1;
        return {
          send: (message: unknown, transfer: readonly ArrayBuffer[]) => thread.send(message, transfer),
          end: () => thread.end(),
          listen(listener: Parameters<typeof thread.listen>[0]) {
            if (first !== undefined) setTimeout(() => listener.heard([first]));
            thread.listen({
              heard(messages) {
                listener.heard(messages);
                for (const { kind } of messages as { kind: string }[]) onMessage(kind, () => void thread.end());
              },
              ended(error) {
                ended[index] = true;
                listener.ended(error);
              },
            });
          },
        };
      },
    },
  };
}

it('ends all threads with the run', async () => {
  const { environment, ended } = watchedThreads(() => {});
  const { error } = await load({ folder, format: 'csv', workers: 2, segmentBytes: 8192, environment });
  expect([error, ended]).toEqual([null, [true, true]]);
});

it('says that a thread ended in the middle, commits nothing, and can be tried again', async () => {
  const { environment } = watchedThreads((kind, end) => kind === 'segment-ended' && end());
  const { error, files } = await load({ folder, format: 'csv', workers: 1, segmentBytes: 512, environment });
  expect(error).toMatchObject({ code: 'WORKER_ENDED', recovery: { kind: 'retry' } });
  expect(files).toEqual([]);
});

it('works here when threads cannot be started, or cannot load what they need, and says so', async () => {
  const none = { ...nodeEnvironment(), startThread: () => null };
  const { error, counts, degraded } = await load({ folder, format: 'csv', workers: 2, segmentBytes: 8192, environment: none });
  expect([error, counts]).toMatchObject([null, { main: { written: 20_000 } }]);
  expect(degraded).toEqual([expect.stringMatching(/^threads > one thread: this host starts none: .* The rows are the same\.$/)]);
  const problem = {
    code: 'CONFIGURATION_INVALID',
    message: 'The encoder is not there.',
    recovery: { kind: 'report' },
    diagnostics: [],
  };
  const { environment } = watchedThreads(() => {}, { kind: 'unusable', error: problem });
  const unusable = await load({ folder, format: 'csv', workers: 2, segmentBytes: 8192, environment });
  expect([unusable.error, unusable.counts]).toMatchObject([null, { main: { written: 20_000 } }]);
  expect(unusable.decodedHere).toBe(1);
  expect(unusable.degraded).toEqual(['threads > one thread: The encoder is not there. The rows are the same.']);
});

it('ends all threads when the run is cancelled', async () => {
  const cancelling = new AbortController();
  const { environment, ended } = watchedThreads((kind) => kind === 'segment-ended' && cancelling.abort());
  const { error } = await load({ folder, format: 'csv', workers: 2, segmentBytes: 512, environment, signal: cancelling.signal });
  expect(error).toMatchObject({ code: 'CANCELLED' });
  expect(ended).toEqual([true, true]);
});
