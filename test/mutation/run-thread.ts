import { Worker } from 'node:worker_threads';
import type { InputLimits } from '@calve/core/plugin';
import type { CsvOptionsInput } from '@calve/format-csv';
import type { Tally } from './mutation-tally.ts';
import type { Mutant } from './random-mutant.ts';
import type { Trials } from './run-mutant.ts';

/** What the thread is given. */
export interface ThreadTask {
  seeds: readonly number[];
  /** Shared: the index of the seed that is under way. */
  progress: Int32Array;
}

/** A mutant that the contract does not allow to end as it did. */
export interface MutantProblem {
  seed: number;
  mutators: string[];
  options: CsvOptionsInput;
  limits: Partial<InputLimits>;
  problems: string[];
  /** Base64 of a smaller file that has the problem too. */
  minimised: string;
}

export type ThreadMessage = { kind: 'problem'; problem: MutantProblem } | { kind: 'done'; tally: Tally };

/** What many mutants came to. `tally` is missing when the thread did not reach the end. */
export interface ThreadResult {
  tally: Tally | null;
  problems: MutantProblem[];
  /** Why the thread did not reach the end: which seed it was at. */
  failure: string | null;
}

/** No mutant takes longer, however busy the machine is. */
const STALL_MILLISECONDS = 30_000;
/** Of V8's heap: who needs more for a file of some kilobytes does not bound its memory. */
const HEAP_MEBIBYTES = 384;

/** What is tried of a mutant: every twentieth, and of those with limits every fourth, in other pieces, every fiftieth and some of those for limits of core in a whole run. */
export function trialsOf({ seed, mutators, limits }: Mutant): Trials {
  const isLimited = Object.keys(limits).length > 0 && seed % 4 === 0;
  const concernsRuns = /^(?:content|stored bytes) beyond/.test(mutators[0] ?? '') && seed % 3 === 0;
  return { pieces: seed % 20 === 0 || isLimited, wholeRun: seed % 50 === 0 || concernsRuns };
}

/** Runs mutants in a worker thread and watches it: one that hangs, crashes or takes too much memory is named. */
export async function runMutants(seeds: readonly number[]): Promise<ThreadResult> {
  const progress = new Int32Array(new SharedArrayBuffer(4));
  const task: ThreadTask = { seeds, progress };
  const worker = new Worker(new URL('./mutant-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MEBIBYTES },
  });
  const result: ThreadResult = { tally: null, problems: [], failure: null };
  const fail = (how: string): void => {
    const seed = seeds[Atomics.load(progress, 0)];
    result.failure ??= `${how} at seed ${seed}. ${replayCommand(seed ?? 0)}`;
  };
  const watch = watchProgress(progress, () => {
    fail(`no progress in ${STALL_MILLISECONDS / 1000} s`);
    void worker.terminate();
  });
  await new Promise<void>((resolve) => {
    worker.on('message', (message: ThreadMessage) => {
      if (message.kind === 'problem') result.problems.push(message.problem);
      else result.tally = message.tally;
    });
    worker.on('error', (error) => fail(`the thread ended with ${String(error)}`));
    worker.on('exit', () => resolve());
  });
  clearInterval(watch);
  if (result.tally === null) fail('the thread ended');
  return result;
}

function watchProgress(progress: Int32Array, onStall: () => void): NodeJS.Timeout {
  let last = -1;
  let since = Date.now();
  return setInterval(() => {
    const now = Atomics.load(progress, 0);
    if (now !== last) {
      last = now;
      since = Date.now();
    } else if (Date.now() - since > STALL_MILLISECONDS) onStall();
  }, 500);
}

/** The command that runs one mutant again. */
export function replayCommand(seed: number): string {
  return `Replay with: CALVE_MUTATION_SEED=${seed} ./dev test test/mutation`;
}

/** One paragraph per problem: what, how to see it again, and the file. */
export function problemReport(problems: readonly MutantProblem[]): string {
  return problems
    .slice(0, 20)
    .map(({ seed, mutators, options, limits, problems: sentences, minimised }) =>
      [
        replayCommand(seed),
        ...sentences.slice(0, 4).map((sentence) => `  ${sentence.slice(0, 600)}`),
        `  mutators: ${mutators.join(', ')}; options ${JSON.stringify(options)}; limits ${JSON.stringify(limits)}`,
        `  minimised: ${JSON.stringify(Buffer.from(minimised, 'base64').toString('latin1').slice(0, 400))}`,
        `  in base64: ${minimised.slice(0, 2000)}`,
      ].join('\n'),
    )
    .join('\n');
}
