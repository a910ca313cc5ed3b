import { spawnSync } from 'node:child_process';

/** How a command ended. */
export interface CommandResult {
  /** True when it ran and ended with 0. */
  ok: boolean;
  /** True when there is no such program. */
  missing: boolean;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end without a shell and without input. Never throws: a program that is not there is an answer too. */
export function run(
  program: string,
  parameters: readonly string[],
  environment: Record<string, string> = {},
  folder: string = process.cwd(),
): CommandResult {
  const result = spawnSync(program, parameters, {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    maxBuffer: 64 * 1024 * 1024,
  });
  const missing = (result.error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
  return {
    ok: result.status === 0,
    missing,
    stdout: result.stdout ?? '',
    stderr: result.error && !missing ? `${result.error.message}\n${result.stderr ?? ''}` : (result.stderr ?? ''),
  };
}
