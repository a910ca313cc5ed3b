import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../columns/column-type.ts';
import { type Case, codesOf, columnsOf, found, numbers, patched, resolve } from './column-cases.fixture.ts';

describe('a column of the table', () => {
  it('comes first and keeps name, id, type and order, whatever the files say', () => {
    const answer = resolve({
      files: { 'a.csv': { new: ['x'], B: ['2'], a: ['1'] } },
      table: { a: 'string', b: { kind: 'decimal', precision: 9, scale: 2 } },
    });
    expect(columnsOf(answer)).toEqual(['a: string (table)', 'b: decimal (table)', 'new: string (inferred)']);
    expect(answer.columns[1]?.field).toMatchObject({ name: 'b', id: 2 });
    expect(Object.fromEntries(answer.sources)).toEqual({ a: ['a'], b: ['b'], new: ['new'] });
  });

  it('makes files wait in which more than the limit does not fit, each with its reason', () => {
    const given: Case = {
      files: { 'a.csv': { c: ['1'] }, 'b.csv': { c: ['1', 'x'] }, 'c.csv': { c: ['1.5'] } },
      table: { c: 'int64' },
    };
    const answer = resolve(given);
    expect([...answer.held.keys()]).toEqual([1, 2]);
    expect(answer.held.get(1)).toMatchObject({
      code: 'SCHEMA_TYPE_CONFLICT',
      message:
        'file:///landing/b.csv waits: column "c" is int64, but 1 of 2 values do not fit, the first is "x" in b.csv line 3.',
      at: { unit: 'key of b.csv', line: 3 },
      evidence: [{ excludes: { kind: 'int64' }, value: 'x' }],
    });
    expect(codesOf(answer)).toEqual([]);
    expect(resolve(patched(given, answer.held.get(1)!)).held.size).toBe(0);
  });

  it('rejects the few rows that do not fit, and says so', () => {
    const files = { 'a.csv': { c: [...numbers(199), 'x'] } };
    const answer = resolve({ files, table: { c: 'int64' } });
    expect(answer.held.size).toBe(0);
    expect(found(answer, 'SCHEMA_VALUES_REFUTED').message).toBe(
      'Column "c" of the table is int64: 1 new values do not fit, the first is "x" in a.csv line 201; their rows will be rejected.',
    );
    expect(resolve({ files, table: { c: 'int64' }, policy: { onRefuted: 'hold' } }).held.size).toBe(1);
  });

  it('grows only when the spec lets it: more digits, or 64 bits for 32', () => {
    const decimal: ColumnType = { kind: 'decimal', precision: 4, scale: 2 };
    const digits: Case = { files: { 'a.csv': { c: ['123456.78'] } }, table: { c: decimal } };
    expect(resolve(digits).held.size).toBe(1);
    const wider = resolve({ ...digits, policy: { onTypeChange: 'widen' } });
    expect(wider.held.size).toBe(0);
    expect(wider.columns[0]?.field.type).toEqual({ ...decimal, precision: 38 });
    expect(found(wider, 'SCHEMA_TYPE_CONFLICT')).toMatchObject({
      severity: 'info',
      message: 'Column "c" is widened from decimal(4,2) to decimal(38,2).',
    });
    const long: Case = { files: { 'a.csv': { c: ['12345678901'] } }, table: { c: 'int32' }, policy: { onTypeChange: 'widen' } };
    expect(columnsOf(resolve(long))).toEqual(['c: int64 (table)']);
    const text: Case = { files: { 'a.csv': { c: ['x'] } }, table: { c: decimal }, policy: { onTypeChange: 'widen' } };
    expect(resolve(text).held.size).toBe(1);
  });

  it('has null where files lack it, and makes them wait when it may not be null', () => {
    const files = { 'a.csv': { a: ['1'], b: ['1'] }, 'b.csv': { a: ['2'] }, 'c.csv': { a: ['3'] } };
    const optional = resolve({ files, table: { a: 'int64', b: 'int64' } });
    expect(optional.held.size).toBe(0);
    expect(found(optional, 'SCHEMA_COLUMN_MISSING')).toMatchObject({
      severity: 'info',
      message: 'Column "b" is absent from 2 of 3 files (file:///landing/b.csv, …): null there.',
    });
    const required = resolve({ files, table: { a: 'int64', b: 'int64' }, required: ['b'] });
    expect([...required.held.keys()]).toEqual([1, 2]);
    expect(required.held.get(1)?.message).toContain('b.csv waits: it lacks column "b"');
  });

  it('is not a column of the data when Calve fills it', () => {
    const answer = resolve({ files: { 'a.csv': { a: ['1'] } }, table: { a: 'int64', _source_file: 'string' } });
    expect(columnsOf(answer)).toEqual(['a: int64 (table)']);
    expect(codesOf(answer)).toEqual([]);
  });
});

describe('a column that the table does not have', () => {
  const given: Case = { files: { 'a.csv': { a: ['1'] }, 'b.csv': { a: ['2'], b: ['x'] } }, table: { a: 'int64' } };

  it('is added and reported', () => {
    const answer = resolve(given);
    expect(columnsOf(answer)).toEqual(['a: int64 (table)', 'b: string (inferred)']);
    expect(found(answer, 'SCHEMA_COLUMN_ADDED')).toMatchObject({ severity: 'info', message: expect.stringContaining('b.csv') });
  });

  it('makes the files that have it wait, until the patch adds it', () => {
    const holding: Case = { ...given, policy: { onNewColumn: 'hold' } };
    const answer = resolve(holding);
    expect([...answer.held.keys()]).toEqual([1]);
    expect(columnsOf(answer)).toEqual(['a: int64 (table)']);
    const after = resolve(patched(holding, found(answer, 'SCHEMA_COLUMN_HELD')));
    expect(after.held.size).toBe(0);
    expect(columnsOf(after)).toContain('b: string (inferred)');
  });

  it('is left out and reported, until the patch adds it', () => {
    const ignoring: Case = { ...given, policy: { onNewColumn: 'ignore' } };
    const answer = resolve(ignoring);
    expect(answer.held.size).toBe(0);
    expect(columnsOf(answer)).toEqual(['a: int64 (table)']);
    const after = resolve(patched(ignoring, found(answer, 'SCHEMA_COLUMN_IGNORED')));
    expect(columnsOf(after)).toContain('b: string (inferred)');
    expect(codesOf(after)).not.toContain('SCHEMA_COLUMN_IGNORED');
  });

  it.each(['add', 'hold', 'ignore'] as const)('waits for values before anything else: %s', (onNewColumn) => {
    const answer = resolve({ files: { 'a.csv': { a: ['1'], b: [null] } }, table: { a: 'int64' }, policy: { onNewColumn } });
    expect(answer.held.size).toBe(0);
    expect(codesOf(answer)).toEqual(['SCHEMA_COLUMN_EMPTY']);
  });

  it('has no influence when its file waits for another reason', () => {
    const answer = resolve({ files: { 'a.csv': { a: ['1'] }, 'b.csv': { a: ['x'], b: ['y'] } }, table: { a: 'int64' } });
    expect([...answer.held.keys()]).toEqual([1]);
    expect(columnsOf(answer)).toEqual(['a: int64 (table)']);
    expect(codesOf(answer)).toEqual([]);
  });
});
