import { describe, expect, it } from 'vitest';
import type { ReaderPlan } from '../format/reader-plan.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { givesTypes, hasGivenTypes } from './has-given-types.ts';

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
