import type { Environment } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

/** A clock that moves when it is told to. Give `now` and `sleep` to an environment: `{ ...nodeEnvironment(), ...clock }`. */
export interface ManualClock extends Pick<Environment, 'now' | 'sleep'> {
  /** Moves on and wakes, in the order of their times, everything that slept no longer than that. Sleepers that lie down again are woken too. */
  advance(milliseconds: number): Promise<void>;
  /** Sets the time, also backwards; wakes nobody. */
  set(milliseconds: number): void;
  /** How many are asleep. */
  readonly sleepers: number;
}

/** @param start Milliseconds since 1970; default 2024-01-01T00:00:00Z. */
export function manualClock(start = Date.UTC(2024, 0, 1)): ManualClock {
  let time = start;
  const sleeping = new Set<{ until: number; wake: () => void }>();
  // Code that was woken may need several turns until it sleeps again.
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    now: () => time,
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        const cancel = () => {
          sleeping.delete(sleeper);
          reject(new CalveError('CANCELLED', 'The operation was cancelled.', { recovery: 'retry' }));
        };
        const sleeper = {
          until: time + Math.max(0, milliseconds),
          wake() {
            sleeping.delete(sleeper);
            signal?.removeEventListener('abort', cancel);
            resolve();
          },
        };
        if (signal?.aborted) return cancel();
        signal?.addEventListener('abort', cancel, { once: true });
        sleeping.add(sleeper);
      });
    },
    async advance(milliseconds) {
      const end = time + milliseconds;
      await settle();
      for (;;) {
        const next = [...sleeping].filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
        if (!next) break;
        time = Math.max(time, next.until);
        next.wake();
        await settle();
      }
      time = end;
    },
    set(milliseconds) {
      time = milliseconds;
    },
    get sleepers() {
      return sleeping.size;
    },
  };
}
