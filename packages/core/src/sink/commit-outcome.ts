import type { CalveErrorData } from '../errors/calve-error.ts';
import type { Int64 } from '../json/json.ts';

/**
 * How one commit request ended.
 *
 * - `committed`: the catalog says so and names our snapshot.
 * - `conflict`: somebody else was first; look for evidence, then try again.
 * - `refused`: definitely not applied. `isWorthAnother`: the sink asked for something that it can do without, and the next attempt will.
 * - `unknown`: may have been applied. Nothing is deleted; evidence decides.
 */
export type CommitOutcome =
  | { kind: 'committed'; snapshot: Int64 }
  | { kind: 'conflict' }
  | { kind: 'refused'; error: CalveErrorData; isWorthAnother?: true }
  | { kind: 'unknown'; error: CalveErrorData };
