import { CalveError, type ErrorCode, type Recovery } from '@calve/core/plugin';

/** What was being done: a listing (or its start), or reading one listed object. */
export type HttpStep = 'list' | 'open';

type Kind = 'missing' | 'denied' | 'unavailable' | 'changed' | 'refused' | 'cancelled';

/** Statuses of RFC 9110, section 15; codes of Node and of undici (https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md). */
const KINDS: Record<string, [kind: Kind, says: string]> = {
  HTTP_401: ['denied', 'asks for credentials (401); give the source a fetch that sends them'],
  HTTP_403: ['denied', 'may not be read (403); give permission'],
  HTTP_404: ['missing', 'does not exist (404)'],
  HTTP_408: ['unavailable', 'did not answer in time (408)'],
  HTTP_410: ['missing', 'is gone (410)'],
  HTTP_412: ['changed', 'is not the version that was listed (412); plan again'],
  HTTP_416: ['changed', 'has not the size that was listed (416); plan again'],
  HTTP_429: ['unavailable', 'was asked for too often (429)'],
  ECONNREFUSED: ['unavailable', 'cannot be reached: the connection was refused'],
  ECONNRESET: ['unavailable', 'could not be read: the connection was lost'],
  ENOTFOUND: ['unavailable', 'cannot be reached: its host is not known'],
  EAI_AGAIN: ['unavailable', 'cannot be reached: its host could not be looked up'],
  EHOSTUNREACH: ['unavailable', 'cannot be reached: there is no way to its host'],
  EPIPE: ['unavailable', 'could not be read: the connection was lost'],
  ETIMEDOUT: ['unavailable', 'did not answer in time'],
  UND_ERR_CONNECT_TIMEOUT: ['unavailable', 'did not answer in time'],
  UND_ERR_HEADERS_TIMEOUT: ['unavailable', 'did not answer in time'],
  UND_ERR_BODY_TIMEOUT: ['unavailable', 'stopped in the middle of its answer'],
  UND_ERR_SOCKET: ['unavailable', 'could not be read: the connection was lost'],
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: ['unavailable', 'ended in the middle of its answer'],
  AbortError: ['cancelled', 'was cancelled'],
};

const OUTCOMES: Record<
  Kind,
  Record<HttpStep, [code: ErrorCode | 'HTTP_REFUSED', recovery: Exclude<Recovery['kind'], 'decide'>]>
> = {
  missing: { list: ['SOURCE_NOT_FOUND', 'fix-input'], open: ['OBJECT_NOT_FOUND', 'replan'] },
  denied: { list: ['SOURCE_ACCESS_DENIED', 'fix-access'], open: ['SOURCE_ACCESS_DENIED', 'fix-access'] },
  unavailable: { list: ['SOURCE_UNAVAILABLE', 'retry'], open: ['SOURCE_UNAVAILABLE', 'retry'] },
  changed: { list: ['HTTP_REFUSED', 'fix-input'], open: ['OBJECT_CHANGED', 'replan'] },
  refused: { list: ['HTTP_REFUSED', 'fix-input'], open: ['HTTP_REFUSED', 'fix-input'] },
  cancelled: { list: ['CANCELLED', 'retry'], open: ['CANCELLED', 'retry'] },
};

/** The answer of a server that is no success, in the form that `mapHttpError` knows. */
export function statusError(status: number): Error {
  return Object.assign(new Error(`The server answered ${status}.`), { code: `HTTP_${status}` });
}

/**
 * What an error of the storage means. Errors of Calve pass as they are; what is not known here is `INTERNAL` (report).
 *
 * @param uri What could not be read, without credentials: it is shown.
 */
export function mapHttpError(error: unknown, uri: string, step: HttpStep): CalveError {
  if (CalveError.is(error)) return error;
  const found = namesOf(error)
    .map(kindOf)
    .find((kind) => kind !== null);
  if (!found) {
    return new CalveError('INTERNAL', `Reading ${uri} failed in an unexpected way.`, { context: { uri, step }, cause: error });
  }
  const [kind, says] = found;
  const [code, recovery] = OUTCOMES[kind][step];
  return new CalveError(code, `${uri} ${says}.`, { recovery, context: { uri, step }, cause: error });
}

function kindOf(name: string): [kind: Kind, says: string] | null {
  if (Object.hasOwn(KINDS, name)) return KINDS[name] ?? null;
  if (/^HTTP_5\d\d$/.test(name)) return ['unavailable', `could not be read: its server failed (${name.slice(5)})`];
  return /^HTTP_\d{3}$/.test(name)
    ? ['refused', `was answered with the status ${name.slice(5)}; see whether it is an index page`]
    : null;
}

/** Code and name of an error and of what caused it: `fetch` hides the code of the system in there. */
function namesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const { code } = error as { code?: unknown };
  return [...(typeof code === 'string' ? [code] : []), error.name, ...namesOf(error.cause)];
}
