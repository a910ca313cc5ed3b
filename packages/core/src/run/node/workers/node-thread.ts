import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Worker } from 'node:worker_threads';
import type { ThreadListener, WorkerThread } from '../../../env/worker-thread.ts';
import { decodeProcessVariables, moduleFlags } from '../isolation/process-start.ts';

/** A worker thread of Node that serves segments. Null: its file is not there, as in a bundle. */
export function startNodeThread(): WorkerThread | null {
  const entry = threadEntry(import.meta.url);
  return entry === null ? null : new NodeThread(entry);
}

/** Where a thread begins: beside this module, in the sources and in the built package. */
function threadEntry(moduleUrl: string | undefined): URL | null {
  if (!moduleUrl?.startsWith('file:')) return null;
  const url = new URL(moduleUrl.endsWith('.ts') ? './segment-thread.ts' : './segment-thread.js', moduleUrl);
  return existsSync(fileURLToPath(url)) ? url : null;
}

/** Where the host keeps compiled code, if it does: a thread loads as much as a process of its own. */
function compileCache(): NodeJS.ProcessEnv {
  const folder = process.getBuiltinModule('node:module').getCompileCacheDir();
  // Node names a folder of its own version in the one that was given.
  return folder === undefined ? {} : { NODE_COMPILE_CACHE: dirname(folder) };
}

/**
 * Most of V8's space for new objects in a thread. What lives long there is made at the beginning, so that more of it would gain nothing; left alone it grows
 * to 8 MB and, with many columns, to 25.
 */
const NEW_OBJECTS_MB = 6;

class NodeThread implements WorkerThread {
  readonly #worker: Worker;

  constructor(entry: URL) {
    // Loaded now: small loads start no thread, and Node takes milliseconds to load this.
    const { Worker } = process.getBuiltinModule('node:worker_threads');
    // What the host preloads is not meant for a thread of ours, and neither are its secrets.
    this.#worker = new Worker(entry, {
      execArgv: moduleFlags(process.execArgv, process.env['NODE_OPTIONS']),
      env: { ...decodeProcessVariables(process.env), ...compileCache() },
      name: 'calve',
      resourceLimits: { maxYoungGenerationSizeMb: NEW_OBJECTS_MB },
    });
  }

  listen({ heard, ended }: ThreadListener): void {
    let failure: unknown;
    this.#worker.on('message', heard);
    this.#worker.on('error', (error) => {
      failure = error;
    });
    this.#worker.on('exit', () => ended(failure));
  }

  send(message: unknown, transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(message, transfer);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
