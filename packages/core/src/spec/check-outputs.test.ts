import { describe, expect, it } from 'vitest';
import { issuesOf, rejects, table } from './spec-values.fixture.ts';
import { smallestSpec } from './test-registry.fixture.ts';

describe('outputs among themselves', () => {
  it.each([
    ['two of one name', [table, { ...rejects, name: 'main' }], '/outputs/1/name', 'a name that no other output has'],
    ['rejected rows first', [rejects], '/outputs/0/rows', '"accepted" for the first output'],
    [
      'rejected rows twice',
      [table, rejects, { ...rejects, name: 'more', options: { table: 'a.b' } }],
      '/outputs/2/rows',
      'at most one output for rejected rows',
    ],
    [
      'columns of rejected rows',
      [table, { ...rejects, columns: { a: {} } }],
      '/outputs/1/columns',
      'no columns, since those of rejected rows are fixed',
    ],
    [
      'one table for two',
      [table, { ...rejects, options: { partitionBy: [], table: 'sales.orders' } }],
      '/outputs/1/options',
      'a table of its own',
    ],
  ])('refuses %s', (_, outputs, path, expected) => {
    expect(issuesOf({ ...smallestSpec, outputs })).toEqual([
      { code: 'SPEC_INVALID', path, expected, received: expect.any(String), message: expect.stringContaining(expected) },
    ]);
  });
});
