// Questions about columns, told by the texts in files.

import { expect } from 'vitest';
import type { ColumnType, Field } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ColumnSpec, SchemaPolicy } from '../spec/ingestion-spec.ts';
import { pointerSegments } from '../spec/json-pointer.ts';
import type { ColumnAnswer, ColumnQuestion, ObservedUnit } from './column-question.ts';
import { observe } from './observe-texts.fixture.ts';
import { resolveColumns } from './resolve-columns.ts';
import * as tableSchema from './table-schema.ts';

/** Cells of one column; null is a cell without a value. */
export type Texts = readonly (string | null)[];

/** What a test says: the texts of each column of each file, and what differs from the defaults. */
export interface Case {
  files: Record<string, Record<string, Texts>>;
  declared?: Record<string, ColumnSpec>;
  table?: Record<string, ColumnType['kind'] | ColumnType> | null;
  required?: string[];
  /** Former name -> present name of columns of the table. */
  renamed?: Record<string, string>;
  policy?: Partial<SchemaPolicy>;
  sampled?: boolean;
}

const defaults: SchemaPolicy = { infer: 'full', onNewColumn: 'add', onTypeChange: 'hold', onRefuted: 'reject-row' };

function typeOf(type: ColumnType['kind'] | ColumnType): ColumnType {
  return typeof type === 'string' ? ({ kind: type } as ColumnType) : type;
}

/** The question of a case, with defaults. */
export function questionOf({
  files,
  declared = {},
  table = null,
  required = [],
  renamed = {},
  policy = {},
  sampled = false,
}: Case): ColumnQuestion {
  const units = Object.entries(files).map(
    ([name, columns]): ObservedUnit => ({
      isSample: sampled,
      fields: Object.entries(columns).map(([column, texts]) => {
        const observed = observe(texts, { unit: `key of ${name}` });
        return { ...observed, field: { ...observed.field, name: column } };
      }),
    }),
  );
  const fields = Object.entries(table ?? {}).map(
    ([name, type], index): Field => ({ name, id: index + 1, type: typeOf(type), required: required.includes(name) }),
  );
  return {
    units,
    names: Object.keys(files).map((name) => ({ uri: `file:///landing/${name}`, key: `key of ${name}` })),
    declared,
    table: table ? fields : null,
    ...(table ? { tableSchema } : {}),
    renamed: Object.entries(renamed).map(([from, to]) => ({ from: [from], to: [to] })),
    reserved: ['_source_file', '_ingested_at'],
    policy: { ...defaults, ...policy },
    limits: { maxRejectedRatio: 0.01 },
  };
}

/** The answer to a case. */
export function resolve(given: Case): ColumnAnswer {
  return resolveColumns(questionOf(given));
}

/** `name: type (origin)` for each column. */
export function columnsOf({ columns }: ColumnAnswer): string[] {
  return columns.map(({ name, field, origin }) => `${name}: ${JSON.stringify(field.type.kind).slice(1, -1)} (${origin})`);
}

/** Codes of the findings, held units aside. */
export function codesOf({ findings }: Pick<ColumnAnswer, 'findings'>): string[] {
  return findings.map(({ code }) => code);
}

/** The one finding with a code, among the findings and the reasons of units that wait. */
export function found(answer: ColumnAnswer, code: string): Diagnostic {
  const all = [...answer.findings, ...answer.held.values()].filter((finding) => finding.code === code);
  expect(all, `${code} is not there once: ${JSON.stringify(answer.findings)}`).toHaveLength(1);
  return all[0]!;
}

/** A value of `texts`, `count` times. */
const many = (count: number, text: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, index) => text(index));
/** The numbers from 1 on, as texts. */
export const numbers = (count: number) => many(count, (index) => String(index + 1));

/** The question after the first fix of a finding was applied to the spec. */
export function patched(given: Case, finding: Diagnostic): Case {
  const spec = {
    outputs: [{ columns: structuredClone(given.declared ?? {}) as Record<string, object> }],
    schema: { ...defaults, ...given.policy },
  };
  const operations = finding.fixes?.[0]?.specPatch as { op: string; path: string; value?: unknown }[] | undefined;
  expect(operations, `${finding.code} has no fix`).toBeDefined();
  for (const { op, path, value } of operations ?? []) {
    const segments = pointerSegments(path);
    const last = segments.pop()!;
    const parent = segments.reduce((at: unknown, segment) => (at as Record<string, unknown>)[segment], spec) as Record<
      string,
      unknown
    >;
    expect(parent, `${path} is no place in the spec`).toBeDefined();
    if (op !== 'add') expect(Object.hasOwn(parent, last), `${path} is not in the spec`).toBe(true);
    if (op === 'remove') delete parent[last];
    else parent[last] = value;
  }
  return { ...given, declared: spec.outputs[0]!.columns as Record<string, ColumnSpec>, policy: spec.schema };
}
