/**
 * Whether a storage of files answers so quickly that the process stands still for it. A local disk takes microseconds, and then waiting in any other way
 * costs many times what is waited for; a mount of another machine takes milliseconds, in which this process has other things to do. The answers
 * before tell which it is.
 */
export class StoragePace {
  readonly #mostSurprises: number;
  #isQuick: boolean;
  #surprises = 0;

  /**
   * @param isQuick What is taken for granted before the first answer.
   * @param mostSurprises So often it may turn out slow while the process stands still: a busy machine looks like that too.
   */
  constructor(isQuick: boolean, mostSurprises: number) {
    this.#isQuick = isQuick;
    this.#mostSurprises = mostSurprises;
  }

  /** Whether to stand still for the next answer. */
  get isQuick(): boolean {
    return this.#isQuick && this.#surprises < this.#mostSurprises;
  }

  /** Takes in how an answer came, and whether the process stood still for it. */
  note(wasQuick: boolean, stoodStill: boolean): void {
    this.#isQuick = wasQuick;
    if (stoodStill && !wasQuick) this.#surprises += 1;
  }
}
