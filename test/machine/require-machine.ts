import { it } from 'vitest';
import { isCi } from '../readers/require-tier.ts';

/**
 * To be called while a test file is collected, for what a test needs of the machine. What is missing is named, and where `CI` is set it fails.
 *
 * @param missing Why it is not to be had, as half a sentence; null: it is.
 */
export function requireOfMachine(what: string, missing: string | null): boolean {
  if (missing === null) return true;
  const sentence = `Left out: ${what}, because ${missing}.`;
  if (isCi()) {
    it(`needs ${what}`, () => {
      throw new Error(sentence);
    });
  } else {
    process.stderr.write(`${sentence}\n`);
  }
  return false;
}
