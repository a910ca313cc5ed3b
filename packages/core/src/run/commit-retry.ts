import type { Environment } from '../env/environment.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { CommitOutcome } from '../sink/commit-outcome.ts';
import type { RunEvents } from './run-events.ts';

/** How long and how often a commit is tried. */
export interface CommitPatience {
  /** Default 30 minutes. */
  limitMilliseconds: number;
  /** First wait, doubled each time; default 100. */
  firstWaitMilliseconds: number;
  /** Longest wait; default 60,000. */
  longestWaitMilliseconds: number;
}

/** Why a commit is tried again: what the catalog answered, or that another writer touched what the staged files replace. */
export type RetryReason = Exclude<CommitOutcome['kind'], 'committed'> | 'rewrite-conflict';

/** Waits between attempts: doubling, with up to 10 % jitter, until the time is up. */
export class CommitRetry {
  readonly #patience: CommitPatience;
  readonly #environment: Environment;
  readonly #signal: AbortSignal;
  #waitMilliseconds: number;
  /** What it has slept itself: a clock that jumps neither ends the patience nor makes it endless. */
  #waitedMilliseconds = 0;

  constructor(patience: CommitPatience, environment: Environment, signal: AbortSignal) {
    this.#patience = patience;
    this.#environment = environment;
    this.#signal = signal;
    this.#waitMilliseconds = patience.firstWaitMilliseconds;
  }

  /** @throws {CalveError} `COMMIT_CONFLICT` or `COMMIT_STATE_UNKNOWN`: the time is up; `CANCELLED`. */
  async wait(after: RetryReason, events: RunEvents): Promise<void> {
    if (this.#waitedMilliseconds >= this.#patience.limitMilliseconds) throw timeIsUp(after);
    const jitter = 1 + ((this.#environment.random(1)[0] ?? 0) / 255) * 0.1;
    const wait = Math.round(this.#waitMilliseconds * jitter);
    this.#waitMilliseconds = Math.min(this.#waitMilliseconds * 2, this.#patience.longestWaitMilliseconds);
    events.emit({ kind: 'waiting', reason: 'backoff', until: new Date(this.#environment.now() + wait).toISOString() });
    await this.#environment.sleep(wait, this.#signal);
    this.#waitedMilliseconds += wait;
  }
}

function timeIsUp(after: RetryReason): CalveError {
  switch (after) {
    case 'unknown':
      return new CalveError(
        'COMMIT_STATE_UNKNOWN',
        'The answer to the commit was lost and could not be settled in time. Nothing is deleted; the next run looks again.',
        { recovery: 'verify' },
      );
    case 'rewrite-conflict':
      return new CalveError(
        'COMMIT_CONFLICT',
        'Other writers kept changing the rows that this batch replaces until the time limit. Nothing was committed; the next run begins anew.',
        { recovery: 'retry' },
      );
    default:
      return new CalveError(
        'COMMIT_CONFLICT',
        'Other writers kept committing first until the time limit. The staged files stay; the next run goes on with them.',
        { recovery: 'verify' },
      );
  }
}
