import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { isRunning, until } from '../processes/running-process.ts';

const program = fileURLToPath(new URL('./host-program.ts', import.meta.url));
const started = new Set<ChildProcess>();

afterEach(() => {
  for (const host of started) host.kill('SIGKILL');
  started.clear();
});

/** Starts a host; it prints the ids of its decode processes, and `done`. */
function startHost(act: string) {
  const host = spawn(process.execPath, ['--conditions=calve-source', program, act], { stdio: ['ignore', 'pipe', 'inherit'] });
  started.add(host);
  const ended = new Promise<number | null>((resolve) => host.on('close', resolve));
  return { host, lines: createInterface({ input: host.stdout })[Symbol.asyncIterator](), ended };
}

const nextLine = async (lines: AsyncIterator<string>): Promise<string> => String((await lines.next()).value);

describe('a host that uses decode processes', () => {
  it('ends by itself without close(), and they end with it', async () => {
    const { lines, ended } = startHost('introduce');
    const pid = Number(await nextLine(lines));
    expect(isRunning(pid)).toBe(true);
    expect(await nextLine(lines)).toBe('done');
    expect(await ended).toBe(0);
    await until(() => !isRunning(pid));
  });

  it.each(['loop', 'hang', 'idle'])('leaves none behind when it is killed (%s)', async (act) => {
    const { host, lines } = startHost(act);
    const pid = Number(await nextLine(lines));
    expect(isRunning(pid)).toBe(true);
    if (act === 'idle') expect(await nextLine(lines)).toBe('done');
    host.kill('SIGKILL');
    await until(() => !isRunning(pid));
  });
});
