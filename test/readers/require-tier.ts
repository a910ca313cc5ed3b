import { it } from 'vitest';
import { browserStatus } from '../browser/browser-status.ts';
import { readersStatus } from './readers-status.ts';

/** What a test needs beyond Node: `python` for PyIceberg, PyArrow and DuckDB; `java` for Spark, and Python with it; `browser` for Chromium. */
export type Tier = 'python' | 'java' | 'browser';

/** True where nobody watches and nothing may be left out. */
export function isCi(): boolean {
  const value = process.env['CI'];
  return value !== undefined && !['', '0', 'false'].includes(value);
}

/** Why a tier is not here, as half a sentence; null when it is. */
export function missingTier(tier: Tier): string | null {
  const { path, reason } = tier === 'browser' ? browserStatus() : readersStatus()[tier];
  return path === null ? (reason ?? 'the reason is not known') : null;
}

/**
 * To be called once while a test file is collected, before any `describe` that needs the tier:
 *
 * ```ts
 * describe.runIf(requireTier('python'))('read back', () => { … });
 * ```
 *
 * @returns True when the tier is here. False when it is not: the reason is printed, and, where `CI` is set, a failing test is
 *   registered, so that a tier cannot go missing unnoticed.
 */
export function requireTier(tier: Tier): boolean {
  const reason = missingTier(tier);
  if (reason === null) return true;
  const sentence = `Tier "${tier}" is left out: ${reason}.`;
  if (isCi()) {
    it(`needs the tier "${tier}"`, () => {
      throw new Error(sentence);
    });
  } else {
    process.stderr.write(`${sentence}\n`);
  }
  return false;
}
