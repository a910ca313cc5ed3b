import type { Environment } from '@calve/core/plugin';
import { StoragePace } from '@calve/core/plugin';

/** A storage that takes longer for a piece of a file is not waited for with the process standing still. */
const QUICK_MILLISECONDS = 5;
const MOST_SURPRISES = 8;

/** How the files of a lake are read: as quickly as the storage gave the pieces before. */
export class ReadPace {
  readonly #environment: Pick<Environment, 'now'>;
  readonly #storage = new StoragePace(true, MOST_SURPRISES);

  constructor(environment: Pick<Environment, 'now'>) {
    this.#environment = environment;
  }

  /** @param readNow Answers at once. @param readLater Waits, with the same answer. @throws what they throw. */
  read(readNow: () => number, readLater: () => Promise<number>): number | Promise<number> {
    if (!this.#storage.isQuick) return this.#later(readLater);
    const began = this.#environment.now();
    const bytes = readNow();
    this.#storage.note(this.#isQuickSince(began), true);
    return bytes;
  }

  async #later(readLater: () => Promise<number>): Promise<number> {
    const began = this.#environment.now();
    const bytes = await readLater();
    this.#storage.note(this.#isQuickSince(began), false);
    return bytes;
  }

  #isQuickSince(began: number): boolean {
    return this.#environment.now() - began <= QUICK_MILLISECONDS;
  }
}
