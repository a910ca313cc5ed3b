import type { RowCounts, UnitRecord, UnitState } from '../checkpoint/unit-record.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Int64 } from '../json/json.ts';
import type { CommitOutcome } from '../sink/commit-outcome.ts';
import type { TableChange } from '../sink/sink.ts';
import type { BusyOptions, LeaseHeldBy } from './ledger-lease.ts';

/** What a run tells. A stored stream tells the whole run again. */
export type RunEvent = {
  runId: string;
  tenant: string;
  ingestion: string;
  /** Gap-free over all events but `progress`, which carries the number of the last one and is not meant to be stored. */
  n: number;
  /** ISO 8601 in UTC. */
  at: string;
} /** `state`: where the ledger is kept. */ & (
  | { kind: 'run-started'; engine: string; state: string }
  /**
   * An earlier run was stopped. `finished`: in the middle of its commit, which is at its end now; `units` are loaded, and told one by one.
   * `dropped`: before anything of it was in the table; its units are planned again.
   */
  | { kind: 'recovered'; outcome: 'finished' | 'dropped'; units: number | null }
  /** What this run is about to load, and what it leaves out and why; `run` plans again until nothing is left. */
  | {
      kind: 'planned';
      planId: string;
      units: number;
      bytes: number;
      skipped: { reason: string; count: number; examples: string[] }[];
    }
  /** Slower, same result. */
  | { kind: 'degraded'; from: string; to: string; reason: string }
  /** `quota`: for memory, for more than a second; once for all such waits in a row. `lease`: for another worker on the ingestion, `heldBy`. */
  | { kind: 'waiting'; reason: 'quota' | 'slot' | 'backoff' | 'lease' | 'settling'; until?: string; heldBy?: LeaseHeldBy }
  | { kind: 'progress'; bytesDone: number; bytesTotal: number; rows: number }
  | { kind: 'unit-finished'; record: UnitRecord }
  | { kind: 'finding'; diagnostic: Diagnostic }
  | { kind: 'schema-changed'; output: string; changes: TableChange[] }
  | { kind: 'commit-attempted'; output: string; attempt: number; outcome: CommitOutcome['kind'] }
  | { kind: 'run-finished'; result: RunResult }
);

/**
 * How a run ended. `committed` and `nothing-new` resolve the run. `held`: units wait for a decision or are quarantined; `failed`: a unit or
 * the run failed for a reason outside of the data. What could be committed was committed all the same: `snapshots` tells.
 */
export interface RunResult {
  outcome: 'committed' | 'nothing-new' | 'held' | 'failed' | 'unknown' | 'cancelled';
  /** Units that reached each state in this run. */
  units: Record<UnitState, number>;
  /** Per output, over all units ingested in this run. */
  counts: Record<string, RowCounts>;
  /** Per output, the last snapshot that this run committed. */
  snapshots: Record<string, Int64>;
  /**
   * Only of `apply`: the files of the plan were loaded before, by this very plan or one like it, so that nothing was done. `sequence` numbers the
   * commits of the ingestion; `snapshots`, per output, is empty where later commits hide it. What the plan itself left out is not told again.
   */
  appliedBefore?: { sequence: number; snapshots: Record<string, Int64> };
}

/** Options of `apply` and `run`. */
export interface RunOptions extends BusyOptions {
  signal?: AbortSignal;
  /** Whose ledger, quota and share of sources and sinks: 1 to 64 letters, digits, `_` or `-`. Default `default`. */
  tenant?: string;
  /** Unit states that do not make the run reject. */
  allow?: ('held' | 'quarantined' | 'failed')[];
}

/**
 * A run that is under way; it starts at once. It resolves only for `committed` and `nothing-new`; otherwise it rejects with a
 * `CalveError` whose `context.result` is the `RunResult`. Units that are held, quarantined or failed make it reject AFTER the rest was
 * committed, unless `allow` names them: an ignored result cannot hide a loss.
 *
 * Iterating gives the events from the first one on; a rejection counts as handled once an iterator exists. `break` only detaches, the
 * signal cancels. An async function that returns a handle returns its result: wrap it to pass it on.
 */
export interface RunHandle extends Promise<RunResult>, AsyncIterable<RunEvent> {}
