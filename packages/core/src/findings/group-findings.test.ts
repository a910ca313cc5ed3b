import { describe, expect, it } from 'vitest';
import { type Found, groupFindings } from './group-findings.ts';

function found(file: string, changes: Partial<Found['diagnostic']> = {}, about: Found['about'] = 'held'): Found {
  const diagnostic = { code: 'SCHEMA_TYPE_CONFLICT', severity: 'warning' as const, message: `${file} waits.`, ...changes };
  return {
    about,
    diagnostic,
    file,
    rows: null,
    example: { file, line: 1, value: file, record: null, message: diagnostic.message },
  };
}

const fix = (value: string) => ({ title: value, specPatch: [{ op: 'replace', path: '/schema/onTypeChange', value }] });
const group = (...all: Found[]) => groupFindings(all, (text) => `#${text.length}`);

describe('findings of one cause', () => {
  it('are one, with the number of files and three examples of different ones', () => {
    const [one, ...others] = group(found('a'), found('a'), found('b'), found('c'), found('d'));
    expect(others).toEqual([]);
    expect(one).toMatchObject({ files: 4, rows: null, message: '4 files; the first: a waits.' });
    expect(one?.examples.map(({ file }) => file)).toEqual(['a', 'b', 'c']);
  });

  it('show more places of a file where there are too few files', () => {
    const places = (...files: string[]) => group(...files.map((file) => found(file)))[0]?.examples.map(({ file }) => file);
    expect([places('a', 'a', 'a', 'a', 'b'), places('a', 'a')]).toEqual([
      ['a', 'b', 'a'],
      ['a', 'a'],
    ]);
  });

  it('are told apart by code, column, state and fixes', () => {
    const all = group(
      found('a', { fixes: [fix('widen')] }),
      found('a', { fixes: [fix('reject-row')] }),
      found('a', { at: { unit: 'a', column: 'c' } }),
      found('a', { code: 'OTHER' }),
      found('a', {}, 'failed'),
    );
    expect(all).toHaveLength(5);
    expect(new Set(all.map(({ id }) => id)).size).toBe(5);
  });

  it('add up rejected rows', () => {
    const rows = (file: string, count: number): Found => ({ ...found(file, {}, 'rejected'), rows: count });
    expect(group(rows('a', 5), rows('a', 0), rows('b', 2))[0]).toMatchObject({ rows: 7, files: 2 });
  });

  it('come gravest first, with their fixes counted through', () => {
    const all = group(
      found('a', { code: 'NOTE', severity: 'info', fixes: [fix('a')] }, 'plan'),
      found('b', { code: 'ROWS', fixes: [fix('b'), fix('c')] }, 'rejected'),
      found('c', { code: 'READ', severity: 'error', fixes: [fix('d')] }, 'quarantined'),
      found('d', { code: 'WAIT', fixes: [] }, 'held'),
      found('e', { code: 'FAIL', severity: 'error' }, 'failed'),
    );
    expect(all.map(({ code, fixes }) => [code, ...fixes.map(({ number }) => number)])).toEqual([
      ['FAIL'],
      ['WAIT'],
      ['READ', 1],
      ['ROWS', 2, 3],
      ['NOTE', 4],
    ]);
  });
});
