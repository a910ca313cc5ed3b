import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isRunning, until } from '../processes/running-process.ts';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';

const MEASURE = join(import.meta.dirname, '../../bench/measure/measure.py');
/** Tells its pid, and stays. */
const MEASURED = `require('node:fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)`;
/** The bench, as far as it matters here. */
const BENCH = `require('node:child_process').spawnSync(process.argv[1], process.argv.slice(2))`;

describe.runIf(requireTier('python'))('a program that is measured', () => {
  let folder: string;
  let words: string[];
  const pidFile = (): string => join(folder, 'pid');
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'calve-stopped-'));
    const order = { command: [process.execPath, '-e', MEASURED, pidFile()], environment: {}, cores: [], seconds: 600 };
    writeFileSync(join(folder, 'order.json'), JSON.stringify(order));
    words = [MEASURE, join(folder, 'order.json')];
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['SIGINT', 'SIGTERM'] as const)('ends when who measures it gets %s', async (signal) => {
    const measuring = spawn(readersStatus().python.path!, words, { stdio: 'ignore' });
    await endsWith(measuring, signal);
  });

  it('ends when the bench was killed', async () => {
    const bench = spawn(process.execPath, ['-e', BENCH, readersStatus().python.path!, ...words], { stdio: 'ignore' });
    await endsWith(bench, 'SIGKILL');
  });

  async function endsWith(stopped: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    await until(() => existsSync(pidFile()) && readFileSync(pidFile(), 'utf8') !== '');
    const pid = Number(readFileSync(pidFile(), 'utf8'));
    expect(isRunning(pid)).toBe(true);
    stopped.kill(signal);
    try {
      await vi.waitFor(() => expect(isRunning(pid)).toBe(false), { timeout: 60_000 });
    } finally {
      if (isRunning(pid)) process.kill(pid, 'SIGKILL');
    }
  }
});
