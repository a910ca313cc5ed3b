import { describe, expect, it } from 'vitest';
import { type Case, codesOf, columnsOf, found, patched, resolve } from './column-cases.fixture.ts';

const given: Case = {
  files: { 'new.csv': { Amount: ['2.582,97', '7,00'], amount_number: ['1', '2'] } },
  table: { amount: 'string', amount_number: 'int64' },
};

describe('a column that is text in the table, while files write numbers or dates in it', () => {
  it('is told as what cannot be changed, and its patch reads the values into a new column', () => {
    const answer = resolve(given);
    expect(columnsOf(answer)).toEqual(['amount: string (table)', 'amount_number: int64 (table)']);
    const finding = found(answer, 'SCHEMA_FORMAT_UNDECLARED');
    expect(finding.severity).toBe('info');
    expect(finding.message).toMatch(
      /^Column "amount" of the table is text and stays text; all 2 new values would be decimal\(18,2\) when read as 1\.234,5, .* another ingestion id\.$/,
    );
    const after = resolve(patched(given, finding));
    expect(columnsOf(after)).toEqual([
      'amount: string (declared)',
      'amount_number: int64 (table)',
      'amount_number_2: decimal (declared)',
    ]);
    expect([...after.sources.entries()]).toEqual([
      ['amount', ['amount']],
      ['amount_number', ['amount_number']],
      ['amount_number_2', ['amount']],
    ]);
    expect([after.held.size, codesOf(after)]).toEqual([0, []]);
  });

  it('keeps what the spec says of the column', () => {
    const declared: Case['declared'] = { amount: { onFailure: 'null' } };
    const after = patched({ ...given, declared }, found(resolve({ ...given, declared }), 'SCHEMA_FORMAT_UNDECLARED'));
    expect(after.declared?.amount).toEqual({ onFailure: 'null', type: { kind: 'string' } });
    expect(codesOf(resolve(after))).toEqual([]);
  });

  it('is not told where somebody declared it, or files bring words', () => {
    expect(codesOf(resolve({ ...given, declared: { amount: { type: { kind: 'string' } } } }))).toEqual([]);
    expect(codesOf(resolve({ ...given, files: { 'a.csv': { amount: ['2.582,97', 'none'], amount_number: ['1'] } } }))).toEqual(
      [],
    );
  });
});
