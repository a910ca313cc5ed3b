import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { run } from '../../tools/run-command.ts';
import type { Contestant } from '../contestants/contestant.ts';
import type { Job, JobDone } from '../contestants/job.ts';

/** What one process cost; how each figure is found is said in `measure.py`. */
export interface Measured {
  readonly cpuSeconds: number;
  readonly wallSeconds: number;
  readonly peakBytes: number;
  readonly hung: boolean;
  readonly result: JobDone | null;
  /** Why there is no result. */
  readonly problem: string | null;
}

/** With what processes are measured. */
export interface Measuring {
  /** Any Python 3.10. */
  readonly python: string;
  readonly threads: number;
  /** After so many seconds a process is ended. */
  readonly patience: number;
}

/** Runs a contestant's process to its end, on as many cores as it may have threads. `words` come before its program. */
export function measure(
  contestant: Contestant,
  job: Job,
  folder: string,
  how: Measuring,
  flags: readonly string[] = [],
): Measured {
  mkdirSync(folder, { recursive: true });
  const jobFile = join(folder, 'job.json');
  writeFileSync(jobFile, JSON.stringify(job));
  const [program = '', ...words] = contestant.command(jobFile);
  const order = {
    command: [program, ...flags, ...words],
    environment: contestant.environment(how.threads),
    // The last cores: the first ones serve most interrupts.
    cores: process.platform === 'linux' ? lastCores(how.threads) : [],
    seconds: how.patience,
  };
  const orderFile = join(folder, 'order.json');
  writeFileSync(orderFile, JSON.stringify(order));
  const ended = run(how.python, ['-S', '-E', join(import.meta.dirname, 'measure.py'), orderFile]);
  rmSync(orderFile);
  if (!ended.ok) throw new Error(`measure.py failed: ${ended.stderr}`);
  return JSON.parse(ended.stdout) as Measured;
}

function lastCores(count: number): number[] {
  const cores = availableParallelism();
  return Array.from({ length: Math.min(count, cores) }, (_, index) => cores - 1 - index);
}
