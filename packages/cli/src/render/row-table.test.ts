import type { Field } from '@calve/core';
import { describe, expect, it } from 'vitest';
import { rowTable } from './row-table.ts';

const field = (name: string): Field => ({ name, type: { kind: 'string' }, required: false });

describe('rowTable', () => {
  it('aligns names, types and values, and leaves out where a row came from', () => {
    const fields = [
      field('id'),
      field('_source_file'),
      { ...field('amount'), type: { kind: 'decimal', precision: 12, scale: 2 } } as Field,
    ];
    expect(
      rowTable(fields, [
        { id: 'a', amount: '1.50' },
        { id: null, amount: null },
      ]),
    ).toEqual(['id      amount', 'string  decimal(12,2)', '------  -------------', 'a       1.50', 'null    null']);
  });

  it('shortens what is long and wide, and shows no control character', () => {
    const fields = Array.from({ length: 30 }, (_, at) => field(`c${at}`));
    const lines = rowTable(fields, [{ c0: 'x'.repeat(1e6), c1: 'a\u001b[31mb\n' }]);
    expect(lines.join('\n')).toContain(`${'x'.repeat(39)}…`);
    expect(lines.join('\n')).toContain('a\\u001b[31mb\\u000a');
    expect(lines.at(-1)).toBe('… and 10 more columns (--json shows all)');
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(400);
  });

  it('knows columns that are called like members of every object', () => {
    expect(rowTable([field('constructor')], [Object.fromEntries([['constructor', 'v']]), {}]).slice(-2)).toEqual(['v', 'null']);
  });
});
