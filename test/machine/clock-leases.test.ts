import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { addFile, makeFolder } from '../processes/landing.ts';
import { type StartedWorker, startWorker } from '../processes/worker-process.ts';
import { faketimeEnvironment, missingFaketime } from './faketime.ts';
import { requireOfMachine } from './require-machine.ts';

const YEAR = 365 * 86_400_000;
const JUMPS = [20 * YEAR, -20 * YEAR, 0];

const CLOCKS = [
  ['Date.now of the process', false],
  ...(requireOfMachine('clocks that libfaketime moves', missingFaketime()) ? [['the system clock, by libfaketime', true]] : []),
] as [string, boolean][];

describe.each(CLOCKS)('of processes on one machine whose clocks jump by years (%s)', (_, isSystem) => {
  let folder: string;
  let workers: StartedWorker[];
  beforeEach(async () => {
    folder = await makeFolder();
    await addFile(folder, 0, 20);
    workers = [];
  });
  afterEach(async () => {
    for (const { child } of workers) child.kill('SIGKILL');
    await Promise.all(workers.map(({ ended }) => ended));
    await rm(folder, { recursive: true, force: true });
  });

  /** @param offsets From the true time, between which its clock jumps. */
  function start(offsets: readonly number[], ...options: string[]): StartedWorker {
    const environment = {
      NODE_OPTIONS: `--import=${new URL('./jumping-date.ts', import.meta.url).href}`,
      CALVE_TEST_CLOCK: offsets.join(','),
      ...(isSystem ? faketimeEnvironment(join(folder, `clock-${workers.length}`)) : {}),
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    const worker = startWorker(folder, ...options);
    vi.unstubAllEnvs();
    workers.push(worker);
    return worker;
  }

  it('one that works and lives keeps its lease, whatever the time is for those who wait', async () => {
    const held = join(folder, 'others-wait');
    const holder = start(JUMPS, '--lease-milliseconds', '5000', '--slow-milliseconds', '7000', '--hold-until', held);
    await holder.said((line) => line.holding !== undefined);
    const others = [start([30 * YEAR]), start([-20 * YEAR, 0])];
    await Promise.all(others.map((other) => other.said((line) => line.waiting !== undefined)));
    await writeFile(held, '');
    expect((await holder.ended).lines.at(-1)).toMatchObject({ result: { outcome: 'committed', units: { ingested: 1 } } });
    for (const { lines, errors } of await Promise.all(others.map(({ ended }) => ended))) {
      expect(errors).toBe('');
      expect(lines[0]?.waiting?.pid).toBe(holder.child.pid);
      expect(lines.at(-1)?.result?.outcome).toBe('nothing-new');
    }
  });

  it.each([30 * YEAR, -20 * YEAR])('one that died keeps nobody waiting, though its clock was off by %d ms', async (off) => {
    expect((await start([off], '--kill-at', 'core.apply.staged').ended).signal).toBe('SIGKILL');
    const next = await start([0]).ended;
    expect(next.errors).toBe('');
    expect(next.lines.map(({ waiting }) => waiting)).toEqual([undefined]);
    expect(next.lines.at(-1)?.result).toMatchObject({ outcome: 'committed', units: { ingested: 1 } });
  });
});
