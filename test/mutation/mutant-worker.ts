// Runs mutants in a thread of its own, so that one that never comes to an end can be stopped and named.
import { parentPort, workerData } from 'node:worker_threads';
import { minimise } from './minimise.ts';
import { count, emptyTally } from './mutation-tally.ts';
import { type Mutant, randomMutant } from './random-mutant.ts';
import { runMutant, type Trials } from './run-mutant.ts';
import { type MutantProblem, type ThreadMessage, type ThreadTask, trialsOf } from './run-thread.ts';

const { seeds, progress } = workerData as ThreadTask;
const tally = emptyTally();
const kinds = new Map<string, number>();

for (const [at, seed] of seeds.entries()) {
  Atomics.store(progress, 0, at);
  const mutant = randomMutant(seed);
  const trials = trialsOf(mutant);
  const report = await runMutant(mutant, trials);
  count(tally, mutant.mutators[0] ?? '', report, trials.pieces);
  if (report.problems.length > 0) send({ kind: 'problem', problem: await describe(mutant, report.problems, trials) });
}
send({ kind: 'done', tally });

/** The file is made smaller for the first two problems of a kind. */
async function describe(mutant: Mutant, problems: string[], trials: Trials): Promise<MutantProblem> {
  const wanted = kindOf(problems);
  const seen = (kinds.get(wanted) ?? 0) + 1;
  kinds.set(wanted, seen);
  const hasProblem = async (candidate: Mutant) => kindOf((await runMutant(candidate, trials)).problems) === wanted;
  const minimised = seen > 2 ? mutant : await minimise(mutant, hasProblem);
  const { seed, mutators, options, limits } = mutant;
  return { seed, mutators, options, limits, problems, minimised: Buffer.from(minimised.bytes).toString('base64') };
}

/** The first problem without its numbers and examples. */
function kindOf([problem = '']: readonly string[]): string {
  return problem.replace(/\d+|".*/g, '').slice(0, 60);
}

function send(message: ThreadMessage): void {
  parentPort?.postMessage(message);
}
