import type { CheckpointStore, Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { CommitIntent, LedgerKey } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Environment } from '../env/environment.ts';
import { CalveError } from '../errors/calve-error.ts';
import { randomId } from './calve-configuration.ts';

/**
 * The head of one ledger as this worker knows it. Every change is a compare-and-set on the version that was read; losing one means that
 * another worker is ahead, and the caller reads again before it does anything else.
 */
export class Journal {
  readonly key: LedgerKey;
  readonly #store: CheckpointStore;
  readonly #environment: Environment;
  #current: VersionedHead | 'absent' = 'absent';

  constructor(store: CheckpointStore, key: LedgerKey, environment: Environment) {
    this.#store = store;
    this.key = key;
    this.#environment = environment;
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
    try {
      const answer = await this.#store[method](this.key, expected, head, units);
      // The next change has to follow this very write. A version that is read back may be another worker's already, and a change built
      // on what this one knows would wipe out what that one journaled.
      if (answer === 'written' && expected !== 'absent') this.#current = { version: String(BigInt(expected) + 1n), head };
      else await this.load();
      return answer === 'written';
    } catch (error) {
      if (!CalveError.is(error) || error.recovery.kind !== 'verify') throw error;
      const found = await this.load();
      return found !== 'absent' && found.head.tag === head.tag;
    }
  }

  /** Changes the open intent only. */
  async advanceIntent(intent: CommitIntent | null, units: readonly UnitRecord[] = []): Promise<boolean> {
    if (this.#current === 'absent') throw new CalveError('INTERNAL', 'There is no ledger whose intent could change.');
    return this.advance({ ...this.#current.head, intent }, units);
  }
}
