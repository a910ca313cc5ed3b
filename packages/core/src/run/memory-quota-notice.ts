import type { CallContext } from '../context/call-context.ts';
import type { Environment } from '../env/environment.ts';
import type { MemoryQuota } from './memory-quota.ts';

/** Shorter waits are the back-pressure at work and of interest to nobody. */
export const NOTICEABLE_MILLISECONDS = 1000;

/**
 * How one run reserves. It tells when the run waits noticeably: once for all requests in a row that wait that long, and again only after one
 * did not.
 *
 * @param onWaiting Called after `NOTICEABLE_MILLISECONDS` of waiting.
 */
export function noticedReserve(
  quota: MemoryQuota,
  run: { tenant: string; signal: AbortSignal; environment: Pick<Environment, 'sleep'>; onWaiting(): void },
): CallContext['reserve'] {
  const { tenant, signal, environment, onWaiting } = run;
  let isTold = false;
  return async (bytes) => {
    // Made only where there is something to wait for: most requests are granted at once, and there is one for each file.
    let granted: AbortController | null = null;
    let isNoticed = false;
    const tell = (): void => {
      isNoticed = true;
      if (!isTold) onWaiting();
      isTold = true;
    };
    try {
      return await quota.reserve(tenant, bytes, signal, () => {
        granted = new AbortController();
        environment.sleep(NOTICEABLE_MILLISECONDS, granted.signal).then(tell, () => {
          // Cut short: the waiting is over, and there is nothing to tell.
        });
      });
    } finally {
      (granted as AbortController | null)?.abort();
      if (!isNoticed) isTold = false;
    }
  };
}
