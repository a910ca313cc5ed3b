import { describe, expect, it } from 'vitest';
import type { ReaderPlan } from '../format/reader-plan.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { givesTypes, hasGivenTypes, isSettledByHead } from './has-given-types.ts';

const int64 = { kind: 'int64' } as const;
const text = { kind: 'string' } as const;
const unit = (...names: string[]) => ({
  fields: names.map((name) => ({ field: { name, type: text, required: false }, evidence: [] })),
});
const delimited = { kind: 'delimited' } as ReaderPlan;
const json = { kind: 'json' } as ReaderPlan;

describe('a unit whose columns all have a given type', () => {
  it.each<[string, Record<string, ColumnSpec>, boolean]>([
    ['all of them', { id: { type: int64 }, Amount: { type: text } }, true],
    ['more than there are', { id: { type: int64 }, amount: { type: text }, other: { type: text } }, true],
    ['one is missing', { id: { type: int64 } }, false],
    ['one has no type', { id: { type: int64 }, amount: { trim: true } }, false],
    ['one is left out', { id: { type: int64 }, amount: { drop: true } }, true],
    ['under another name', { key: { type: int64, from: ['ID'] }, amount: { type: text } }, true],
    ['under its former name', { key: { type: int64, renamedFrom: 'id' }, amount: { type: text } }, true],
  ])('%s', (_, columns, expected) => {
    expect(hasGivenTypes(unit('id', 'amount'), delimited, columns)).toBe(expected);
  });

  it('is never one of JSON, where a member may come late', () => {
    expect(hasGivenTypes(unit('id'), json, { id: { type: int64 } })).toBe(false);
  });

  it('is only looked for where the spec gives any', () => {
    expect(givesTypes({ id: { trim: true } })).toBe(false);
    expect(givesTypes({ id: { type: int64 } })).toBe(true);
  });
});

describe('a unit of JSON that is settled by its head', () => {
  const lines = { ...json, framing: 'lines' } as ReaderPlan;
  const seen = { ...unit('id', 'place'), fieldsFrom: 'head' as const };
  const place = { kind: 'struct' as const, fields: [{ name: 'city', type: text, required: false }] };
  const output = { columns: { id: { type: int64 }, place: { type: place } }, rows: 'accepted' as const };

  it('has types for what the head has, whatever stands inside', () => {
    expect(isSettledByHead(seen, lines, output)).toBe(true);
    expect(isSettledByHead(seen, lines, { ...output, columns: { ID: { type: text }, place: { drop: true } } })).toBe(true);
  });

  it.each<[string, Parameters<typeof isSettledByHead>]>([
    ['delimited', [seen, delimited, output]],
    ['a document', [seen, { ...lines, framing: 'document' } as ReaderPlan, output]],
    ['one whose later parts have more', [unit('id', 'place'), lines, output]],
    ['one without a record', [{ ...unit(), fieldsFrom: 'head' }, lines, { ...output, columns: {} }]],
    ['one that somebody has to decide about', [{ ...seen, undecided: 'CODE' }, lines, output]],
    ['one with a member of no given type', [{ ...unit('id', 'place', 'other'), fieldsFrom: 'head' }, lines, output]],
    ['one that lacks a column of the spec', [{ ...unit('id'), fieldsFrom: 'head' }, lines, output]],
    ['flattened', [seen, lines, { ...output, flatten: { depth: 1, separator: '_', arrays: 'list' } as never }]],
    ['expanded', [seen, lines, { ...output, rows: { explode: ['place'] } }]],
    [
      'with a column from further inside',
      [seen, lines, { ...output, columns: { ...output.columns, c: { from: ['place', 'city'], type: text } } }],
    ],
  ])('is none that is %s', (_, question) => {
    expect(isSettledByHead(...question)).toBe(false);
  });
});
