import type { Environment } from '@calve/core/plugin';
import { StoragePace } from '@calve/core/plugin';

/** So many files are looked at side by side, waiting for each other's answers: what a storage in another house needs. */
const SIDE_BY_SIDE = 8;
/** So many one after the other, without waiting, until others may go on. */
const IN_A_ROW = 16;
/** A storage that takes longer for a file, on average, is not waited for with the process standing still. */
const QUICK_MILLISECONDS = 2;
const MOST_SURPRISES = 4;

/** How the files of one listing are looked at: as quickly as the storage answered for the files before. */
export class ListingPace {
  readonly #environment: Pick<Environment, 'now' | 'sleep'>;
  readonly #storage = new StoragePace(false, MOST_SURPRISES);

  constructor(environment: Pick<Environment, 'now' | 'sleep'>) {
    this.#environment = environment;
  }

  /**
   * The outcomes of `items`, in their order.
   *
   * @param look Asks and waits; several are under way at the same time.
   * @param lookNow Answers at once, with the same outcome.
   * @throws what they throw, and `CANCELLED` when the signal is aborted.
   */
  async all<Item, Outcome>(
    items: readonly Item[],
    look: (item: Item) => Promise<Outcome>,
    lookNow: (item: Item) => Outcome,
    signal: AbortSignal,
  ): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    while (outcomes.length < items.length) {
      const isNow = this.#storage.isQuick;
      const some = items.slice(outcomes.length, outcomes.length + (isNow ? IN_A_ROW : SIDE_BY_SIDE));
      const began = this.#environment.now();
      if (isNow) for (const item of some) outcomes.push(lookNow(item));
      else outcomes.push(...(await Promise.all(some.map(look))));
      this.#storage.note(this.#environment.now() - began < some.length * QUICK_MILLISECONDS, isNow);
      await this.#environment.sleep(0, signal);
    }
    return outcomes;
  }
}
