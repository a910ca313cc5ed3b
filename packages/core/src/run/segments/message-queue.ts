/** Messages that come from elsewhere, for one who waits for them. After a failure nothing more comes, and who waits is told. */
export class MessageQueue<T> {
  readonly #waiting: T[] = [];
  #failure: { error: unknown } | null = null;
  #wake: (() => void) | null = null;

  add(message: T): void {
    this.#waiting.push(message);
    this.#wake?.();
  }

  /** @param error Thrown by `next` behind the messages that came before. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake?.();
  }

  async next(): Promise<T> {
    for (;;) {
      const [message] = this.#waiting.splice(0, 1);
      if (message !== undefined) return message;
      if (this.#failure) throw this.#failure.error;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = null;
    }
  }
}
