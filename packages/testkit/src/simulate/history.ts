/**
 * What goes wrong with one call of a process. `nth` counts from 1.
 *
 * - `crash` and `pause`: at a labelled step, or at any wait (`step` null, `nth` counts every call that leaves the process).
 * - `commit`: what becomes of the nth commit that the process asks of the catalog.
 * - `load`: the nth look at the catalog fails, or shows the table as it was before its last change.
 * - `store`: what becomes of the nth call to the state.
 */
export type Fault =
  | { kind: 'crash'; step: string | null; nth: number }
  | { kind: 'pause'; step: string | null; nth: number; milliseconds: number }
  | { kind: 'commit'; nth: number; answer: CommitFault }
  | { kind: 'load'; nth: number; answer: 'unavailable' | 'stale' }
  | { kind: 'store'; nth: number; answer: StoreFault };

/**
 * - `conflict`, `refused`: not applied, and said so.
 * - `refused-applied`: applied, and answered as if it were not.
 * - `lost-before`, `lost-after`: no answer; not applied, or applied.
 * - `unavailable-before`, `unavailable-after`: 503 from something in between.
 * - `late`, `unavailable-late`: no answer, or 503, and applied long after the sender heard of it.
 * - `twice`: applied and answered, and delivered once more later.
 */
export type CommitFault = (typeof COMMIT_FAULTS)[number];
/** `unavailable`: nothing was changed, and said so. The others as for commits. */
export type StoreFault = (typeof STORE_FAULTS)[number];

export const COMMIT_FAULTS = [
  'conflict',
  'refused',
  'refused-applied',
  'lost-before',
  'lost-after',
  'unavailable-before',
  'unavailable-after',
  'unavailable-late',
  'late',
  'twice',
] as const;
export const STORE_FAULTS = ['unavailable', 'lost-before', 'lost-after', 'late', 'twice'] as const;

/** One thing that happens, `at` so many virtual milliseconds after the beginning. */
export type HistoryEvent = { at: number } & (
  | { kind: 'file-arrives'; file: string; rows: number; badRows: number }
  | { kind: 'file-changes'; file: string; rows: number; badRows: number }
  | { kind: 'file-vanishes'; file: string }
  | { kind: 'file-is-copied'; file: string; to: string }
  /** A process runs the ingestion until nothing is left. */
  | { kind: 'process-runs'; process: string; isImpatient: boolean; faults: Fault[] }
  /** A process makes a plan and keeps it. */
  | { kind: 'process-plans'; process: string; plan: string }
  /** A process applies a plan that was kept, once or from two processes. */
  | { kind: 'process-applies'; process: string; plan: string; isImpatient: boolean; faults: Fault[] }
  | { kind: 'foreign-append' }
  | { kind: 'compaction' }
  /** Another engine drops all snapshots but the newest `keep`, and the files that only they needed. */
  | { kind: 'expiry'; keep: number }
  /** Somebody sets the table back by so many snapshots. */
  | { kind: 'rollback'; snapshots: number }
  | { kind: 'state-backup' }
  /** The last backup takes the place of the state; without one, the state is lost. */
  | { kind: 'state-restore' }
  | { kind: 'state-loss' }
  /** A process begins the ledger anew: everything loads again, or what is there counts as loaded. */
  | { kind: 'process-resets'; process: string; choice: 'reload' | 'fromNow'; isImpatient: boolean; faults: Fault[] }
  /** A process rebuilds a ledger that was lost; files without rows load, or count as loaded. */
  | { kind: 'process-adopts'; process: string; choice: 'load' | 'leave'; isImpatient: boolean; faults: Fault[] }
  /** A process goes on with a table that was set back; what went is loaded again, or stays out. */
  | { kind: 'process-accepts-rollback'; process: string; choice: 'reingest' | 'leaveOut'; isImpatient: boolean; faults: Fault[] }
);

/** Everything that happens, as plain data: the same history happens the same way again. */
export interface History {
  seed: number;
  /** How rows are written: `plain` lines, or the sink's own files. */
  files: 'plain' | 'own';
  /** Which catalog: one on a server, which loses answers, or one in a file beside the tables. */
  catalog: 'server' | 'file';
  /** Whether the state has leases. */
  leases: boolean;
  /** Whether the clocks of the processes differ, by up to some minutes. */
  isSkewed: boolean;
  events: HistoryEvent[];
}
