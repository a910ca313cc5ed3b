import type { CanonicalValue } from '../readers/readers.ts';
import { type NestedAnswer, nestedDifferences, type Reader } from './compare-nested.ts';
import { leafKinds, type ModelType } from './model-type.ts';
import type { NestedTable } from './random-nested-table.ts';
import { holdsStructs } from './random-values.ts';

/** A table that a reader cannot read, or reads wrongly, whoever wrote it. The other readers prove it. */
export interface NestedGap {
  reader: Reader;
  reason: string;
  /** True when the answer differs in nothing else. */
  explains(table: NestedTable, answer: NestedAnswer | { error: string }): boolean;
}

/** What PyIceberg 0.12.0, DuckDB 1.5.5 and Spark 4.0.2 cannot do. The test says so when one of them is no longer needed. */
export const NESTED_GAPS: readonly NestedGap[] = [
  {
    reader: 'Spark',
    reason: 'has no type for `time` and reads no table that has one',
    explains: ({ after }, answer) => leafKinds(after).has('time') && 'error' in answer,
  },
  {
    reader: 'Spark',
    reason:
      'takes the value of an identity partition field inside a struct from the manifest, and makes a struct of null of a null struct',
    explains: (table, answer) => {
      const parents = table.partition.flatMap(({ path, transform }) =>
        path.length > 1 && transform === 'identity' ? [path[0]] : [],
      );
      const types = new Set(table.after.filter(({ name }) => parents.includes(name)).map(({ type }) => type));
      const view = (type: ModelType, value: CanonicalValue): CanonicalValue =>
        types.has(type) && Array.isArray(value) && value.every((member) => member === null) ? null : value;
      return types.size > 0 && nestedDifferences(table, 'Spark', answer, view).length === 0;
    },
  },
  {
    reader: 'Spark',
    reason:
      'reads no manifest whose files are partitioned by the identity of a fixed column: Java takes its length from the value',
    explains: ({ partition }, answer) =>
      'error' in answer && partition.some(({ cell }) => cell.transform === 'identity' && cell.family === 'fixed'),
  },
  {
    reader: 'PyIceberg',
    reason: 'cannot give a null struct another type when a member of it is required',
    explains: (_, answer) => 'error' in answer && /ArrowInvalid: Can't view array .*not null/s.test(answer.error),
  },
  {
    reader: 'PyIceberg',
    reason: 'gives null lists and maps of structs back as empty ones (apache/arrow#38809)',
    explains: (table, answer) => nestedDifferences(table, 'PyIceberg', answer, withoutNullLists).length === 0,
  },
];

/** The gap that explains what differs; `null`: nothing does. */
export function gapOf(reader: Reader, table: NestedTable, answer: NestedAnswer | { error: string }): NestedGap | null {
  return NESTED_GAPS.find((gap) => gap.reader === reader && gap.explains(table, answer)) ?? null;
}

function withoutNullLists(type: ModelType, value: CanonicalValue): CanonicalValue {
  if (value === null) return holdsStructs(type) ? [] : null;
  if (!Array.isArray(value)) return value;
  switch (type.kind) {
    case 'leaf':
      return value;
    case 'struct':
      return value.map((member, at) => withoutNullLists(type.fields[at]?.type ?? type, member));
    case 'list':
      return value.map((member) => withoutNullLists(type.element.type, member));
    case 'map':
      return value.map((entry) =>
        Array.isArray(entry) ? [entry[0] ?? null, withoutNullLists(type.value.type, entry[1] ?? null)] : entry,
      );
  }
}
