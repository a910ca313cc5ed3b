import type { ProcessIdentity } from '../env/process-identity.ts';
import type { Int64 } from '../json/json.ts';
import type { LedgerKey } from './commit-intent.ts';

/** Who holds a lease, in its own words. */
export interface LeaseHolder {
  /** Random, new for each run or operation: two runs of one process are two holders. */
  token: string;
  /** Which process that is; null: its platform has none. */
  process: ProcessIdentity | null;
  /** When it has been silent for so long, others take over. */
  durationMilliseconds: number;
}

/** A lease that somebody holds. Times are of the holder's clock: they are for people, and for guesses that cost nothing when they are wrong. */
export interface Lease {
  /** Number of this acquisition. */
  fence: Int64;
  holder: LeaseHolder;
  /** Rises by one with each renewal. */
  beat: number;
  /** ISO 8601 in UTC. */
  since: string;
  renewedAt: string;
}

/** What somebody who wants a lease is told. */
export type LeaseAnswer = { kind: 'acquired'; fence: Int64 } | { kind: 'held'; lease: Lease };

/**
 * One lease for each ledger, whether the ledger exists or not. It gives order and saves work; nothing that must not happen twice depends on it.
 *
 * A fence is a number that rises by one with each acquisition of a ledger's lease, for ever: over releases, `replace` and restarts. Once a later one
 * was handed out, `advance` and `replace` with an earlier one answer `fenced`, decided in the same transaction.
 *
 * The store compares no times: whether a holder is silent is for those to say who wait. Calls throw as those of the store do.
 */
export interface LeaseStore {
  /**
   * Takes the lease when nobody holds it, when `silent` is what its holder was last seen with and still is, or when the same token holds it
   * already: then the fence is the one it has, so that a call whose answer was lost may be made again.
   *
   * @param at The time by the caller's clock, ISO 8601 in UTC.
   */
  acquire(key: LedgerKey, holder: LeaseHolder, at: string, silent?: Pick<Lease, 'fence' | 'beat'>): Promise<LeaseAnswer>;
  /** A sign of life. @returns `lost`: somebody else took it, or it was released; nothing was changed. */
  renew(key: LedgerKey, fence: Int64, at: string): Promise<'renewed' | 'lost'>;
  /** Gives the lease back: whoever asks next gets it. Where somebody else has it, nothing is changed. */
  release(key: LedgerKey, fence: Int64): Promise<void>;
}
