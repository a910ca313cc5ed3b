import { CalveError, type Environment } from '@calve/core/plugin';

/**
 * A clock for tests that nobody has to move: whoever sleeps is woken at the next turn of the event loop, and it is then that much later. Time
 * goes on only so. Give `now` and `sleep` to an environment: `{ ...nodeEnvironment(), ...jumpingClock() }`.
 *
 * @param start Milliseconds since 1970; default 2024-01-01T00:00:00Z.
 */
export function jumpingClock(start = Date.UTC(2024, 0, 1)): Pick<Environment, 'now' | 'sleep'> {
  let time = start;
  const cancelled = () => new CalveError('CANCELLED', 'The operation was cancelled.', { recovery: 'retry' });
  return {
    now: () => time,
    async sleep(milliseconds, signal) {
      if (signal?.aborted) throw cancelled();
      const until = time + Math.max(0, milliseconds);
      await new Promise((resolve) => setImmediate(resolve));
      if (signal?.aborted) throw cancelled();
      time = Math.max(time, until);
    },
  };
}
