import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLake } from '../crash/sample-lake.ts';
import { leaseLabels } from '../crash/step-labels.ts';
import { addFile, makeFolder } from './landing.ts';
import { type StartedWorker, startWorker } from './worker-process.ts';

const ROWS = 20;
/** So long that a slow machine renews it in time. */
const LEASE_MILLISECONDS = 4000;
let folder: string;
let ids: number[];
let workers: StartedWorker[];
const start = (...options: string[]): StartedWorker => {
  const worker = startWorker(folder, ...options);
  workers.push(worker);
  return worker;
};

beforeEach(async () => {
  folder = await makeFolder();
  ids = await addFile(folder, 0, ROWS);
  workers = [];
});
afterEach(async () => {
  for (const { child } of workers) child.kill('SIGKILL');
  await Promise.all(workers.map(({ ended }) => ended));
  await rm(folder, { recursive: true, force: true });
});

/** Ids in the table, as its committed snapshot has them. */
async function idsInTable(): Promise<number[]> {
  return (await readLake(folder)).ids;
}

describe('a process that is paused with SIGSTOP', () => {
  it.each(['core.commit.committing', 'core.commit.answered', 'core.commit.finish'])(
    'at %s is waited for as long as its lease lasts; when it wakes up it says that it was replaced',
    async (label) => {
      const paused = start('--pause-at', label, '--lease-milliseconds', String(LEASE_MILLISECONDS));
      await paused.said((line) => line.paused === label);
      const other = await start('--lease-milliseconds', String(LEASE_MILLISECONDS)).ended;
      expect(other.errors).toBe('');
      expect(other.lines[0]?.waiting).toMatchObject({ pid: paused.child.pid });
      expect(other.lines.at(-1)?.result?.outcome).toMatch(/^(committed|nothing-new)$/);
      expect(await idsInTable()).toEqual(ids);

      paused.child.kill('SIGCONT');
      const late = await paused.ended;
      expect(late.lines.at(-1)).toMatchObject({
        error: 'CHECKPOINT_SUPERSEDED',
        message: expect.stringContaining('took over ingestion "orders" after this one had not answered for 4 seconds'),
      });
      expect(await idsInTable()).toEqual(ids);
      expect((await start().ended).lines.at(-1)?.result?.outcome).toBe('nothing-new');
    },
  );

  it('and goes on before its lease has ended goes on with its work, and the other waits for it', async () => {
    const paused = start('--pause-at', 'core.apply.staged');
    await paused.said((line) => line.paused !== undefined);
    const other = start();
    await other.said((line) => line.waiting !== undefined);
    paused.child.kill('SIGCONT');
    expect((await paused.ended).lines.at(-1)?.result?.outcome).toBe('committed');
    expect((await other.ended).lines.at(-1)?.result).toMatchObject({ outcome: 'nothing-new' });
    expect(await idsInTable()).toEqual(ids);
  });
});

describe('a process that is killed with SIGKILL', () => {
  const labels = leaseLabels();

  it('has a case for each step of the lease', () => {
    expect(labels).toEqual(['core.lease.acquire', 'core.lease.release', 'core.lease.renew']);
  });

  it.each([...labels, 'core.apply.staged', 'core.commit.answered'])(
    'at %s keeps nobody waiting: its machine knows that it is dead',
    async (label) => {
      const slow = label === 'core.lease.renew' ? ['--lease-milliseconds', '90', '--slow-milliseconds', '5000'] : [];
      expect((await start('--kill-at', label, ...slow).ended).signal).toBe('SIGKILL');
      const next = await start().ended;
      expect(next.errors).toBe('');
      expect(next.lines.map((line) => line.waiting)).toEqual([undefined]);
      expect(next.lines.at(-1)?.result?.outcome).toMatch(/^(committed|nothing-new)$/);
      expect(await idsInTable()).toEqual(ids);
    },
  );
});
