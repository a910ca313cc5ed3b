import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProcessIdentity } from '../../env/process-identity.ts';

let own: ProcessIdentity | undefined;

/** Which process this is. Where there is no `/proc`, host name and pid have to do. */
export function identityOfThisProcess(): ProcessIdentity {
  own ??= readIdentity();
  return own;
}

function readIdentity(): ProcessIdentity {
  return {
    host: hostname(),
    pid: process.pid,
    boot: readProc(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
    namespace: readProc(() => readlinkSync('/proc/self/ns/pid')),
    started: statOf(process.pid)?.started ?? null,
  };
}

/**
 * Whether a process is alive. Known only of one on this machine, since this start of its kernel, in this pid namespace; one that ended and was not
 * collected by its parent is dead, and so is one whose pid was given to another.
 */
export function stateOfProcess(other: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
  const own = identityOfThisProcess();
  if (other.host !== own.host || other.boot !== own.boot || other.namespace !== own.namespace) return 'unknown';
  // Two Linux machines may have one name, and so may two containers.
  if (process.platform === 'linux' && (own.boot === null || own.namespace === null)) return 'unknown';
  if (!exists(other.pid)) return 'dead';
  const found = statOf(other.pid);
  if (found === null || other.started === null) return 'unknown';
  return found.hasEnded || found.started !== other.started ? 'dead' : 'alive';
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and another user's.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** State and start of a process: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function statOf(pid: number): { hasEnded: boolean; started: string } | null {
  const text = readProc(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  if (text === null) return null;
  // The name of the program is in parentheses and may hold anything, also spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = ''] = fields;
  return { hasEnded: 'ZXx'.includes(state), started: fields[19] ?? '' };
}

/** null: this platform does not tell. */
function readProc(read: () => string): string | null {
  try {
    return read();
  } catch {
    // No /proc, no such process, or it is hidden from us: in each case nothing is known.
    return null;
  }
}
