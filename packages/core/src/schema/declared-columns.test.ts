import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../columns/column-type.ts';
import { type Case, codesOf, columnsOf, found, numbers, patched, resolve } from './column-cases.fixture.ts';

describe('what the spec says about a column', () => {
  const decimal: ColumnType = { kind: 'decimal', precision: 12, scale: 2 };

  it('decides its type, and what does not fit is said before anything is loaded', () => {
    const given: Case = { files: { 'a.csv': { c: ['1', 'x'] } }, declared: { c: { type: decimal } } };
    const answer = resolve(given);
    expect(answer.columns[0]).toMatchObject({ field: { type: decimal }, origin: 'declared', misfits: 1 });
    const finding = found(answer, 'SCHEMA_VALUES_REFUTED');
    expect(finding.message).toMatch(/1 of 2 values do not fit, the first is "x" in a\.csv line 3; .*nothing will be committed/);
    const after = resolve(patched(given, finding));
    expect(columnsOf(after)).toEqual(['c: string (declared)']);
    expect(codesOf(after)).toEqual([]);
  });

  it('is compared with rows, not with the few cells that have a value', () => {
    const answer = resolve({
      files: { 'a.csv': { c: [...numbers(9), 'x', ...Array.from({ length: 990 }, () => null)] } },
      declared: { c: { type: { kind: 'int64' } } },
    });
    expect(found(answer, 'SCHEMA_VALUES_REFUTED').message).toMatch(/1 of 10 values .*their rows will be rejected/);
  });

  it('is not judged by rules that are not its own', () => {
    for (const spec of [{ trim: true }, { nulls: ['x'] }, { parse: { true: ['x'] } }]) {
      const answer = resolve({ files: { 'a.csv': { c: ['x'] } }, declared: { c: { type: { kind: 'boolean' }, ...spec } } });
      expect(codesOf(answer)).toEqual([]);
    }
  });

  it('may be a type of which the statistics know little: only what cannot be one is told', () => {
    const texts = ['09:30:00', '1'];
    for (const [kind, misfits] of [
      ['time', 1],
      ['uuid', 1],
      ['binary', 0],
    ] as const) {
      const answer = resolve({ files: { 'a.csv': { c: texts } }, declared: { c: { type: { kind } } } });
      expect([kind, answer.columns[0]?.misfits]).toEqual([kind, misfits]);
    }
    const held = resolve({ files: { 'a.csv': { c: ['123e4567-e89b-12d3-a456-426614174000'] } }, table: { c: 'uuid' } });
    expect([held.held.size, codesOf(held)]).toEqual([0, []]);
  });

  it('wins over the table, in whatever case it is written', () => {
    const answer = resolve({
      files: { 'a.csv': { AMOUNT: ['1'] } },
      declared: { amount: { type: decimal } },
      table: { Amount: 'int64' },
    });
    expect(answer.columns).toMatchObject([{ name: 'Amount', origin: 'declared', field: { id: 1, type: decimal } }]);
    expect(codesOf(answer)).toEqual([]);
  });

  it('names the column of a new table', () => {
    const answer = resolve({ files: { 'a.csv': { AMOUNT: ['1'] } }, declared: { amount: { nulls: ['-'] } } });
    expect(columnsOf(answer)).toEqual(['amount: int64 (inferred)']);
    expect(answer.sources.get('amount')).toEqual(['amount']);
  });

  it('renames a column, and fills two from one', () => {
    const files = { 'a.csv': { betrag: ['1'], name: ['x'] } };
    const renamed = resolve({ files, declared: { amount: { from: ['Betrag'] } } });
    expect(columnsOf(renamed)).toEqual(['amount: int64 (inferred)', 'name: string (inferred)']);
    expect(renamed.sources.get('amount')).toEqual(['betrag']);
    const two = resolve({
      files,
      declared: { amount: { from: ['betrag'] }, label: { from: ['betrag'], type: { kind: 'string' } } },
    });
    expect(columnsOf(two)).toEqual(['amount: int64 (inferred)', 'label: string (declared)', 'name: string (inferred)']);
    expect(two.sources.get('label')).toEqual(['betrag']);
  });

  it.each([
    ['before', { amount: ['9'], betrag: ['1'] }],
    ['behind', { betrag: ['1'], amount: ['9'] }],
  ])('does not let a column of the file take a name that is filled from elsewhere: %s', (_, columns) => {
    const given: Case = { files: { 'a.csv': columns }, declared: { amount: { from: ['betrag'] } } };
    const answer = resolve(given);
    expect(columnsOf(answer)).toEqual(['amount: int64 (inferred)']);
    expect(answer.sources.get('amount')).toEqual(['betrag']);
    const after = resolve(patched(given, found(answer, 'SCHEMA_COLUMN_IGNORED')));
    expect(columnsOf(after).sort()).toEqual(['amount: int64 (inferred)', 'amount_2: int64 (inferred)']);
    expect(codesOf(after)).toEqual([]);
  });

  it('drops a column of the files', () => {
    const answer = resolve({ files: { 'a.csv': { a: ['1'], b: ['2'] } }, declared: { b: { drop: true } } });
    expect(columnsOf(answer)).toEqual(['a: int64 (inferred)']);
    expect(codesOf(answer)).toEqual([]);
  });

  it('is reported when no file has the column, with names that are near', () => {
    const given: Case = { files: { 'a.csv': { amount: ['1'] } }, declared: { amuont: { type: decimal } } };
    const answer = resolve(given);
    const finding = found(answer, 'SCHEMA_COLUMN_UNKNOWN');
    expect(finding.message).toBe('The spec names column "amuont", but no file has it; near: amount.');
    expect(codesOf(resolve(patched(given, finding)))).toEqual([]);
    expect(codesOf(resolve({ files: {}, declared: { x: { type: decimal } } }))).toEqual([]);
  });
});

describe('a column with the name of one that Calve adds', () => {
  it('makes its file wait, until the patch gives it another name', () => {
    const given: Case = { files: { 'a.csv': { a: ['1'] }, 'b.csv': { a: ['2'], _Source_File: ['x'] } } };
    const answer = resolve(given);
    expect([...answer.held.keys()]).toEqual([1]);
    expect(columnsOf(answer)).toEqual(['a: int64 (inferred)']);
    const finding = found(answer, 'SCHEMA_RESERVED_NAME');
    expect(finding.message).toContain('b.csv waits: its column "_Source_File"');
    const after = resolve(patched(given, finding));
    expect(after.held.size).toBe(0);
    expect(columnsOf(after)).toEqual(['a: int64 (inferred)', 'file_Source_File: string (inferred)']);
  });
});
