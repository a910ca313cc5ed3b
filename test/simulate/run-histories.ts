import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { addTally, emptyTally, type HistoryFailure, type HistoryTally } from './history-tally.ts';

/** Which histories to run. */
export interface HistoriesRequest {
  first: number;
  count: number;
  /** Side by side; each takes every so manieth seed. Default 2. */
  processes?: number;
  /** Name of a mistake that every process of every history makes. */
  fault?: string;
  /** Ends with the first failure, without looking for its shortest history. */
  isUntilFailure?: boolean;
  /** Hears of failures as they are found. */
  onFailure?(failure: HistoryFailure): void;
}

/** What they came to. */
export interface HistoriesResult {
  tally: HistoryTally;
  failures: HistoryFailure[];
}

type Message = { failure: HistoryFailure } | { tally: HistoryTally };

/**
 * Runs histories in processes of their own, where the sink finds a simulated disk.
 *
 * @throws {Error} A process did not come to its end: what it printed.
 */
export async function runHistories(request: HistoriesRequest): Promise<HistoriesResult> {
  const { processes = 2 } = request;
  const result: HistoriesResult = { tally: emptyTally(), failures: [] };
  await Promise.all(Array.from({ length: processes }, (_, at) => runShare(request, at, processes, result)));
  result.failures.sort((a, b) => a.seed - b.seed);
  return result;
}

async function runShare(request: HistoriesRequest, at: number, every: number, result: HistoriesResult): Promise<void> {
  const { first, count, fault, isUntilFailure = false, onFailure } = request;
  const modules = new URL('./simulated-modules.ts', import.meta.url).href;
  const script = fileURLToPath(new URL('./history-process.ts', import.meta.url));
  const seeds = ['--first', String(first + at), '--last', String(first + count - 1), '--every', String(every)];
  const options = [...seeds, ...(fault === undefined ? [] : ['--fault', fault]), ...(isUntilFailure ? ['--until-failure'] : [])];
  // Histories make much garbage that is young when it dies.
  const node = ['--max-semi-space-size=32', '--conditions=calve-source', '--import', modules];
  const child = spawn(process.execPath, [...node, script, ...options], {
    stdio: ['ignore', 'pipe', 'pipe'],
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
      isDone = true;
      addTally(result.tally, message.tally);
    }
  }
  const code = await closed;
  if (!isDone || code !== 0) throw new Error(`A process that runs histories ended with ${code}:\n${errors}`);
}
