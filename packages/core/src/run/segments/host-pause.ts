import type { Environment } from '../../env/environment.ts';

/** Some milliseconds of work. */
const CELLS_BETWEEN_PAUSES = 16_384;
/** What opening and closing a file takes, in cells. */
const CELLS_OF_A_BATCH = 256;

/** Lets the host go first from time to time. Many small batches, as of small files, take one pause together: each of them is a turn of the event loop. */
export class HostPause {
  readonly #environment: Pick<Environment, 'sleep'>;
  #cells = 0;

  constructor(environment: Pick<Environment, 'sleep'>) {
    this.#environment = environment;
  }

  /** Counts a batch. @returns Undefined when there is no need to wait. */
  after(cells: number): Promise<void> | undefined {
    this.#cells += cells + CELLS_OF_A_BATCH;
    if (this.#cells < CELLS_BETWEEN_PAUSES) return undefined;
    this.#cells = 0;
    return this.#environment.sleep(0);
  }
}
