import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { addTally, emptyTally, type HistoryFailure, type HistoryTally } from './history-tally.ts';
import { FAULT_VARIABLE } from './seeded-faults/seeded-faults.ts';

/** Which histories to run. */
export interface HistoriesRequest {
  first: number;
  count: number;
  /** Side by side; each takes every so manieth seed. Default 2. */
  processes?: number;
  /** Name of a mistake that is in the code, of which every process of every history runs. */
  fault?: string;
  /** Ends with the first failure, without looking for its shortest history. */
  isUntilFailure?: boolean;
  /** Hears of failures as they are found. */
  onFailure?(failure: HistoryFailure): void;
  /** Hears now and then how far it is. @param next The first seed that may not have been run. */
  onProgress?(tally: HistoryTally, next: number): void;
}

/** What they came to. */
export interface HistoriesResult {
  tally: HistoryTally;
  failures: HistoryFailure[];
}

/** `seed`: the last that is in the tally; null: there are no more. */
type Message = { failure: HistoryFailure } | { tally: HistoryTally; seed: number | null };

/**
 * Runs histories in processes of their own, where the sink finds a simulated disk.
 *
 * @throws {Error} A process did not come to its end: what it printed.
 */
export async function runHistories(request: HistoriesRequest): Promise<HistoriesResult> {
  const { processes = 2 } = request;
  const result: HistoriesResult = { tally: emptyTally(), failures: [] };
  const nexts = Array.from({ length: processes }, (_, at) => request.first + at);
  const onTally = (at: number, seed: number | null): void => {
    nexts[at] = seed === null ? request.first + request.count : seed + processes;
    request.onProgress?.(result.tally, Math.min(...nexts));
  };
  await Promise.all(nexts.map((_, at) => runShare(request, at, processes, result, onTally)));
  result.failures.sort((a, b) => a.seed - b.seed);
  return result;
}

async function runShare(
  request: HistoriesRequest,
  at: number,
  every: number,
  result: HistoriesResult,
  onTally: (at: number, seed: number | null) => void,
): Promise<void> {
  const { first, count, fault, isUntilFailure = false, onFailure } = request;
  const modules = ['./simulated-modules.ts', ...(fault === undefined ? [] : ['./seeded-faults/plant-in-node.ts'])];
  const imports = modules.flatMap((module) => ['--import', new URL(module, import.meta.url).href]);
  const script = fileURLToPath(new URL('./history-process.ts', import.meta.url));
  const seeds = ['--first', String(first + at), '--last', String(first + count - 1), '--every', String(every)];
  const options = [...seeds, ...(isUntilFailure ? ['--until-failure'] : [])];
  // Histories make much garbage that is young when it dies, and the other cores have histories of their own.
  const node = [
    '--max-semi-space-size=32',
    '--initial-heap-size=512',
    '--single-threaded-gc',
    '--conditions=calve-source',
    ...imports,
  ];
  const child = spawn(process.execPath, [...node, script, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: fault === undefined ? process.env : { ...process.env, [FAULT_VARIABLE]: fault },
  });
  let errors = '';
  let isDone = false;
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as Message;
    if ('failure' in message) {
      result.failures.push(message.failure);
      onFailure?.(message.failure);
    } else {
      isDone = message.seed === null;
      addTally(result.tally, message.tally);
      onTally(at, message.seed);
    }
  }
  const code = await closed;
  if (!isDone || code !== 0) throw new Error(`A process that runs histories ended with ${code}:\n${errors}`);
}
