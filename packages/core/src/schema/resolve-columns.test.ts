import { describe, expect, it } from 'vitest';
import type { ColumnType } from '../columns/column-type.ts';
import {
  type Case,
  codesOf,
  columnsOf,
  found,
  numbers,
  patched,
  questionOf,
  resolve,
  type Texts,
} from './column-cases.fixture.ts';
import { resolveColumns } from './resolve-columns.ts';

describe('the type of a column that nobody declared', () => {
  it.each<[string, Texts, ColumnType['kind']]>([
    ['true and false', ['true', 'false', null], 'boolean'],
    ['whole numbers', ['1', '-2'], 'int64'],
    ['numbers with a point', ['1', '2.50'], 'decimal'],
    ['an exponent', ['1', '2e3'], 'float64'],
    ['days', ['2026-01-31'], 'date'],
    ['moments', ['2026-01-31T01:02:03'], 'timestamp'],
    ['anything else', ['1', 'x'], 'string'],
    ['a leading zero', ['007', '8'], 'string'],
  ])('%s', (_, texts, kind) => {
    expect(columnsOf(resolve({ files: { 'a.csv': { c: texts } } }))).toEqual([`c: ${kind} (inferred)`]);
  });

  it('follows from all files together, and names value, file and line that decided', () => {
    const answer = resolve({ files: { 'a.csv': { c: ['1', '2'] }, 'b.csv': { c: ['3', '4.5'] } } });
    expect(answer.columns[0]).toMatchObject({
      field: { type: { kind: 'decimal', scale: 1 }, required: false },
      evidence: expect.arrayContaining([
        expect.objectContaining({
          excludes: { kind: 'int64' },
          value: '4.5',
          at: expect.objectContaining({ unit: 'key of b.csv', line: 3 }),
        }),
      ]),
    });
  });

  it('is text without a look at the values when the spec infers nothing', () => {
    expect(columnsOf(resolve({ files: { 'a.csv': { c: ['1'], d: [null] } }, policy: { infer: 'off' } }))).toEqual([
      'c: string (inferred)',
      'd: string (inferred)',
    ]);
  });

  it('is not told for a column without values, which is not created', () => {
    const given: Case = { files: { 'a.csv': { c: [null, ''], d: ['1'] }, 'b.csv': { c: [null] } } };
    const answer = resolve(given);
    expect(columnsOf(answer)).toEqual(['d: int64 (inferred)']);
    const finding = found(answer, 'SCHEMA_COLUMN_EMPTY');
    expect(finding).toMatchObject({ severity: 'info', message: expect.stringContaining('"c"') });
    const after = resolve(patched(given, finding));
    expect(columnsOf(after)).toEqual(['c: string (declared)', 'd: int64 (inferred)']);
    expect(codesOf(after)).not.toContain('SCHEMA_COLUMN_EMPTY');
  });

  it('is text when only a part without values was looked at: the rest may have some', () => {
    const given: Case = { files: { 'a.csv': { c: [null] } }, sampled: true };
    const answer = resolve(given);
    expect(columnsOf(answer)).toEqual(['c: string (inferred)']);
    expect(codesOf(resolve(patched(given, found(answer, 'SCHEMA_COLUMN_EMPTY'))))).toEqual([]);
  });

  it('says why numbers became text', () => {
    const zeros = resolve({ files: { 'a.csv': { zip: ['10115', '01067'] } } });
    expect(found(zeros, 'SCHEMA_MIXED_TYPES').message).toBe(
      'Column "zip" is text: a number with a leading zero or plus sign would lose it, see "01067" in a.csv line 3.',
    );
    const mixed = resolve({ files: { 'a.csv': { c: [...numbers(10), 'x'] } } });
    expect(found(mixed, 'SCHEMA_MIXED_TYPES').message).toMatch(/"x" in a\.csv line 12/);
    const words = resolve({ files: { 'a.csv': { c: ['a', 'b', '1'] } } });
    expect(codesOf(words)).toEqual([]);
  });
});

