import type { Environment } from '@calve/core/plugin';

/** A storage that takes longer for a piece of a file is not waited for with the process standing still. */
const QUICK_MILLISECONDS = 5;
/** So often a storage may turn out slow that answered quickly before: a busy machine looks like that too. */
const MOST_SURPRISES = 8;

/**
 * How the files of a lake are read. A local disk gives a piece in less time than handing it to another thread takes; a mount of another machine takes
 * milliseconds, in which this process has other things to do. The pieces before tell which it is.
 */
export class ReadPace {
  readonly #environment: Pick<Environment, 'now'>;
  #isQuick = true;
  #surprises = 0;

  constructor(environment: Pick<Environment, 'now'>) {
    this.#environment = environment;
  }

  /** @param readNow Answers at once. @param readLater Waits, with the same answer. @throws what they throw. */
  read(readNow: () => number, readLater: () => Promise<number>): number | Promise<number> {
    if (!this.#isQuick || this.#surprises >= MOST_SURPRISES) return this.#later(readLater);
    const began = this.#environment.now();
    const bytes = readNow();
    this.#isQuick = this.#isQuickSince(began);
    if (!this.#isQuick) this.#surprises += 1;
    return bytes;
  }

  async #later(readLater: () => Promise<number>): Promise<number> {
    const began = this.#environment.now();
    const bytes = await readLater();
    this.#isQuick = this.#isQuickSince(began);
    return bytes;
  }

  #isQuickSince(began: number): boolean {
    return this.#environment.now() - began <= QUICK_MILLISECONDS;
  }
}
