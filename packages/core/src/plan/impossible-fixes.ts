import type { Field } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Fix } from '../findings/column-fixes.ts';
import type { Json } from '../json/json.ts';
import type { ColumnAnswer } from '../schema/column-question.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import { freeColumnName } from '../spec/free-column-name.ts';
import type { ColumnSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { jsonPointer } from '../spec/json-pointer.ts';

/** How values are read; the rest of what a spec says about a column is about the column. */
const READING = ['type', 'formats', 'trim', 'nulls', 'parse', 'onFailure'] as const satisfies readonly (keyof ColumnSpec)[];

/**
 * What can be done where a table cannot take a column: declare how its values are written, where nobody did and that is why it is text; or read
 * them into a new column beside one that is text in the table.
 */
export function impossibleFixes(
  { at }: Diagnostic,
  { columns }: Pick<OutputSpec, 'columns'>,
  table: readonly Field[],
  answer: Pick<ColumnAnswer, 'findings' | 'sources'>,
): Fix[] {
  const name = at?.column;
  if (name === undefined) return [];
  const declared = columnSpecOf(columns, name);
  const existing = table.find((field) => field.name === name);
  const type = declared?.spec.type;
  if (declared && type && existing?.type.kind === 'string') {
    const taken = [...table.map((field) => field.name), ...Object.keys(columns), ...answer.sources.keys()];
    return [besideFix(declared, freeColumnName(name, type, taken))];
  }
  const source = answer.sources.get(name)?.[0];
  const undeclared = answer.findings.filter(({ code }) => code === 'SCHEMA_FORMAT_UNDECLARED');
  return undeclared.find(({ at }) => at?.column !== undefined && at.column.toLowerCase() === source)?.fixes ?? [];
}

/** What was declared moves to a new column, and the one of the table stays text. */
function besideFix({ name, spec }: { name: string; spec: ColumnSpec }, beside: string): Fix {
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
