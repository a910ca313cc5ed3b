import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { storageError } from './storage-error.ts';

const caused = (code: string): Error => new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) });

describe('what an error of a network client means', () => {
  it.each([
    ['ECONNREFUSED', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ECONNRESET', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ENOTFOUND', 'SOURCE_UNAVAILABLE', 'retry'],
    ['EAI_AGAIN', 'SOURCE_UNAVAILABLE', 'retry'],
    ['EPIPE', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ETIMEDOUT', 'SOURCE_UNAVAILABLE', 'retry'],
    ['UND_ERR_SOCKET', 'SOURCE_UNAVAILABLE', 'retry'],
    ['UND_ERR_BODY_TIMEOUT', 'SOURCE_UNAVAILABLE', 'retry'],
    ['CERT_HAS_EXPIRED', 'SOURCE_ACCESS_DENIED', 'fix-access'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'SOURCE_ACCESS_DENIED', 'fix-access'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'SOURCE_ACCESS_DENIED', 'fix-access'],
    ['SOMETHING_NEW', 'INTERNAL', 'report'],
    ['toString', 'INTERNAL', 'report'],
  ] as const)('%s in a cause is %s', (name, code, recovery) => {
    const mapped = storageError(caused(name), 'https://x.example/a.csv');
    expect(mapped).toMatchObject({ code, recovery: { kind: recovery }, context: { uri: 'https://x.example/a.csv' } });
    expect(mapped.message).toContain('https://x.example/a.csv');
  });

  it.each([
    [new DOMException('stop', 'AbortError'), 'CANCELLED'],
    [new DOMException('late', 'TimeoutError'), 'SOURCE_UNAVAILABLE'],
    ['a text', 'INTERNAL'],
    [null, 'INTERNAL'],
  ])('%s is %s', (thrown, code) => {
    expect(storageError(thrown, 'x:a').code).toBe(code);
  });

  it('leaves errors of Calve as they are, and ends with causes that do not', () => {
    const own = new CalveError('OBJECT_CHANGED', 'changed');
    expect(storageError(own, 'x:a')).toBe(own);
    const ring = new Error('one');
    ring.cause = new Error('two', { cause: ring });
    expect(storageError(ring, 'x:a').code).toBe('INTERNAL');
  });
});
