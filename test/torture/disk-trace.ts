import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';

/** What was announced while something that it relies on could still have been lost to a power cut. */
export interface NotDurable {
  /** The step that was announced. */
  step: string;
  /** What had changed and was not synced: a file for its bytes, a folder for the names in it. */
  paths: string[];
}

/** System calls that change a disk or make changes durable, as `strace` names them. */
const CALLS = 'openat,write,pwrite64,writev,pwritev,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat2,mkdir,mkdirat';

/** Why no trace can be made here, as half a sentence; null: it can. */
export function missingTrace(): string | null {
  const { error, status } = spawnSync('strace', ['-f', '-y', '-o', '/dev/null', 'true']);
  if (error) return 'there is no strace on this machine';
  return status === 0 ? null : 'strace may not trace processes here';
}

/** The words to put before a command so that its trace is written to a file. */
export function tracing(file: string): string[] {
  return ['strace', '-f', '-y', '-s', '200', '-e', `trace=${CALLS}`, '-o', file];
}

/**
 * Reads a trace and says which steps were announced too early. A step is announced by appending its name to `steps`; everything below `folder`
 * that was written before must have been synced by then: the bytes of a file by a sync of the file, its name, or that it is gone, by one of the
 * folder. Shared memory of SQLite (`-shm`) is rebuilt and does not count; neither does an empty file.
 *
 * @returns One entry for each announced step; what it was announced with, for well-ordered programs nothing.
 */
export function readDiskTrace(trace: string, { folder, steps }: { folder: string; steps: string }): NotDurable[] {
  const dirty = new Set<string>();
  const nameless = new Set<string>();
  const unfinished = new Map<string, string>();
  const announced: NotDurable[] = [];
  const counts = (path: string): boolean => path.startsWith(`${folder}/`) && path !== steps && !path.endsWith('-shm');
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const call = wholeCall(thread, rest, unfinished);
    if (call === null || / = -1 /.test(call)) continue;
    const [, name = ''] = /^(\w+)\(/.exec(call) ?? [];
    const opened = /^\w+\(\d+<([^>]+)>/.exec(call)?.[1];
    const named = /"([^"]+)"/.exec(call)?.[1];
    if (opened === steps && name === 'write') {
      const paths = [...dirty].sort();
      announced.push({ step: (named ?? '').replace(/\\n$/, ''), paths });
    } else if (name.endsWith('sync') && opened !== undefined) dirty.delete(opened);
    else if (name === 'openat' && named !== undefined && counts(named) && call.includes('O_CREAT')) nameless.add(named);
    else if (/^(p?writev?|pwrite64|ftruncate)$/.test(name) && opened !== undefined && counts(opened)) {
      dirty.add(opened);
      if (nameless.delete(opened)) dirty.add(dirname(opened));
    } else if (/^(unlink|rename|mkdir)/.test(name)) {
      for (const [, path = ''] of call.matchAll(/"([^"]+)"/g)) {
        if (!counts(path)) continue;
        if (name.startsWith('unlink')) dirty.delete(path);
        dirty.add(dirname(path));
      }
    }
  }
  return announced;
}

/** A call that another thread interrupts is written in two parts; it counts when it has returned. null: it has not. */
function wholeCall(thread: string, text: string, unfinished: Map<string, string>): string | null {
  if (text.endsWith('<unfinished ...>')) {
    unfinished.set(thread, text.slice(0, -'<unfinished ...>'.length));
    return null;
  }
  const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
  return resumed === undefined ? text : (unfinished.get(thread) ?? '') + resumed;
}
