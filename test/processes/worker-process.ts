import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';

/** What a worker says, line by line. */
export interface WorkerLine {
  paused?: string;
  holding?: string;
  waiting?: { host: string; pid: number; since: string };
  result?: { outcome: string; units: { ingested: number } };
  error?: string;
  message?: string;
}

/** How a worker ended. */
export interface WorkerEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
  lines: WorkerLine[];
  errors: string;
}

/** A `worker.ts` that was started. */
export interface StartedWorker {
  child: ChildProcess;
  /** The first line that fits. Rejects when the process ends without one. */
  said(fits: (line: WorkerLine) => boolean): Promise<WorkerLine>;
  ended: Promise<WorkerEnd>;
}

/** Starts `worker.ts` on a folder, in a process of its own. */
export function startWorker(folder: string, ...options: string[]): StartedWorker {
  const script = join(import.meta.dirname, 'worker.ts');
  const child = spawn(process.execPath, ['--conditions=calve-source', script, '--folder', folder, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
    for (const look of listeners) look();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const lines = (): WorkerLine[] =>
    output
      .slice(0, output.lastIndexOf('\n') + 1)
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as WorkerLine);
  const ended = new Promise<WorkerEnd>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, lines: lines(), errors }));
  });
  return {
    child,
    ended,
    said: (fits) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = lines().find(fits);
          if (found) resolve(found);
        };
        listeners.add(look);
        look();
        void ended.then(() => reject(new TypeError(`The worker ended and did not say it: ${output}${errors}`)), reject);
      }),
  };
}
