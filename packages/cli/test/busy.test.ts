import { nodeEnvironment, sqliteState } from '@calve/core/node';
import { expect, it } from 'vitest';
import { type TestFolder, testFolder } from './run-calve.ts';
import { runMain } from './run-main.ts';

const KEY = { tenant: 'default', ingestion: 'landing' };
const WAITS = new RegExp(
  `^Waiting for process ${process.pid} on .*, which has been at work on this ingestion since \\d\\d:\\d\\d:\\d\\d\\.`,
  'gm',
);

/** A lake with one loaded file and one that is new; this process holds the lease until it is told otherwise. */
async function busyFolder(): Promise<{ folder: TestFolder; end(): Promise<void> }> {
  const folder = testFolder();
  folder.write({ 'landing/a.csv': 'id\n1\n' });
  expect((await runMain(['run', 'landing', 'lake'], folder.path)).code).toBe(0);
  folder.write({ 'landing/b.csv': 'id\n2\n' });
  expect((await runMain(['plan', 'landing', 'lake', '--output', 'plan.json'], folder.path)).code).toBe(0);
  const store = await sqliteState(folder.at('lake/calve.db')).open();
  const identity = nodeEnvironment().processIdentity?.() ?? null;
  const holder = { token: 'test', process: identity, durationMilliseconds: 60_000 };
  const answer = await store.leases?.acquire(KEY, holder, new Date().toISOString());
  return {
    folder,
    end: async () => {
      if (answer?.kind === 'acquired') await store.leases?.release(KEY, answer.fence);
      await store.close();
    },
  };
}

it.each(['run landing lake', 'apply plan.json lake', 'reset landing lake --from-now'])(
  'calve %s waits for another process, says so once and goes on; with --if-busy stop it ends with 1',
  async (line) => {
    const { folder, end } = await busyFolder();
    using _ = folder;
    const stopped = await runMain([...line.split(' '), '--if-busy', 'stop', '--json'], folder.path);
    expect(stopped.code).toBe(1);
    expect(JSON.parse(stopped.stdout)).toMatchObject({
      exitCode: 1,
      error: { code: 'INGESTION_BUSY', recovery: { kind: 'retry' }, context: { pid: process.pid, ingestion: 'landing' } },
    });
    expect(stopped.stderr).not.toMatch(WAITS);

    let released: Promise<void> | undefined;
    const { code, stderr } = await runMain(line.split(' '), folder.path, {
      onStderr: (text) => {
        if (text.match(WAITS)) released ??= end();
      },
    });
    await released;
    expect(stderr.match(WAITS)).toHaveLength(1);
    expect(code).toBe(0);
  },
);

it('plan, preview, head and history do not wait', async () => {
  const { folder, end } = await busyFolder();
  using _ = folder;
  for (const line of ['plan landing lake', 'preview landing lake', 'head lake', 'history lake', 'reset landing lake']) {
    expect((await runMain(line.split(' '), folder.path)).stderr, line).not.toMatch(WAITS);
  }
  await end();
});
