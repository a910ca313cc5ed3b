import { spawn } from 'node:child_process';
import { awaitMoment, type KillMoment } from './kill-moment.ts';
import type { TortureCommand } from './torture-adapter.ts';

/** How a process ended. */
export interface ProcessEnd {
  /** killed: by SIGKILL, ours or its own. ended: by itself. stuck: it was killed because its time was up. */
  kind: 'killed' | 'ended' | 'stuck';
  /** Exit code; null when it was killed. */
  code: number | null;
  milliseconds: number;
  /** The last of what it said on its standard error. */
  errors: string;
}

const KEPT_CHARACTERS = 4_000;

/** 128 and the number of SIGKILL. */
const SHELL_SAYS_KILLED = 137;

/**
 * Starts a process in a group of its own and kills the whole group, as if the plug were pulled for it.
 *
 * @param options `kill`: when; null: not. `watched`: the folders in which it writes. `patience`: after how many milliseconds it is taken to be
 *   stuck.
 */
export function runKillable(
  command: TortureCommand,
  options: {
    folder: string;
    environment: Record<string, string>;
    kill: KillMoment | null;
    watched: readonly string[];
    patience: number;
    signal?: AbortSignal | undefined;
  },
): Promise<ProcessEnd> {
  const started = performance.now();
  const child = spawn(command.program, command.parameters, {
    cwd: options.folder,
    env: { ...process.env, ...options.environment },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  let errors = '';
  let isStuck = false;
  child.stderr.on('data', (bytes: Buffer) => {
    errors = (errors + bytes.toString()).slice(-KEPT_CHARACTERS);
  });
  const killGroup = (): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch (error) {
      // All of it has ended by itself.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  return new Promise((resolve, reject) => {
    const stopWaiting = options.kill === null ? null : awaitMoment(options.kill, options.watched, killGroup);
    const stuck = setTimeout(() => {
      isStuck = true;
      killGroup();
    }, options.patience);
    options.signal?.addEventListener('abort', killGroup, { once: true });
    const settle = (): void => {
      stopWaiting?.();
      clearTimeout(stuck);
      options.signal?.removeEventListener('abort', killGroup);
    };
    child.on('error', (error) => {
      settle();
      reject(error);
    });
    // What a process that killed itself had started dies with it.
    child.on('exit', killGroup);
    child.on('close', (code, signal) => {
      settle();
      const isKilled = signal === 'SIGKILL' || code === SHELL_SAYS_KILLED;
      const kind = isStuck ? 'stuck' : isKilled ? 'killed' : 'ended';
      resolve({ kind, code, milliseconds: performance.now() - started, errors });
    });
  });
}
