import { expect, it } from 'vitest';
import { renamingIssues } from './check-renamings.ts';

it('takes columns that were called something else', () => {
  expect(renamingIssues({ a: { renamedFrom: 'x' }, b: { renamedFrom: 'y' }, c: { drop: true } })).toEqual([]);
  expect(renamingIssues(undefined)).toEqual([]);
  expect(renamingIssues({ a: null, b: { renamedFrom: 3 } })).toEqual([]);
});

it.each([
  ['the present name', { a: { renamedFrom: 'a' } }, ['a']],
  ['a name that another column has, in any case', { a: { renamedFrom: 'B' }, b: {} }, ['a']],
  ['one name for two columns', { a: { renamedFrom: 'x' }, b: { renamedFrom: 'X' } }, ['a', 'b']],
])('refuses %s', (_what, columns, names) => {
  expect(renamingIssues(columns).map(([path]) => path)).toEqual(names.map((name) => [name, 'renamedFrom']));
});

it('takes a name that differs from the present one in case only', () => {
  expect(renamingIssues({ Total: { renamedFrom: 'total' } })).toEqual([]);
});
