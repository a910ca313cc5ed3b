import type { CallContext } from '../context/call-context.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import { storageError } from './storage-error.ts';

/** Between the tries: some two seconds, in which a connection comes back or a busy server has time again. */
const WAIT_MILLISECONDS = [100, 400, 1600];

/**
 * Calls a storage, up to four times while it is `SOURCE_UNAVAILABLE`, with growing waits that differ by up to a half, so that callers which
 * failed together do not come back together.
 *
 * @param call Is made anew for each try.
 * @throws {CalveError} What `storageError` makes of a failure; `CANCELLED` as soon as the signal is aborted, whatever the call then throws.
 */
export async function callStorage<T>(
  uri: string,
  { environment, signal }: Pick<CallContext, 'environment' | 'signal'>,
  call: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    throwIfAborted(signal);
    try {
      return await call();
    } catch (error) {
      throwIfAborted(signal);
      const failure = storageError(error, uri);
      const wait = WAIT_MILLISECONDS[tries];
      if (wait === undefined || failure.code !== 'SOURCE_UNAVAILABLE') throw failure;
      await environment.sleep(Math.round(wait * (1 + environment.random(1)[0]! / 512)), signal);
    }
  }
}
