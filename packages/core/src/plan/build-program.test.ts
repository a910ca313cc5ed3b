import { describe, expect, it } from 'vitest';
import type { ColumnType, Field } from '../columns/column-type.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { buildProjection, groupReaders, type ReaderGroup } from './build-program.ts';
import type { ColumnDecision } from './ingestion-plan.ts';

const decimal: ColumnType = { kind: 'decimal', precision: 18, scale: 2 };

function field(name: string, kind: ColumnType | 'string' | 'int64' | 'date', id = 1): Field {
  return { name, id, type: typeof kind === 'string' ? { kind } : kind, required: false };
}

function decision(target: Field, origin: ColumnDecision['origin'] = 'inferred'): ColumnDecision {
  return { name: target.name, field: target, origin, evidence: [], misfits: 0 };
}

function reader(columns: string[], nulls: string[] = []): ReaderGroup {
  return { id: 'r1', format: 'csv', plan: { kind: 'opaque', format: 'csv' }, columns, nulls };
}

function rulesOf(
  fields: Field[],
  options: {
    reader?: ReaderGroup;
    decisions?: ColumnDecision[];
    columns?: Record<string, ColumnSpec>;
    provenance?: ('source-file' | 'ingested-at')[];
    sources?: Record<string, string>;
  } = {},
) {
  const { decisions = fields.map((target) => decision(target)), columns = {}, provenance = [] } = options;
  const sources = new Map(fields.map(({ name }) => [name, [options.sources?.[name] ?? name.toLowerCase()]]));
  const from = options.reader ?? reader(fields.map(({ name }) => name));
  return buildProjection(from, { columns, provenance, mode: { kind: 'append' } }, fields, decisions, sources).rules;
}

describe('buildProjection', () => {
  it('gives one rule per column of the table, in table order, wherever the files have them', () => {
    const fields = [field('a', 'int64', 1), field('b', 'string', 2)];
    const rules = rulesOf(fields, { reader: reader(['B', 'other', 'a']) });
    expect(rules).toMatchObject([
      { target: fields[0], kind: 'text', source: ['a'] },
      { target: fields[1], kind: 'text', source: ['B'] },
    ]);
  });

  it('fills columns that these files, or nobody, decide with null', () => {
    const fields = [field('here', 'string'), field('elsewhere', 'string'), field('old', 'int64')];
    const rules = rulesOf(fields, { reader: reader(['here']), decisions: [decision(fields[0]!), decision(fields[1]!)] });
    expect(rules.slice(1)).toEqual([
      { target: fields[1], kind: 'constant', value: null },
      { target: fields[2], kind: 'constant', value: null },
    ]);
  });

  it('fills provenance columns with their facts, also when a file has a column of that name', () => {
    const file = field('_source_file', 'string');
    const rules = rulesOf([file], { provenance: ['source-file'], decisions: [], reader: reader(['_source_file']) });
    expect(rules).toEqual([{ target: file, kind: 'provenance', value: 'unit-uri' }]);
  });

  it('reads a renamed column, and one column into two', () => {
    const fields = [field('total', 'int64'), field('label', 'string')];
    const rules = rulesOf(fields, { reader: reader(['Amount']), sources: { total: 'amount', label: 'amount' } });
    expect(rules).toMatchObject([{ source: ['Amount'] }, { source: ['Amount'] }]);
  });

  it('takes a quoted empty cell as null in every column but text', () => {
    const fields = [field('n', 'int64'), field('s', 'string')];
    const rules = rulesOf(fields, { reader: reader(['n', 's'], ['NA']) });
    expect(rules).toMatchObject([{ nulls: ['', 'NA'] }, { nulls: ['NA'] }]);
  });

  it('lets the spec of a column win over the format, whatever its case', () => {
    const columns: Record<string, ColumnSpec> = { AMOUNT: { nulls: ['-'], trim: true, onFailure: 'null' } };
    const [rule] = rulesOf([field('Amount', 'int64')], { reader: reader(['Amount'], ['NA']), columns });
    expect(rule).toMatchObject({ nulls: ['', '-'], trim: true, onFailure: 'null' });
  });

  it('rejects a value with more digits than an inferred decimal, and rounds to a declared one', () => {
    const target = field('amount', decimal);
    expect(rulesOf([target])[0]).toMatchObject({ parse: { exact: true } });
    expect(rulesOf([target], { decisions: [decision(target, 'table')] })[0]).toMatchObject({ parse: { exact: true } });
    expect(rulesOf([target], { decisions: [decision(target, 'declared')] })[0]).not.toHaveProperty('parse');
  });

  it('is not misled by columns that are called like members of every object', () => {
    const fields = ['constructor', '__proto__', 'toString'].map((name) => field(name, 'string'));
    for (const rule of rulesOf(fields)) {
      expect(rule).toMatchObject({ kind: 'text', source: [rule.target.name], trim: false, onFailure: 'reject-row' });
    }
  });
});

describe('groupReaders', () => {
  const delimited = (columns: string[]): ReaderPlan => ({
    kind: 'delimited',
    columns,
    delimiter: ',',
    quote: '"',
    escape: '"',
    comment: null,
    unescapedQuotes: 'stop-at-delimiter',
    encoding: 'utf-8',
    multiLine: true,
    header: true,
    skipLines: 0,
    skipFooterLines: 0,
    compression: null,
  });

  it('makes one group of units that are read the same way, with ids in order of appearance', () => {
    const unit = (columns: string[], nulls: string[] = []) => ({ format: 'csv', plan: delimited(columns), columns, nulls });
    const { groups, readerOf } = groupReaders(
      [unit(['a', 'b']), unit(['b', 'a']), unit(['a', 'b']), unit(['a', 'b'], ['NA'])],
      canonicalJson,
    );
    expect(readerOf).toEqual(['r1', 'r2', 'r1', 'r3']);
    expect(groups.map(({ id, columns, nulls }) => ({ id, columns, nulls }))).toEqual([
      { id: 'r1', columns: ['a', 'b'], nulls: [] },
      { id: 'r2', columns: ['b', 'a'], nulls: [] },
      { id: 'r3', columns: ['a', 'b'], nulls: ['NA'] },
    ]);
  });

  it('gives nothing for nothing', () => {
    expect(groupReaders([], canonicalJson)).toEqual({ groups: [], readerOf: [] });
  });
});
