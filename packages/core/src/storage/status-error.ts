import { CalveError } from '../errors/calve-error.ts';
import type { ErrorCode } from '../errors/error-code.ts';
import type { Recovery } from '../errors/recovery.ts';

type Meaning = [code: ErrorCode, recovery: Exclude<Recovery['kind'], 'decide'>, says: string];

const MEANINGS: Readonly<Record<number, Meaning>> = {
  401: ['SOURCE_ACCESS_DENIED', 'fix-access', 'may not be read without valid credentials'],
  403: ['SOURCE_ACCESS_DENIED', 'fix-access', 'may not be read; give permission'],
  404: ['OBJECT_NOT_FOUND', 'replan', 'does not exist'],
  407: ['SOURCE_ACCESS_DENIED', 'fix-access', 'cannot be reached: the proxy wants credentials'],
  408: ['SOURCE_UNAVAILABLE', 'retry', 'did not answer in time'],
  410: ['OBJECT_NOT_FOUND', 'replan', 'is gone'],
  412: ['OBJECT_CHANGED', 'replan', 'is not the version that was listed; plan again'],
  416: ['OBJECT_CHANGED', 'replan', 'has not the size that was listed; plan again'],
  425: ['SOURCE_UNAVAILABLE', 'retry', 'could not be read yet'],
  429: ['SOURCE_UNAVAILABLE', 'retry', 'was asked for too often'],
};
const FAILED: Meaning = ['SOURCE_UNAVAILABLE', 'retry', 'could not be read: the server failed'];
const REFUSED: Meaning = ['SOURCE_REFUSED', 'fix-input', 'was not given; look whether the address is right'];

/**
 * What the status of an HTTP answer that is no success means for an object; the clients of buckets carry it in their errors. 5xx are
 * `SOURCE_UNAVAILABLE` (retry), what has no meaning of its own here, redirects among it, is `SOURCE_REFUSED` (fix-input).
 *
 * @param uri What was asked for, without credentials: it is shown.
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15
 *
 * @example
 * if (!response.ok) throw statusError(response.status, place);
 */
export function statusError(status: number, uri: string, cause?: unknown): CalveError {
  const [code, recovery, says] = MEANINGS[status] ?? (status >= 500 ? FAILED : REFUSED);
  return new CalveError(code, `${uri} ${says} (status ${status}).`, { recovery, context: { uri, status }, cause });
}
