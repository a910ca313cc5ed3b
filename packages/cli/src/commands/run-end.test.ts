import { CalveError, errorData, type RunResult } from '@calve/core';
import { describe, expect, it } from 'vitest';
import type { FileSetAside } from '../documents.ts';
import { exitCodeOf } from '../exit-code.ts';
import { type RunEnd, withQuarantinedBefore } from './run-end.ts';

const units = { ingested: 1, skipped: 0, held: 0, quarantined: 0, failed: 0 };
const result: RunResult = { outcome: 'committed', units, counts: {}, snapshots: {} };
const a: FileSetAside = { file: 'a.csv', state: 'quarantined', code: 'LIMIT_LINE', message: 'a.csv is long.', fixes: [] };
const before = { count: 2, examples: [a] };
const fine: RunEnd = { result, error: null, cause: null };

describe('withQuarantinedBefore', () => {
  it('is an error that names the first file and ends with 10 when nothing else was wrong', () => {
    const { error } = withQuarantinedBefore(fine, before, ['held']);
    expect(error?.message).toBe('2 files stay in quarantine from an earlier run, unchanged since. The first one: a.csv is long.');
    expect(error && exitCodeOf(error)).toBe(10);
    expect(error?.recovery).toMatchObject({
      choices: ['replace or remove what is listed', 'leave them out with --allow quarantined, and the exit code becomes 0'],
    });
  });

  it('is no error when there are none, or they are allowed', () => {
    expect(withQuarantinedBefore(fine, { count: 0, examples: [] }, [])).toBe(fine);
    expect(withQuarantinedBefore(fine, before, ['quarantined'])).toBe(fine);
  });

  it('adds them to an error about files of this run, and to no other', () => {
    const ended = (code: string, message: string): RunEnd => {
      const cause = new CalveError(code, message, { recovery: 'retry' });
      return { result, error: errorData(cause), cause };
    };
    const held = withQuarantinedBefore(ended('UNITS_SET_ASIDE', '1 file was set aside. The first one: b.csv.'), before, []);
    expect(held.error?.message).toBe(
      '1 file was set aside. 2 files stay in quarantine from an earlier run, unchanged since. The first one: b.csv.',
    );
    const stopped = ended('CANCELLED', 'Stopped.');
    expect(withQuarantinedBefore(stopped, before, [])).toBe(stopped);
  });
});
