import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { CalveError } from './calve-error.ts';

describe('an error that Node shows', () => {
  it('says what, where it was thrown, what to do, and why, a line each', () => {
    const cause = Object.assign(new Error('disk full'), { code: 'ENOSPC', request: { secret: 'x'.repeat(1000) } });
    const error = new CalveError('REJECTED_LIMIT', '3 of 40 rows were rejected.', {
      recovery: { kind: 'decide', choices: ['fix the files', 'raise the limit'] },
      diagnostics: Array.from({ length: 7 }, (_, index) => ({
        code: 'amount:int64',
        severity: 'warning' as const,
        message: `line ${index}`,
        at: { unit: 'k' },
      })),
      context: { rows: Array(1000).fill(1) },
      cause,
    });
    const lines = inspect(error).split('\n');
    expect(lines[0]).toBe('CalveError: 3 of 40 rows were rejected.');
    expect(lines[1]).toMatch(/^ {4}at .*calve-error\.test\.ts/);
    expect(lines.filter((line) => !line.startsWith('    at '))).toEqual([
      'CalveError: 3 of 40 rows were rejected.',
      '    code REJECTED_LIMIT, recovery decide: fix the files; or raise the limit',
      ...[0, 1, 2, 3, 4].map((index) => `    amount:int64: line ${index}`),
      '    and 2 more, in "diagnostics"',
      '    caused by ENOSPC: disk full',
    ]);
  });

  it('needs no stack', () => {
    const error = new CalveError('CANCELLED', 'Stopped.', { recovery: 'retry' });
    Object.defineProperty(error, 'stack', { value: undefined });
    expect(inspect(error)).toBe('CalveError: Stopped.\n    code CANCELLED, recovery retry');
  });
});
