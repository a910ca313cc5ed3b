/**
 * Notices that a process says nothing for too long. Counts ticks, not time, and a late tick counts once: while the host's event loop is
 * blocked, or the machine sleeps, what the process says cannot be heard, and the process is not to blame.
 */
export class StallClock {
  readonly #onStall: () => void;
  #timer: NodeJS.Timeout | undefined;
  #limit = 0;
  #quietMilliseconds = 0;

  constructor(onStall: () => void) {
    this.#onStall = onStall;
  }

  /** From now on the process may be quiet for `milliseconds`. Called for every sign of progress. */
  restart(milliseconds: number): void {
    this.#quietMilliseconds = 0;
    if (this.#timer && this.#limit === milliseconds) return;
    this.stop();
    this.#limit = milliseconds;
    const tick = Math.max(1, Math.min(1000, milliseconds / 10));
    // Whoever waits for the process keeps the host alive, not the clock.
    this.#timer = setInterval(() => this.#tick(tick), tick).unref();
  }

  /** The process has nothing to do. */
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(milliseconds: number): void {
    this.#quietMilliseconds += milliseconds;
    if (this.#quietMilliseconds < this.#limit) return;
    // Timers come before messages: what has arrived by now is heard first.
    setImmediate(() => {
      if (!this.#timer || this.#quietMilliseconds < this.#limit) return;
      this.stop();
      this.#onStall();
    });
  }
}
