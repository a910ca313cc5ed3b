import { describe, expect, it } from 'vitest';
import { CalveError } from '../../errors/calve-error.ts';
import { mapSqliteError } from './map-sqlite-error.ts';

const sqlite = (errcode: number) => Object.assign(new Error('the words of SQLite'), { code: 'ERR_SQLITE_ERROR', errcode });
const system = (code: string) => Object.assign(new Error('the words of the system'), { code });

describe('mapSqliteError', () => {
  it.each([
    [3, 'fix-access'],
    [5, 'retry'],
    [5 + (2 << 8), 'retry'],
    [6, 'retry'],
    [8, 'fix-access'],
    [10, 'retry'],
    [10 + (3 << 8), 'retry'],
    [11, 'fix-input'],
    [13, 'retry'],
    [14, 'fix-access'],
    [23, 'fix-access'],
    [26, 'fix-input'],
  ])('result code %i is CHECKPOINT_UNAVAILABLE, %s', (code, recovery) => {
    const mapped = mapSqliteError(sqlite(code), '/lake/calve.db', 'run');
    expect(mapped).toMatchObject({ code: 'CHECKPOINT_UNAVAILABLE', recovery: { kind: recovery } });
    expect(mapped.message).toContain('/lake/calve.db');
    expect(mapped.cause?.message).toBe('the words of SQLite');
  });

  it.each(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'EEXIST', 'ENOENT'])('%s of the file system is fix-access', (code) => {
    expect(mapSqliteError(system(code), '/lake/calve.db', 'open')).toMatchObject({
      code: 'CHECKPOINT_UNAVAILABLE',
      recovery: { kind: 'fix-access' },
    });
  });

  it.each([sqlite(1), sqlite(19), system('EWHATEVER'), new TypeError('x'), 'text'])('%s is a defect', (error) => {
    expect(mapSqliteError(error, '/lake/calve.db', 'run')).toMatchObject({ code: 'INTERNAL', recovery: { kind: 'report' } });
  });

  it('does not know how a commit ended that failed in any way but a lock', () => {
    for (const code of [10, 13, 11, 1]) {
      expect(mapSqliteError(sqlite(code), '/lake/calve.db', 'commit')).toMatchObject({
        code: 'CHECKPOINT_OUTCOME_UNKNOWN',
        recovery: { kind: 'verify' },
      });
    }
    expect(mapSqliteError(sqlite(5), '/lake/calve.db', 'commit')).toMatchObject({
      code: 'CHECKPOINT_UNAVAILABLE',
      recovery: { kind: 'retry' },
    });
  });

  it('passes errors of Calve', () => {
    const error = new CalveError('CLOSED', 'closed');
    expect(mapSqliteError(error, '/lake/calve.db', 'commit')).toBe(error);
  });
});
