import { describe, expect, it } from 'vitest';
import { ignoredName, maskIgnored } from './ignored-name.ts';

describe('ignoredName', () => {
  it.each([
    ['_SUCCESS', 'marker'],
    ['a/_SUCCESS', 'marker'],
    ['.DS_Store', 'marker'],
    ['~$book.xlsx', 'marker'],
    ['part-0.csv.crc', 'marker'],
    ['.part-0.csv.crc', 'marker'],
    ['orders.csv.part', 'marker'],
    ['orders.csv._COPYING_', 'marker'],
    ['orders._COPYING_/a.csv', 'marker'],
    ['.hidden.csv', 'hidden'],
    ['_private.csv', 'hidden'],
    ['_delta_log/0.json', 'hidden'],
    ['.git/config', 'hidden'],
    ['../evil.csv', 'hidden'],
    ['a/..', 'hidden'],
    ['./a.csv', 'hidden'],
  ])('%s is %s', (path, kind) => {
    const found = ignoredName(path);
    expect(found?.kind).toBe(kind);
    expect(found?.reason).toMatch(/".+".*\.$/);
  });

  it('says that a name leads out of its folder', () => {
    for (const path of ['../evil.csv', 'a/../../evil.csv', '..'])
      expect(ignoredName(path)?.reason).toBe('The part ".." of the name leads out of its folder; nothing outside is read.');
    expect(ignoredName('..csv')?.reason).toBe('The name "..csv" begins with ".", so it counts as hidden.');
  });

  it.each(['orders.csv', 'a_b.csv', '_date=2024-01-01/a.csv', '_x=1.csv', 'a/b.c/d', 'x.crc/a.csv', 'my.part.csv', '~draft.csv'])(
    '%s is an ordinary name',
    (path) => {
      expect(ignoredName(path)).toBeNull();
    },
  );

  it('the mask changes exactly the names that are ignored', () => {
    for (const name of ['_SUCCESS', '.x', '_x', '~$x', 'x.crc', 'x.part', 'x._COPYING_'])
      expect(maskIgnored(name, true)).not.toBe(name);
    for (const name of ['x', '_x=1', 'x.csv']) expect(maskIgnored(name, true)).toBe(name);
    expect(maskIgnored('x.crc', false)).toBe('x.crc');
    expect(maskIgnored('x.crc', true)).toBe('x\uffff');
  });
});
