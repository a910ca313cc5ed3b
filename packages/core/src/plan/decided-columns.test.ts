import { describe, expect, it } from 'vitest';
import type { Field } from '../columns/column-type.ts';
import { decidedFields, decidedRenames, formerNames, schemaDecisions, withPresentNames } from './decided-columns.ts';

const field = (name: string): Field => ({ name, type: { kind: 'string' }, required: false });
const columns = {
  customer: { renamedFrom: 'client' },
  legacy: { drop: 'from-table' },
  noise: { drop: true },
  total: { renamedFrom: 'sum', from: ['amount'] },
} as const;

describe('what a spec decides about columns of a table', () => {
  const decisions = schemaDecisions({ columns: { ...columns, total: { ...columns.total, from: ['amount'] } } });

  it('is renamings, and columns that go; a column that is only left out of a file stays in the table', () => {
    expect(decisions).toEqual({
      renames: [
        { from: ['client'], to: ['customer'] },
        { from: ['sum'], to: ['total'] },
      ],
      drops: [['legacy']],
    });
  });

  it('shows the table as it will be', () => {
    const fields = ['id', 'client', 'legacy', 'noise'].map(field);
    expect(decidedFields(fields, decisions).map(({ name }) => name)).toEqual(['id', 'customer', 'noise']);
    expect(decidedFields(decidedFields(fields, decisions), decisions).map(({ name }) => name)).toEqual([
      'id',
      'customer',
      'noise',
    ]);
  });
});

describe('the names that columns of a table had before', () => {
  it('lead to those that they have after the decisions; what goes had none', () => {
    const renamed = [
      { from: ['buyer'], to: ['client'] },
      { from: ['old'], to: ['legacy'] },
      { from: ['key'], to: ['id'] },
    ];
    expect(decidedRenames({ renamed }, schemaDecisions({ columns: { ...columns, total: {} } }))).toEqual([
      { from: ['buyer'], to: ['customer'] },
      { from: ['key'], to: ['id'] },
    ]);
    expect(decidedRenames({}, { renames: [], drops: [] })).toEqual([]);
  });
});

describe('a file with the former name of a column', () => {
  const specs = { customer: { renamedFrom: 'client' }, total: { renamedFrom: 'sum', from: ['amount'] } };

  it('is read as if it had the present one', () => {
    expect(formerNames(['ID', 'Client'], specs)).toEqual(new Map([['customer', 'Client']]));
    expect(withPresentNames([{ field: field('ID') }, { field: field('Client') }], specs).map((one) => one.field.name)).toEqual([
      'ID',
      'customer',
    ]);
  });

  it('is left as it is when it has both names, and where the spec says which column fills it', () => {
    expect(formerNames(['client', 'Customer'], specs).size).toBe(0);
    expect(formerNames(['sum'], specs).size).toBe(0);
  });
});
