import { throwIfAborted } from '../errors/calve-error.ts';

/** `setTimeout` takes a 32-bit number and fires at once beyond it. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Resolves after the time; less than zero is zero. The timer and the listener on the signal are gone when the promise settles, so a cancelled
 * wait of an hour does not keep the process alive for that hour.
 *
 * @throws {CalveError} `CANCELLED` as soon as the signal is aborted.
 */
export async function abortableSleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0) {
    await nextTurn();
    if (signal) throwIfAborted(signal);
    return;
  }
  let left = milliseconds;
  do {
    if (signal) throwIfAborted(signal);
    await timer(Math.min(left, LONGEST_TIMER), signal);
    left -= LONGEST_TIMER;
  } while (left > 0);
  if (signal) throwIfAborted(signal);
}

/** Lets others go first. A timer of zero waits a whole millisecond on Node, and four in a browser once it is nested. */
function nextTurn(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

function timer(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(handle);
      signal?.removeEventListener('abort', settle);
      resolve();
    };
    const handle = setTimeout(settle, milliseconds);
    signal?.addEventListener('abort', settle, { once: true });
  });
}
