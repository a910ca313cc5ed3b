import type { Int64, Json } from '../json/json.ts';
import type { WriteMode } from '../spec/ingestion-spec.ts';
import type { AcceptedRollbacks } from './accepted-rollback.ts';
import type { CommitIntent, LedgerKey } from './commit-intent.ts';
import type { LeaseStore } from './lease.ts';
import type { NoteStore } from './note-store.ts';
import type { UnitRecord, UnitState } from './unit-record.ts';

/**
 * The small part of a ledger, changed with every commit.
 *
 * `committed` holds the last sequence per output. The first output commits in every batch, also with no rows, so its evidence never
 * lags; the others commit only with rows. An output that has 0 was reset before anything was committed: its generation counts, while one
 * that is missing was never dealt with.
 */
export interface Head {
  generation: string;
  committed: Record<string, number>;
  /** Id of the last commit; null before the first one. */
  commitId: string | null;
  intent: CommitIntent | null;
  watermark: Json;
  /** Rollbacks that somebody decided to live with; absent: none. */
  accepted?: AcceptedRollbacks;
  /** How the last commit of each output wrote its rows, where it did not just add them; absent: they were added, or nobody knows any more. */
  modes?: Readonly<Record<string, WriteMode>>;
  /** Random, new with each write: tells whether a write whose answer was lost has landed. */
  tag: string;
}

/** A head as it was read. `version` rises by one with every `advance`. A `replace` counts as one. */
export interface VersionedHead {
  version: Int64;
  head: Head;
}

/**
 * Keeps ledgers: a head and unit records that change together. Opened by the host, closed with the Calve instance. Safe for several
 * processes on the same storage.
 *
 * Every call that does IO throws `CHECKPOINT_UNAVAILABLE` (retry) when the storage cannot be reached and nothing was changed.
 */
export interface CheckpointStore {
  contract: 'checkpoint/1';
  /** Where it is, shown at the start of a run: a path, or `memory`. */
  readonly location: string;
  /** Says who works on a ledger, so that others wait. Absent: nobody waits, and compare-and-set alone keeps everything once. */
  readonly leases?: LeaseStore;
  /** What sources noted in earlier listings. Absent: they look at every object each time. */
  readonly notes?: NoteStore;
  read(key: LedgerKey): Promise<VersionedHead | 'absent'>;
  /**
   * Head and unit records change together or not at all; durable when resolved. A record replaces the one with the same unit key.
   *
   * @param expected Version that was read, or `absent` for a ledger that does not exist.
   * @param fence Of the lease that the caller holds; absent: it holds none.
   * @returns `superseded`: another worker is ahead, nothing was changed; read again. `fenced`: the lease was handed to somebody else since, and
   *   nothing was changed, whether the version fits or not.
   * @throws {CalveError} `CHECKPOINT_OUTCOME_UNKNOWN` (verify): read again and compare `head.tag`.
   */
  advance(
    key: LedgerKey,
    expected: Int64 | 'absent',
    head: Head,
    units: readonly UnitRecord[],
    fence?: Int64,
  ): Promise<'written' | 'superseded' | 'fenced'>;
  /**
   * As `advance`, except that the ledger keeps no records but these: what it knew of other units is forgotten in the same change.
   *
   * @throws {CalveError} as `advance` does.
   */
  replace(
    key: LedgerKey,
    expected: Int64 | 'absent',
    head: Head,
    units: readonly UnitRecord[],
    fence?: Int64,
  ): Promise<'written' | 'superseded' | 'fenced'>;
  /**
   * The newest record for each value; a value that was never seen is missing in the answer. By place and by fingerprint it is the newest
   * `ingested` one where there is one: a version that was held must not hide the one whose rows are in the table. Meant for one listing
   * page (1,000 values) per call; a ledger of 1,000,000 units is never loaded whole.
   */
  lookup(key: LedgerKey, by: 'key' | 'place' | 'fingerprint', values: readonly string[]): Promise<Map<string, UnitRecord>>;
  /**
   * Which of these units need a look: all that have no record, a record that is not `ingested`, or one with a `code`. Asked first for each
   * listing page, of which nearly all files are loaded, so it has to be cheap: it reads no record. An answer that names more than those is
   * correct, and costs a `lookup`; one that names fewer loses files.
   */
  unsettled(key: LedgerKey, unitKeys: readonly string[]): Promise<Set<string>>;
  /** Records in a stable order. `since`: only records of this or a later sequence. `place`: only versions of the object in this place. */
  scan(key: LedgerKey, filter: { state?: UnitState; since?: number; place?: string }): AsyncIterable<UnitRecord>;
  /** Called once. */
  close(): Promise<void>;
}

/** How a host names the store in `createCalve`: opened on first use. */
export interface CheckpointStoreFactory {
  open(): Promise<CheckpointStore>;
}
