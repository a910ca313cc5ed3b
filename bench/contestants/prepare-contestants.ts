import type { ContestantName } from '../workloads/goal.ts';
import { builtCalve, plainCalve } from './calve.ts';
import type { Contestant, MissingContestant } from './contestant.ts';
import { papaparse } from './papaparse.ts';
import { pythonRival } from './python.ts';

/**
 * Makes contestants ready, in the order given. A rival that cannot be had is in its place, with the reason.
 *
 * @param python With the packages of `requirements.txt`.
 * @param folder Where built programs go.
 * @throws {Error} Calve itself does not build.
 */
export async function prepareContestants(
  names: readonly ContestantName[],
  python: string,
  folder: string,
): Promise<(Contestant | MissingContestant)[]> {
  const prepared: (Contestant | MissingContestant)[] = [];
  for (const name of names) {
    if (name === 'calve') prepared.push(await builtCalve(folder));
    else if (name === 'calve-plain') prepared.push(await plainCalve(folder));
    else if (name === 'papaparse') prepared.push(await papaparse(folder));
    else prepared.push(pythonRival(name, python));
  }
  return prepared;
}