describe('a value that refutes the type of the others', () => {
  const given: Case = { files: { 'a.csv': { c: numbers(150) }, 'b.csv': { c: [...numbers(49), 'x'] } } };

  it('leaves the type alone up to one in a hundred, and says so with value, file and line', () => {
    const answer = resolve(given);
    expect(columnsOf(answer)).toEqual(['c: int64 (inferred)']);
    expect(answer.columns[0]?.misfits).toBe(1);
    expect(answer.held.size).toBe(0);
    expect(found(answer, 'SCHEMA_VALUES_REFUTED')).toMatchObject({
      severity: 'warning',
      message: 'Column "c" is int64: 1 of 200 values do not fit, the first is "x" in b.csv line 51; their rows will be rejected.',
      at: { unit: 'key of b.csv', line: 51 },
      evidence: [{ excludes: { kind: 'int64' }, value: 'x' }],
    });
  });

  it('makes text of the column when its patch is applied, and the finding is gone', () => {
    const after = resolve(patched(given, found(resolve(given), 'SCHEMA_VALUES_REFUTED')));
    expect(columnsOf(after)).toEqual(['c: string (declared)']);
    expect(codesOf(after)).toEqual([]);
  });

  it('keeps what else the spec says about the column', () => {
    const renamed: Case = { ...given, declared: { total: { from: ['c'] } } };
    const after = resolve(patched(renamed, found(resolve(renamed), 'SCHEMA_VALUES_REFUTED')));
    expect(columnsOf(after)).toEqual(['total: string (declared)']);
    expect(after.sources.get('total')).toEqual(['c']);
  });

  it('makes its file wait when the spec wants that, and the others decide without it', () => {
    const holding: Case = { ...given, policy: { onRefuted: 'hold' } };
    const answer = resolve(holding);
    expect([...answer.held.keys()]).toEqual([1]);
    expect(answer.columns[0]).toMatchObject({ field: { type: { kind: 'int64' } }, misfits: 0 });
    const finding = found(answer, 'SCHEMA_TYPE_CONFLICT');
    expect(finding.message).toBe(
      'file:///landing/b.csv waits: column "c" is int64, but 1 of 50 values do not fit, the first is "x" in b.csv line 51.',
    );
    expect(resolve(patched(holding, finding)).held.size).toBe(0);
  });

  it('makes text of a column in which there are too many of them, or too few others', () => {
    expect(columnsOf(resolve({ files: { 'a.csv': { c: [...numbers(100), 'x', 'y'] } } }))).toEqual(['c: string (inferred)']);
    expect(columnsOf(resolve({ files: { 'a.csv': { c: [...numbers(50), 'x'] } } }))).toEqual(['c: string (inferred)']);
  });
});

describe('names', () => {
  it('are the same in any case, and the first spelling stays', () => {
    const answer = resolve({ files: { 'a.csv': { Id: ['1'] }, 'b.csv': { ID: ['2'] } } });
    expect(columnsOf(answer)).toEqual(['Id: int64 (inferred)']);
  });

  it('may be those of members that every object has, or need escapes in a patch', () => {
    const names = ['constructor', '__proto__', 'a/b', 'c~d'];
    const files = { 'a.csv': Object.fromEntries(names.map((name) => [`${name}`, ['x']])) };
    Object.defineProperty(files['a.csv'], '__proto__', { value: ['x'], enumerable: true });
    expect(columnsOf(resolve({ files })).sort()).toEqual(names.map((name) => `${name}: string (inferred)`).sort());
    for (const name of ['a/b', 'c~d']) {
      const given: Case = { files: { 'a.csv': { [name]: [...numbers(199), 'x'] } } };
      const after = resolve(patched(given, found(resolve(given), 'SCHEMA_VALUES_REFUTED')));
      expect(columnsOf(after)).toEqual([`${name}: string (declared)`]);
    }
  });
});

describe('resolveColumns', () => {
  it('leaves the question as it was, and answers the same again', () => {
    const question = questionOf({ files: { 'a.csv': { a: ['1'] }, 'b.csv': { a: ['x'] } }, table: { a: 'int64' } });
    const before = JSON.stringify(question);
    expect(resolveColumns(question)).toEqual(resolveColumns(question));
    expect(JSON.stringify(question)).toBe(before);
  });

  it('has nothing to say about nothing', () => {
    expect(resolve({ files: {} })).toEqual({ columns: [], sources: new Map(), held: new Map(), findings: [] });
    expect(columnsOf(resolve({ files: {}, table: { a: 'int64' } }))).toEqual(['a: int64 (table)']);
  });
});
