import type { UnitState } from '../checkpoint/unit-record.ts';
import { isValueRule } from '../projection/strict-rules.ts';

/** What goes again; what is left out means all. What is named has to fit altogether. */
export interface ReplayFilter {
  /** Codes of files, such as `SCHEMA_TYPE_CONFLICT`, and of rejected rows, such as `amount:decimal`. */
  codes?: string[];
  /** Columns that a code is about. */
  columns?: string[];
  /** Names or URIs of files. */
  files?: string[];
  /** Rejected rows of these commits; files that were never loaded belong to none. */
  sequences?: number[];
  /** `rejected`: rows; the others: files. */
  states?: ReplayState[];
}

/** What can go again. */
export type ReplayState = Extract<UnitState, 'held' | 'quarantined' | 'failed'> | 'rejected';

/** What of a file, or of rejected rows, a filter looks at. */
export interface ReplaySubject {
  uri: string;
  state: ReplayState;
  codes: readonly string[];
  columns: readonly string[];
  sequence: number | null;
}

/** True when a filter takes it. Pure. */
export function isTaken(filter: ReplayFilter, { uri, state, codes, columns, sequence }: ReplaySubject): boolean {
  const names = filter.files;
  return (
    (filter.states?.includes(state) ?? true) &&
    (filter.codes === undefined || codes.some((code) => filter.codes?.includes(code))) &&
    (filter.columns === undefined || columns.some((column) => filter.columns?.includes(column))) &&
    (filter.sequences === undefined || (sequence !== null && filter.sequences.includes(sequence))) &&
    (names === undefined || names.some((name) => isFile(uri, name)))
  );
}

function isFile(uri: string, name: string): boolean {
  return uri === name || uri.endsWith(`/${encodeURI(name)}`) || uri.endsWith(`/${name}`);
}

/**
 * The column of a code of a rejected row, or the place inside of one: `amount` of `amount:decimal`, `customer.zip` of `customer.zip:int64`; null: the code
 * is about the row as a whole.
 */
export function columnOfCode(code: string): string | null {
  const colon = code.lastIndexOf(':');
  const column = code.slice(0, Math.max(colon, 0));
  if (column === 'row') return isValueRule(code.slice(colon + 1)) ? column : null;
  return column === '' ? null : column;
}

/** What a code is about as a filter names it: the place, and everything that it is inside of. */
export function columnsOfCode(code: string): string[] {
  const names = columnOfCode(code)?.split('.') ?? [];
  return names.map((_, index) => names.slice(0, index + 1).join('.'));
}
