import type { CanonicalValue } from '../readers/readers.ts';
import { filtersOf } from './filters.ts';
import type { RandomTable } from './random-table.ts';
import type { Answer, TableAnswer } from './read-tables.ts';
import { type GapCounts, gapOf, type Reader } from './reader-gaps.ts';
import { canonicalText } from './scalar-texts.ts';

/** Types that a reader answers as another one, which holds the same values. */
const OTHER_TYPES: Record<Reader, (name: string) => string> = {
  PyIceberg: (name) => name,
  DuckDB: (name) => (name === 'uuid' ? 'string' : name.startsWith('fixed') ? 'binary' : name),
};

/** Everything in which the answer differs from the table that was written, one sentence each. */
export function differencesOf(table: RandomTable, reader: Reader, answer: Answer, gaps: GapCounts): string[] {
  if ('error' in answer) return [`cannot be read: ${answer.error}`];
  return [
    ...schemaDifferences(table, reader, answer),
    ...rowDifferences(table, answer),
    ...countDifferences(table, answer),
    ...filterDifferences(table, reader, answer, gaps),
    ...(answer.problems ?? []),
  ];
}

function schemaDifferences({ columns }: RandomTable, reader: Reader, { schema }: TableAnswer): string[] {
  const types = new Map(schema);
  return columns.flatMap(({ name, kind }) => {
    const expected = OTHER_TYPES[reader](kind.name);
    return types.get(name) === expected ? [] : [`column ${JSON.stringify(name)} is ${types.get(name)}, not ${expected}`];
  });
}

function rowDifferences({ columns }: RandomTable, { schema, rows }: TableAnswer): string[] {
  const places = new Map(schema.map(([name], at) => [name, at]));
  const cellOf = (row: readonly CanonicalValue[], name: string): CanonicalValue => row[places.get(name) ?? -1] ?? null;
  const sorted = [...rows].sort((a, b) => Number(cellOf(a, 'id')) - Number(cellOf(b, 'id')));
  const expected = columns[0]?.values.length ?? 0;
  if (sorted.length !== expected) return [`has ${sorted.length} rows, not ${expected}`];
  return columns.flatMap(({ name, kind, values }) =>
    values.flatMap((value, row) => {
      const wanted = value === null ? null : canonicalText(kind.type, value);
      const read = cellOf(sorted[row] ?? [], name);
      if (read === wanted) return [];
      return [`${kind.name} ${JSON.stringify(name)} of row ${row} is ${JSON.stringify(read)}, not ${JSON.stringify(wanted)}`];
    }),
  );
}

function countDifferences({ columns }: RandomTable, { records, nulls }: TableAnswer): string[] {
  const rows = columns[0]?.values.length ?? 0;
  const differences = records === rows ? [] : [`has ${records} records in its manifests, not ${rows}`];
  for (const { name, values } of columns) {
    const expected = values.filter((value) => value === null).length;
    const counted = Object.hasOwn(nulls, name) ? nulls[name] : 'no';
    if (counted !== expected) differences.push(`has ${counted} nulls in ${JSON.stringify(name)}, not ${expected}`);
  }
  return differences;
}

function filterDifferences(table: RandomTable, reader: Reader, { filters }: TableAnswer, gaps: GapCounts): string[] {
  return filtersOf(table).flatMap((filter, at) => {
    const { column, operator, value, ids } = filter;
    const answer = filters[at] ?? { error: 'no answer' };
    if ('ids' in answer && JSON.stringify(answer.ids) === JSON.stringify(ids)) return [];
    const gap = gapOf(reader, table, filter);
    if (gap !== null) {
      gaps.set(gap, (gaps.get(gap) ?? 0) + 1);
      return [];
    }
    const text = value === undefined ? '' : ` ${JSON.stringify(canonicalText(column.kind.type, value))}`;
    const condition = `${JSON.stringify(column.name)} (${column.kind.name}) ${operator}${text}`;
    if ('error' in answer) return [`cannot be filtered by ${condition}: ${answer.error}`];
    return [`where ${condition} gives the rows ${answer.ids.join()}, not ${ids.join()}`];
  });
}
