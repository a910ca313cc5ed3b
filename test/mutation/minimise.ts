import type { Mutant } from './random-mutant.ts';

/** How many smaller mutants are tried at most. */
const MOST_TRIALS = 300;

/**
 * A smaller mutant with the same problem: parts of its bytes are left out, halves first, single bytes last.
 *
 * @param hasProblem Whether a mutant still has it.
 * @see Andreas Zeller, "Simplifying and Isolating Failure-Inducing Input", 2002.
 */
export async function minimise(mutant: Mutant, hasProblem: (mutant: Mutant) => Promise<boolean>): Promise<Mutant> {
  let smallest = mutant;
  let trials = 0;
  for (let part = mutant.bytes.length >> 1; part >= 1; part >>= 1) {
    for (let at = 0; at < smallest.bytes.length && trials < MOST_TRIALS; ) {
      const { bytes } = smallest;
      const candidate = { ...smallest, bytes: Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + part)]) };
      trials += 1;
      if (await hasProblem(candidate)) smallest = candidate;
      else at += part;
    }
  }
  return smallest;
}
