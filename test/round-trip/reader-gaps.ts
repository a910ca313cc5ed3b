import type { Filter } from './filters.ts';
import type { RandomTable } from './random-table.ts';

export type Reader = 'PyIceberg' | 'DuckDB';

/** A filter that a reader answers wrongly, or not at all, on tables of any writer. */
export interface ReaderGap {
  reader: Reader;
  /** Each was also seen on a table that PyIceberg itself had written. */
  reason: string;
  concerns(filter: Filter, transforms: readonly string[]): boolean;
}

/** How often each gap made a difference. */
export type GapCounts = Map<ReaderGap, number>;

const FIRST_YEAR_END = -719_162 + 366;

/** What PyIceberg 0.12.0 and DuckDB 1.5.5 cannot do. The test says so when one of them is no longer needed. */
export const READER_GAPS: readonly ReaderGap[] = [
  {
    reader: 'PyIceberg',
    reason: 'takes a dot in the name of a filtered column for the path to a member of a struct',
    concerns: ({ column }) => column.name.includes('.'),
  },
  {
    reader: 'PyIceberg',
    reason: 'cannot compare UUIDs: Arrow has no such function',
    concerns: ({ column, value }) => column.kind.name === 'uuid' && value !== undefined,
  },
  {
    reader: 'PyIceberg',
    reason: "makes a Python date of the filter's value to find its year, month or day, and those begin with the year 1",
    concerns: ({ column, value }, transforms) =>
      transforms.some((transform) => ['year', 'month', 'day'].includes(transform)) &&
      daysOf(column.kind.name, value) < FIRST_YEAR_END,
  },
  {
    reader: 'DuckDB',
    reason: 'takes the month and the day of a timestamp before 1970 for the next one',
    concerns: ({ column, value }, transforms) =>
      column.kind.name.startsWith('timestamp') &&
      transforms.some((transform) => transform === 'month' || transform === 'day') &&
      daysOf(column.kind.name, value) < 0,
  },
  {
    reader: 'DuckDB',
    reason: 'hashes UUIDs in another way than the Iceberg specification',
    concerns: ({ column, value }, transforms) =>
      column.kind.name === 'uuid' && value !== undefined && transforms.some((transform) => transform.startsWith('bucket')),
  },
  {
    reader: 'DuckDB',
    reason: 'truncates decimals in 32 or 64 bits',
    concerns: ({ column, value }, transforms) =>
      column.kind.type.kind === 'decimal' &&
      value !== undefined &&
      transforms.some((transform) => transform.startsWith('truncate')),
  },
];

/** The gap that explains a wrong answer; `null`: nothing does. */
export function gapOf(reader: Reader, { partition }: RandomTable, filter: Filter): ReaderGap | null {
  const transforms = partition.filter(({ column }) => column === filter.column).map(({ transform }) => transform);
  return READER_GAPS.find((gap) => gap.reader === reader && gap.concerns(filter, transforms)) ?? null;
}

/** Days since 1970-01-01 of a date or timestamp; `NaN`, which is less than nothing, for everything else. */
function daysOf(kind: string, value: Filter['value']): number {
  if (kind === 'date' && typeof value === 'number') return value;
  return kind.startsWith('timestamp') && typeof value === 'bigint' ? Number(value) / 86_400_000_000 : Number.NaN;
}
