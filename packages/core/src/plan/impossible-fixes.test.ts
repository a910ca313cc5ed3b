import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import * as schema from '../schema/table-schema.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { impossibleFixes } from './impossible-fixes.ts';

const of = (column?: string): Diagnostic => ({
  code: 'SCHEMA_IMPOSSIBLE',
  severity: 'error',
  message: 'No.',
  ...(column === undefined ? {} : { at: { unit: '', column } }),
});
const read = { title: 'Read "Datum" as dd.MM.yyyy', specPatch: [] };
const answer = {
  sources: new Map([
    ['day', ['datum']],
    ['amount', ['amount']],
  ]),
  findings: [{ ...of('Datum'), code: 'SCHEMA_FORMAT_UNDECLARED', fixes: [read] }],
};
const state = { identity: 'uuid', schemaId: 0, partitionSpecId: 0, snapshot: null, raw: null };
const decimal: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };
const fixes = (diagnostic: Diagnostic, columns: Record<string, ColumnSpec> = {}, table: ColumnType['kind'] | null = null) =>
  impossibleFixes(
    diagnostic,
    { columns },
    table === null
      ? { state: 'absent' }
      : { state: { ...state, fields: [{ name: 'amount', type: { kind: table } as ColumnType, required: false }] }, schema },
    answer,
  );

describe('what can be done where a table cannot take a column', () => {
  it('is to declare how its values are written, where nobody did', () => {
    expect(fixes(of('day'))).toEqual([read]);
    expect(fixes(of('amount'))).toEqual([]);
    expect(fixes(of())).toEqual([]);
    expect(fixes(of('elsewhere'))).toEqual([]);
  });

  it('is a new column beside one that is text in the table, which takes over how values are read', () => {
    const columns: Record<string, ColumnSpec> = {
      amount: { type: decimal, parse: { decimal: ',' }, renamedFrom: 'sum' },
      amount_number: {},
    };
    expect(fixes(of('amount'), columns, 'string')).toEqual([
      {
        title: 'Read it into a new column "amount_number_2", and leave "amount" text',
        specPatch: [
          {
            op: 'add',
            path: '/outputs/0/columns/amount_number_2',
            value: { from: ['amount'], type: decimal, parse: { decimal: ',' } },
          },
          {
            op: 'replace',
            path: '/outputs/0/columns/amount',
            value: { renamedFrom: 'sum', type: { kind: 'string' } },
          },
        ],
      },
    ]);
    expect(fixes(of('amount'), columns, 'int64')).toEqual([]);
  });
});
