/** Names of contestants, in the order of the table. */
export const contestantNames = ['calve', 'calve-plain', 'pyiceberg', 'polars', 'duckdb', 'papaparse'] as const;

/** Who is measured. */
export type ContestantName = (typeof contestantNames)[number];

/** Calve itself, as it is and without WebAssembly; the others are rivals. */
const ours: ReadonlySet<string> = new Set<ContestantName>(['calve', 'calve-plain']);

/** True for Calve on any rung: it is judged, and is nobody's rival. */
export function isOurs(contestant: string): boolean {
  return ours.has(contestant);
}

/** What Calve is to reach in a workload. A goal that is missed is reported with a profile; a gate that is missed fails the run. */
export type Goal =
  /**
   * CPU seconds of the rival divided by those of Calve, in the same run. `best`: of the cheapest that commits a table with the right values.
   * `of`: Calve without WebAssembly instead.
   */
  | {
      readonly kind: 'ratio';
      readonly against: 'best' | ContestantName;
      readonly goal: number;
      readonly gate?: number;
      readonly of?: 'calve-plain';
    }
  /** Most megabytes (10^6 bytes) of the process tree: on one thread, and on more. */
  | { readonly kind: 'memory'; readonly oneThread: number; readonly moreThreads: number }
  /** With more than one thread: wall time of the quickest rival that commits a table with the right values, divided by that of Calve. */
  | { readonly kind: 'wall'; readonly goal: number }
  /** Most CPU seconds. */
  | { readonly kind: 'cpu-seconds'; readonly goal: number }
  /** Most that the last 20 commits may cost, as a multiple of commits 2 to 21. */
  | { readonly kind: 'growth'; readonly goal: number };
