import { CalveError } from '@calve/core/plugin';
import { expect, it } from 'vitest';
import { mapHttpError } from '../src/map-http-error.ts';

it.each([
  ['HTTP_401', 'list', 'SOURCE_ACCESS_DENIED', 'fix-access'],
  ['HTTP_403', 'open', 'SOURCE_ACCESS_DENIED', 'fix-access'],
  ['HTTP_404', 'list', 'SOURCE_NOT_FOUND', 'fix-input'],
  ['HTTP_404', 'open', 'OBJECT_NOT_FOUND', 'replan'],
  ['HTTP_408', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['HTTP_410', 'open', 'OBJECT_NOT_FOUND', 'replan'],
  ['HTTP_412', 'open', 'OBJECT_CHANGED', 'replan'],
  ['HTTP_416', 'open', 'OBJECT_CHANGED', 'replan'],
  ['HTTP_418', 'list', 'HTTP_REFUSED', 'fix-input'],
  ['HTTP_429', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['HTTP_503', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ['ECONNREFUSED', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ['ECONNRESET', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['ENOTFOUND', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ['EAI_AGAIN', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ['EHOSTUNREACH', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ['EPIPE', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['ETIMEDOUT', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['UND_ERR_CONNECT_TIMEOUT', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ['UND_ERR_HEADERS_TIMEOUT', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ['UND_ERR_BODY_TIMEOUT', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['UND_ERR_SOCKET', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
  ['AbortError', 'list', 'CANCELLED', 'retry'],
  ['SOMETHING_NEW', 'open', 'INTERNAL', 'report'],
] as const)('%s while doing "%s" is %s', (name, step, code, recovery) => {
  const cause = Object.assign(new Error('no'), { code: name });
  const mapped = mapHttpError(new TypeError('failed', { cause }), 'test:a.csv', step);
  expect(mapped).toMatchObject({ code, recovery: { kind: recovery } });
  expect(mapped.message).toContain('test:a.csv');
});

it('leaves errors of Calve as they are', () => {
  const error = new CalveError('OBJECT_CHANGED', 'changed');
  expect(mapHttpError(error, 'test:a.csv', 'open')).toBe(error);
});
