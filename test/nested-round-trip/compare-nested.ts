import { typeText } from '@calve/core/plugin';
import type { CanonicalValue } from '../readers/readers.ts';
import { membersOf, sortedMaps } from './canonical-value.ts';
import { columnTypeOf, type ModelType } from './model-type.ts';
import type { NestedTable } from './random-nested-table.ts';

export const READERS = ['PyIceberg', 'DuckDB', 'Spark'] as const;
export type Reader = (typeof READERS)[number];

/** A table as one reader sees it. What only PyIceberg tells is absent elsewhere. */
export interface NestedAnswer {
  schema: [name: string, type: string][];
  rows: CanonicalValue[][];
  records?: number;
  sort?: string[];
  sortedFiles?: (number | null)[];
  problems?: string[];
}

/** Everything in which an answer differs from the table, one sentence each. @param view How values are looked at: as they are, unless a reader has a gap. */
export function nestedDifferences(
  table: NestedTable,
  reader: Reader,
  answer: NestedAnswer | { error: string },
  view: (type: ModelType, value: CanonicalValue) => CanonicalValue = (_, value) => value,
): string[] {
  if ('error' in answer) return [`cannot be read: ${answer.error}`];
  const rows = [...table.rows, ...table.later];
  return [
    ...schemaDifferences(table, reader, answer),
    ...rowDifferences(table, answer, view),
    ...(answer.records === undefined || answer.records === rows.length ? [] : [`has ${answer.records} records in its manifests`]),
    ...(answer.problems ?? []),
    ...sortDifferences(table, answer),
  ];
}

function schemaDifferences({ after }: NestedTable, reader: Reader, { schema }: NestedAnswer): string[] {
  const wanted = after.map(({ name, type }) => `${name}: ${wordsOf(type, reader)}`);
  const found = schema.map(([name, type]) => `${name}: ${type}`);
  return JSON.stringify(found) === JSON.stringify(wanted)
    ? []
    : [`has the columns ${found.join(', ')} and not ${wanted.join(', ')}`];
}

/** DuckDB and Spark have other types for these two, which hold the same values. */
function wordsOf(type: ModelType, reader: Reader): string {
  const text = typeText(columnTypeOf(type));
  return reader === 'PyIceberg' ? text : text.replaceAll(/\buuid\b/g, 'string').replaceAll(/\bfixed\(\d+\)/g, 'binary');
}

function rowDifferences(
  { after, rows, later }: NestedTable,
  answer: NestedAnswer,
  view: (type: ModelType, value: CanonicalValue) => CanonicalValue,
): string[] {
  const wanted = [...rows, ...later].map((row) => membersOf(after, row));
  const place = answer.schema.findIndex(([name]) => name === 'id');
  const own = after.findIndex(({ name }) => name === 'id');
  const found = [...answer.rows].sort((a, b) => Number(a[place]) - Number(b[place]));
  if (found.length !== wanted.length) return [`has ${found.length} rows, not ${wanted.length}`];
  return wanted.flatMap((row, at) =>
    after.flatMap(({ name, type }, column) => {
      const read = JSON.stringify(view(type, sortedMaps(type, found[at]?.[column] ?? null)));
      const value = JSON.stringify(view(type, row[column] ?? null));
      return read === value
        ? []
        : [`${wordsOf(type, 'PyIceberg')} ${JSON.stringify(name)} of row ${row[own]} is ${read}, not ${value}`];
    }),
  );
}

function sortDifferences({ maker, sortBy, laterSortBy }: NestedTable, { sort, sortedFiles }: NestedAnswer): string[] {
  if (maker !== 'Calve' || sort === undefined) return [];
  const wanted = (laterSortBy ?? sortBy).length;
  const sentences = sort.length === wanted ? [] : [`is sorted by ${sort.join(', ')}, not by ${wanted} fields`];
  const ids = new Set(sortedFiles);
  if (sortBy.length > 0 && laterSortBy === null && (ids.size !== 1 || ids.has(0)))
    sentences.push(`has files of the sort orders ${[...ids]}`);
  return sentences;
}
