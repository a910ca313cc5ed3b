import { CalveError } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { type FileStep, isAboutOneFile, mapFileError } from './map-file-error.ts';

const systemError = (code: string) => Object.assign(new Error(`${code}: something, open '/in/a.csv'`), { code });

describe('mapFileError', () => {
  it.each<[string, FileStep, string, string]>([
    ['ENOENT', 'list', 'SOURCE_NOT_FOUND', 'fix-input'],
    ['ENOENT', 'open', 'OBJECT_NOT_FOUND', 'replan'],
    ['ENOTDIR', 'list', 'SOURCE_NOT_FOUND', 'fix-input'],
    ['ENOTDIR', 'open', 'OBJECT_NOT_FOUND', 'replan'],
    ['ENAMETOOLONG', 'list', 'SOURCE_NOT_FOUND', 'fix-input'],
    ['ENAMETOOLONG', 'open', 'SOURCE_UNAVAILABLE', 'fix-input'],
    ['EACCES', 'list', 'SOURCE_ACCESS_DENIED', 'fix-access'],
    ['EACCES', 'open', 'SOURCE_ACCESS_DENIED', 'fix-access'],
    ['EPERM', 'open', 'SOURCE_ACCESS_DENIED', 'fix-access'],
    ['ELOOP', 'list', 'SOURCE_NOT_FOUND', 'fix-input'],
    ['ELOOP', 'open', 'OBJECT_CHANGED', 'replan'],
    ['EMFILE', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ENFILE', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ENOMEM', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
    ['EAGAIN', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
    ['EBUSY', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
    ['EINTR', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
    ['EIO', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ENXIO', 'open', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ESTALE', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
    ['ETIMEDOUT', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
    ['EUNHEARDOF', 'list', 'SOURCE_UNAVAILABLE', 'retry'],
  ])('%s while %s is %s, %s', (code, step, expected, recovery) => {
    const mapped = mapFileError(systemError(code), '/in/a.csv', step);
    expect(mapped).toMatchObject({ code: expected, recovery: { kind: recovery } });
    expect(mapped.context).toEqual({ path: '/in/a.csv', step, systemCode: code });
    expect(mapped.message).toMatch(/^\/in\/a\.csv .+\.$/);
    expect(mapped.cause?.code).toBe(code);
  });

  it.each([
    new TypeError('no'),
    new Error('plain'),
    'text',
    undefined,
    Object.assign(new Error('x'), { code: 'ERR_INVALID_ARG' }),
  ])('%s is no error of the file system', (thrown) => {
    expect(mapFileError(thrown, '/in/a.csv', 'open')).toMatchObject({ code: 'INTERNAL', recovery: { kind: 'report' } });
  });

  it('passes errors of Calve', () => {
    const cancelled = new CalveError('CANCELLED', 'cancelled');
    expect(mapFileError(cancelled, '/in', 'list')).toBe(cancelled);
  });
});

describe('isAboutOneFile', () => {
  it.each([
    ['EACCES', true],
    ['EPERM', true],
    ['EIO', true],
    ['ESTALE', true],
    ['ENAMETOOLONG', true],
    ['EUNHEARDOF', true],
    // The next file would meet the same.
    ['EMFILE', false],
    ['ENFILE', false],
    ['ENOMEM', false],
    // Gone or replaced: there is nothing left that could be tried again.
    ['ENOENT', false],
    ['ELOOP', false],
  ])('%s: %s', (code, expected) => {
    expect(isAboutOneFile(mapFileError(systemError(code), '/in/a.csv', 'open'))).toBe(expected);
  });

  it('is false for what is no error of the file system', () => {
    expect(isAboutOneFile(mapFileError(new TypeError('no'), '/in/a.csv', 'open'))).toBe(false);
    expect(isAboutOneFile(new CalveError('CANCELLED', 'cancelled'))).toBe(false);
  });
});
