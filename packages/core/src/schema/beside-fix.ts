import type { Field } from '../columns/column-type.ts';
import type { Fix } from '../findings/column-fixes.ts';
import type { Json } from '../json/json.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import { freeColumnName } from '../spec/free-column-name.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import type { CandidateColumn, ColumnAnswer, ColumnDebate } from './column-question.ts';
import type { Reading } from './find-readings.ts';

/** How values are read; the rest of what a spec says about a column is about the column. */
const READING = ['type', 'formats', 'trim', 'nulls', 'parse', 'onFailure'] as const satisfies readonly (keyof ColumnSpec)[];

/** A new column reads the values of one that is text in the table and stays so. */
export function readBesideFix(
  { declared, seen }: CandidateColumn,
  { name }: Field,
  { written, spec }: Reading,
  debate: ColumnDebate,
): Fix {
  const { units, declared: columns, table } = debate.question;
  const taken = [...units.flatMap(({ fields }) => fields), ...(table ?? []).map((field) => ({ field }))];
  const beside = freeColumnName(name, spec.type, [...taken.map(({ field }) => field.name), ...Object.keys(columns)]);
  const from = declared?.spec.from ?? [seen.first?.observed.field.name ?? name];
  const at = ['outputs', 0, 'columns'];
  const stays = { type: { kind: 'string' } };
  return {
    title: `Read it as ${written} into a new column "${beside}"`,
    specPatch: [
      { op: 'add', path: jsonPointer([...at, beside]), value: { from, ...spec } as unknown as Json },
      declared
        ? { op: 'add', path: jsonPointer([...at, declared.name, 'type']), value: stays.type }
        : { op: 'add', path: jsonPointer([...at, name]), value: stays },
    ],
  };
}

/** What can be done where a column is declared with a type and the table has it as text: what was declared moves to a new column. */
export function impossibleBeside(
  name: string,
  columns: Readonly<Record<string, ColumnSpec>>,
  table: readonly Field[],
  { sources }: Pick<ColumnAnswer, 'sources'>,
): Fix[] {
  const declared = columnSpecOf(columns, name);
  const type = declared?.spec.type;
  const isText = table.some((field) => field.name === name && field.type.kind === 'string');
  if (!declared || !type || !isText) return [];
  const taken = [...table.map((field) => field.name), ...Object.keys(columns), ...sources.keys()];
  return [moveBesideFix(declared, freeColumnName(name, type, taken))];
}

/** What was declared moves to a new column, and the one of the table stays text. */
function moveBesideFix({ name, spec }: { name: string; spec: ColumnSpec }, beside: string): Fix {
  const moved = READING.flatMap((member) => (spec[member] === undefined ? [] : [[member, spec[member]] as const]));
  const stays = Object.entries(spec).filter(([member]) => !(READING as readonly string[]).includes(member));
  const value = { from: spec.from ?? [name], ...Object.fromEntries(moved) };
  const at = ['outputs', 0, 'columns'];
  return {
    title: `Read it into a new column "${beside}", and leave "${name}" text`,
    specPatch: [
      { op: 'add', path: jsonPointer([...at, beside]), value: value as unknown as Json },
      {
        op: 'replace',
        path: jsonPointer([...at, name]),
        value: { ...Object.fromEntries(stays), type: { kind: 'string' } } as unknown as Json,
      },
    ],
  };
}
