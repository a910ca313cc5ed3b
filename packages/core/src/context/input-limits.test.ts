import { describe, expect, it } from 'vitest';
import { completeLimits, DEFAULT_LIMITS } from './input-limits.ts';
import { LIMIT_CODES, limitExceeded } from './limit-exceeded.ts';

describe('limits of a file', () => {
  it('keep their defaults where a host sets nothing', () => {
    expect(completeLimits()).toEqual(DEFAULT_LIMITS);
    expect(completeLimits({ columns: 20 })).toEqual({ ...DEFAULT_LIMITS, columns: 20 });
  });

  it('refuse a name that does not exist and a value that is no limit', () => {
    const given = { collumns: 5, recordBytes: 0, cellBytes: '1' } as unknown as Partial<typeof DEFAULT_LIMITS>;
    expect(() => completeLimits(given)).toThrow(/limits\.collumns is not known.*limits\.recordBytes.*limits\.cellBytes/);
  });

  it('name the option to raise when a file is beyond them', () => {
    expect(Object.keys(LIMIT_CODES)).toEqual(Object.keys(DEFAULT_LIMITS));
    const error = limitExceeded('columns', DEFAULT_LIMITS, 'The header has 10,001 columns, 10,000 are allowed.', { line: 1 });
    expect(error.toJSON()).toMatchObject({
      code: 'LIMIT_COLUMNS',
      message: 'The header has 10,001 columns, 10,000 are allowed. If such files are meant to be, raise limits.columns.',
      recovery: { kind: 'fix-input' },
      context: { line: 1, limit: 'columns', allowed: 10_000 },
    });
  });
});
