import { CalveError } from '../errors/calve-error.ts';

/** Codes of Node and undici (https://github.com/nodejs/undici/blob/main/docs/docs/api/Errors.md), names of the web platform. */
const UNAVAILABLE: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'its host could not be looked up',
  ECONNABORTED: 'the connection was lost',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was lost',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its network',
  ENOTFOUND: 'its host is not known',
  EPIPE: 'the connection was lost',
  ETIMEDOUT: 'there was no answer in time',
  TimeoutError: 'there was no answer in time',
  UND_ERR_BODY_TIMEOUT: 'the answer stopped in the middle',
  UND_ERR_CONNECT_TIMEOUT: 'there was no answer in time',
  UND_ERR_HEADERS_TIMEOUT: 'there was no answer in time',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'the answer ended in the middle',
  UND_ERR_SOCKET: 'the connection was lost',
};

/** Of OpenSSL and Node: https://nodejs.org/api/tls.html#x509-certificate-error-codes. */
const UNTRUSTED = /^(CERT_|DEPTH_ZERO_|ERR_TLS_CERT_|SELF_SIGNED_|UNABLE_TO_(GET|VERIFY)_)/;

/**
 * What an error of a network client means. Errors of Calve pass as they are; a lost connection is `SOURCE_UNAVAILABLE` (retry), a certificate
 * that is not trusted `SOURCE_ACCESS_DENIED` (fix-access), an abort `CANCELLED`, and anything unknown `INTERNAL` (report). Codes are looked
 * for in the causes too, where `fetch` hides them.
 *
 * @param uri What was asked for, without credentials: it is shown.
 */
export function storageError(error: unknown, uri: string): CalveError {
  if (CalveError.is(error)) return error;
  const options = { context: { uri }, cause: error };
  const names = namesOf(error);
  if (names.includes('AbortError')) {
    return new CalveError('CANCELLED', `Reading ${uri} was cancelled.`, { ...options, recovery: 'retry' });
  }
  const lost = names.find((name) => Object.hasOwn(UNAVAILABLE, name));
  if (lost !== undefined) {
    return new CalveError('SOURCE_UNAVAILABLE', `${uri} could not be read: ${UNAVAILABLE[lost]} (${lost}).`, {
      ...options,
      recovery: 'retry',
    });
  }
  const untrusted = names.find((name) => UNTRUSTED.test(name));
  if (untrusted !== undefined) {
    return new CalveError('SOURCE_ACCESS_DENIED', `The certificate of ${uri} is not trusted here (${untrusted}).`, {
      ...options,
      recovery: 'fix-access',
    });
  }
  return new CalveError('INTERNAL', `Reading ${uri} failed in an unexpected way.`, options);
}

/** Codes and names of an error and of what caused it. Causes beyond the eighth may lead back to the first. */
function namesOf(error: unknown, depth = 0): string[] {
  if (!(error instanceof Error) || depth > 8) return [];
  const { code } = error as { code?: unknown };
  return [...(typeof code === 'string' ? [code] : []), error.name, ...namesOf(error.cause, depth + 1)];
}
