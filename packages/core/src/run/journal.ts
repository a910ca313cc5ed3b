import type { CheckpointStore, Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { CommitIntent, LedgerKey } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Environment } from '../env/environment.ts';
import { CalveError } from '../errors/calve-error.ts';
import { randomId } from './calve-configuration.ts';
import type { LedgerLease } from './ledger-lease.ts';

/** Changes in a row that may be lost before the store is given up. One lost answer is planned again; a full disk loses all of them. */
const MOST_LOST = 3;

/**
 * The head of one ledger as this worker knows it. Every change is a compare-and-set on the version that was read; losing one means that
 * another worker is ahead, and the caller reads again before it does anything else.
 */
export class Journal {
  readonly key: LedgerKey;
  readonly #store: CheckpointStore;
  readonly #environment: Environment;
  readonly #lease: LedgerLease | null;
  #current: VersionedHead | 'absent' = 'absent';
  #lost = 0;

  /** @param lease Held by whoever writes; null: nobody is waited for. */
  constructor(store: CheckpointStore, key: LedgerKey, environment: Environment, lease: LedgerLease | null = null) {
    this.#store = store;
    this.key = key;
    this.#environment = environment;
    this.#lease = lease;
  }

  /** As of the last `load` or successful change. */
  get current(): VersionedHead | 'absent' {
    return this.#current;
  }

  get intent(): CommitIntent | null {
    return this.#current === 'absent' ? null : this.#current.head.intent;
  }

  async load(): Promise<VersionedHead | 'absent'> {
    this.#current = await this.#store.read(this.key);
    return this.#current;
  }

  /**
   * Changes head and unit records together.
   *
   * @returns false: another worker was first; nothing was changed and the new head is loaded.
   *   Also when the store did not say how it ended and the head is as before.
   * @throws {CalveError} `CHECKPOINT_SUPERSEDED` (retry): the lease was lost, and nothing was changed; what taking it and the store throw; the store's
   *   `CHECKPOINT_OUTCOME_UNKNOWN` (verify) when no change gets through: planning again and again would never end.
   */
  advance(next: Omit<Head, 'tag'>, units: readonly UnitRecord[]): Promise<boolean> {
    return this.#change('advance', next, units);
  }

  /** Begins the ledger anew: as `advance`, and all other unit records are forgotten. */
  replace(next: Omit<Head, 'tag'>, units: readonly UnitRecord[]): Promise<boolean> {
    return this.#change('replace', next, units);
  }

  async #change(method: 'advance' | 'replace', next: Omit<Head, 'tag'>, units: readonly UnitRecord[]): Promise<boolean> {
    const head: Head = { ...next, tag: randomId(this.#environment, 8) };
    const expected = this.#current === 'absent' ? 'absent' : this.#current.version;
    // Whoever has a reason to look afresh after waiting took it before. Here it makes sure that nothing is written without it.
    await this.#lease?.hold();
    const fence = this.#lease?.fence ?? null;
    try {
      const answer = await this.#store[method](this.key, expected, head, units, ...(fence === null ? [] : [fence]));
      if (answer === 'fenced')
        throw this.#lease?.takenOver() ?? new CalveError('INTERNAL', 'The state speaks of a lease that nobody took.');
      // The next change has to follow this very write. A version that is read back may be another worker's already, and a change built
      // on what this one knows would wipe out what that one journaled.
      if (answer === 'written' && expected !== 'absent') this.#current = { version: String(BigInt(expected) + 1n), head };
      else {
        const found = await this.load();
        // The very write: what was read of it again, thousands of names of files, need not stay.
        if (found !== 'absent' && found.head.tag === head.tag) this.#current = { version: found.version, head };
      }
      this.#lost = 0;
      return answer === 'written';
    } catch (error) {
      if (!CalveError.is(error) || error.recovery.kind !== 'verify') throw error;
      const found = await this.load();
      const isAsBefore = (found === 'absent' ? 'absent' : found.version) === expected;
      this.#lost = isAsBefore ? this.#lost + 1 : 0;
      if (this.#lost >= MOST_LOST) throw error;
      return found !== 'absent' && found.head.tag === head.tag;
    }
  }

  /** Changes the open intent only. */
  async advanceIntent(intent: CommitIntent | null, units: readonly UnitRecord[] = []): Promise<boolean> {
    if (this.#current === 'absent') throw new CalveError('INTERNAL', 'There is no ledger whose intent could change.');
    return this.advance({ ...this.#current.head, intent }, units);
  }
}
