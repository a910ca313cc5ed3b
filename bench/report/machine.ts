import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { run } from '../../tools/run-command.ts';

/** Where and with what figures were made. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGigabytes: number;
  readonly system: string;
  readonly node: string;
  /** Of the work tree; ends with `, changed` when it has changes that are not committed. */
  readonly commit: string;
}

/** This machine and the work tree at `root`. */
export function describeMachine(root: string): Machine {
  const commit = run('git', ['rev-parse', '--short=12', 'HEAD'], {}, root).stdout.trim();
  const isChanged = run('git', ['status', '--porcelain'], {}, root).stdout.trim() !== '';
  return {
    cores: cpus().length,
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    memoryGigabytes: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    commit: `${commit || 'unknown'}${isChanged ? ', changed' : ''}`,
  };
}

/** Processes that wanted to run, on average over the last minute. */
export function load(): number {
  return Number((loadavg()[0] ?? 0).toFixed(1));
}
