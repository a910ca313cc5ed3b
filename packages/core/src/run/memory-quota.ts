import type { Reservation } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';

interface Waiter {
  bytes: number;
  grant(): void;
}

/**
 * Bytes that may be in flight at the same time. First come, first served, so a large request is not starved by small ones. A request
 * above the whole quota is granted alone.
 */
export class MemoryQuota {
  readonly #limitBytes: number;
  #usedBytes = 0;
  readonly #waiters: Waiter[] = [];

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes that are held now. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @throws {CalveError} `CANCELLED` when the signal is aborted while waiting. */
  async reserve(bytes: number, signal: AbortSignal): Promise<Reservation> {
    if (this.#waiters.length > 0 || !this.#fits(bytes)) await this.#wait(bytes, signal);
    else this.#usedBytes += bytes;
    let held = true;
    return {
      release: () => {
        if (!held) return;
        held = false;
        this.#usedBytes -= bytes;
        this.#wake();
      },
    };
  }

  #fits(bytes: number): boolean {
    return this.#usedBytes === 0 || this.#usedBytes + bytes <= this.#limitBytes;
  }

  #wait(bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = (): void => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        reject(new CalveError('CANCELLED', 'Cancelled while waiting for memory.', { recovery: 'retry' }));
        this.#wake();
      };
      const waiter: Waiter = {
        bytes,
        grant: () => {
          signal.removeEventListener('abort', cancel);
          resolve();
        },
      };
      this.#waiters.push(waiter);
      if (signal.aborted) cancel();
      else signal.addEventListener('abort', cancel, { once: true });
    });
  }

  #wake(): void {
    for (let next = this.#waiters[0]; next && this.#fits(next.bytes); next = this.#waiters[0]) {
      this.#waiters.shift();
      this.#usedBytes += next.bytes;
      next.grant();
    }
  }
}
