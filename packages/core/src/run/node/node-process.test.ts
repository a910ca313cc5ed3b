import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { identityOfThisProcess, stateOfProcess } from './node-process.ts';

const here = identityOfThisProcess();

describe('identityOfThisProcess', () => {
  it('is plain JSON, and the same each time', () => {
    expect(here).toMatchObject({ host: expect.any(String), pid: process.pid });
    expect(identityOfThisProcess()).toEqual(JSON.parse(JSON.stringify(here)));
  });

  it.runIf(process.platform === 'linux')('tells machine, namespace and start on Linux', () => {
    expect(here).toMatchObject({
      boot: expect.any(String),
      namespace: expect.stringMatching(/^pid:/),
      started: expect.any(String),
    });
  });
});

describe.runIf(process.platform === 'linux')('stateOfProcess', () => {
  it('knows that this process is alive', () => {
    expect(stateOfProcess(here)).toBe('alive');
  });

  it('knows that a process is dead that was killed, also before its parent has collected it', async () => {
    // The shell goes on without looking after its child.
    const shell = spawn('/bin/sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [output] = (await once(shell.stdout, 'data')) as [Buffer];
      const pid = Number(output.toString());
      const started = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? null;
      const child = { ...here, pid, started };
      expect(stateOfProcess(child)).toBe('alive');
      expect(stateOfProcess({ ...child, started: null })).toBe('unknown');
      process.kill(pid, 'SIGKILL');
      await expect.poll(() => stateOfProcess(child), { timeout: 60_000 }).toBe('dead');
    } finally {
      shell.kill('SIGKILL');
      await once(shell, 'close');
    }
    expect(stateOfProcess({ ...here, pid: shell.pid ?? 0 })).toBe('dead');
  });

  it('takes a process with the same pid and another start for another one', () => {
    expect(stateOfProcess({ ...here, started: '1' })).toBe('dead');
  });

  it.each([{ host: 'elsewhere' }, { boot: 'another' }, { namespace: 'pid:[1]' }, { boot: null }])(
    'knows nothing of a process of %j',
    (other) => {
      expect(stateOfProcess({ ...here, pid: 2 ** 22 + 1, ...other })).toBe('unknown');
    },
  );
});
