import { type ConformanceCase, type ConformanceException, type ConformanceIt, registerCases } from './conformance-case.ts';
import { defineListingCases } from './source-listing-cases.ts';
import { defineReadingCases } from './source-reading-cases.ts';
import { defineSessionCases } from './source-session-cases.ts';
import { type DefineSourceCase, type SourceWorld, withSourceWorld } from './source-world.ts';

/** What the suite needs of a source of objects. */
export interface SourceHarness {
  start(): Promise<SourceWorld>;
  exceptions?: readonly ConformanceException[];
}

/**
 * Tries every sentence of the `SourcePlugin` and `ObjectSession` contracts, each case in a world of its own.
 *
 * @example
 * sourceConformance(it, { start: startFolder });
 */
export function sourceConformance(it: ConformanceIt, harness: SourceHarness): void {
  const cases: ConformanceCase[] = [];
  const define: DefineSourceCase = (name, body) => cases.push({ name, run: () => withSourceWorld(harness.start, body) });
  defineSessionCases(define);
  defineListingCases(define);
  defineReadingCases(define);
  registerCases(it, cases, harness.exceptions);
}
