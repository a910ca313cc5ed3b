import { describe, expect, it } from 'vitest';
import { nullFix, textFix } from './column-fixes.ts';
import { fillKeyText, isMergeKey, isNullKey, withoutNullKeys } from './merge-keys.ts';

describe('keys of a merge', () => {
  it('are known by their names in any case, in a merge alone', () => {
    const merge = { kind: 'merge' as const, keys: ['Id', 'day'], newest: [] };
    expect(['id', 'ID', 'day', 'amount'].map((column) => isMergeKey(merge, column))).toEqual([true, true, true, false]);
    expect(isMergeKey({ kind: 'append' }, 'id')).toBe(false);
    expect(isMergeKey(undefined, 'id')).toBe(false);
  });

  it('that are null have a code of their own, and nothing but the file mends them', () => {
    expect(['id:null-key', 'id:null', 'id:int64'].map(isNullKey)).toEqual([true, false, false]);
    expect(fillKeyText(['a:b:null-key', 'x:int64', 'day:null-key', 'day:null-key'])).toBe(
      'fill in "a:b" and "day", by which rows are merged, or merge by other columns',
    );
    expect(fillKeyText(['x:int64'])).toBeNull();
  });
});

describe('withoutNullKeys', () => {
  const finding = {
    code: 'SCHEMA_VALUES_REFUTED',
    severity: 'warning' as const,
    message: 'Words.',
    fixes: [
      textFix('id', null),
      nullFix('id', null),
      nullFix('Day', { name: 'Day', spec: { trim: true } }),
      nullFix('amount', null),
    ],
  };

  it('takes fixes away that make a key null, and no others', () => {
    const titles = withoutNullKeys(finding, { kind: 'merge', keys: ['id', 'day'], newest: [] }).fixes.map(({ title }) => title);
    expect(titles).toEqual(['Make "id" text', 'Load such rows with null in "amount"']);
    expect(withoutNullKeys(finding, { kind: 'append' })).toBe(finding);
  });
});
