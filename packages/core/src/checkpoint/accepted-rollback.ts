import type { Int64 } from '../json/json.ts';

/**
 * Somebody decided that a table was rolled back, or may have been, and that work goes on. It holds for this evidence on this history only:
 * when the table is rolled back further, everything stops again.
 */
export interface AcceptedRollback {
  /** The snapshot that the evidence names, which readers do not see any more. */
  snapshot: Int64;
  /** What readers saw when it was accepted; null: nothing. */
  head: Int64 | null;
  /** The files that went are planned again, so that snapshot must not come back: their rows would be there twice. */
  isReingested: boolean;
}

/** By output; an output that is missing was not rolled back. */
export type AcceptedRollbacks = Readonly<Record<string, AcceptedRollback>>;

/** What still counts after these outputs have committed: their evidence names another snapshot now. `undefined`: nothing. Pure. */
export function acceptedAfter(
  accepted: AcceptedRollbacks | undefined,
  committed: ReadonlySet<string>,
): AcceptedRollbacks | undefined {
  const left = Object.entries(accepted ?? {}).filter(([name]) => !committed.has(name));
  return left.length === 0 ? undefined : Object.fromEntries(left);
}
