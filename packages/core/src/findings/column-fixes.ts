import { type ColumnType, typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { columnSpecOf } from '../spec/column-spec-of.ts';
import type { ColumnSpec } from '../spec/ingestion-spec.ts';
import { jsonPointer, pointerSegment, valueAt } from '../spec/json-pointer.ts';

/** What a finding offers to do about it. */
export type Fix = NonNullable<Diagnostic['fixes']>[number];

/** What a spec says of the column of that name in the first output, and under which name. */
export type DeclaredColumn = ReturnType<typeof columnSpecOf>;

/** Rules of reading that text has no use for. */
const READING = ['formats', 'parse', 'onFailure'] as const satisfies readonly (keyof ColumnSpec)[];

/** The column becomes text, which takes every value. Only for columns that no table has yet. Keeps what else the spec says. */
export function textFix(name: string, declared: DeclaredColumn): Fix {
  const type = { kind: 'string' };
  const title = `Make "${name}" text`;
  if (!declared || !READING.some((member) => declared.spec[member] !== undefined))
    return columnFix(title, name, declared, { type });
  const { formats: _f, parse: _p, onFailure: _o, ...rest } = declared.spec;
  const path = jsonPointer(['outputs', 0, 'columns', declared.name]);
  return { title, specPatch: [{ op: 'replace', path, value: { ...rest, type } as unknown as Json }] };
}

/** The column that a fix makes text; null: it does something else. */
export function columnMadeText(fix: Fix): string | null {
  return columnGiven(fix, ['type', 'kind'], 'string');
}

/** The column of which a fix takes null for what cannot be read; null: it does something else. */
export function columnMadeNull(fix: Fix): string | null {
  return columnGiven(fix, ['onFailure'], 'null');
}

/** The column of the first output to which a fix gives a value, as a whole or in the first of the members that lead to it. */
function columnGiven({ specPatch }: Fix, members: readonly string[], value: string): string | null {
  for (const { path, value: given } of specPatch as { path?: unknown; value?: unknown }[]) {
    const [, column, member] = /^\/outputs\/0\/columns\/([^/]*)(?:\/(.*))?$/.exec(String(path)) ?? [];
    const isAbout = column !== undefined && (member === undefined || member === members[0]);
    if (isAbout && valueAt(given, members.slice(member === undefined ? 0 : 1)) === value) return pointerSegment(column);
  }
  return null;
}

/**
 * What cannot be read becomes null, and its row is loaded.
 *
 * @param place For people, where that is inside of the column.
 */
export function nullFix(name: string, declared: DeclaredColumn, place: string = name): Fix {
  return columnFix(`Load such rows with null in "${place}"`, name, declared, { onFailure: 'null' });
}

/** The column takes the type that the table has, instead of one that the table cannot change to. */
export function tableTypeFix(name: string, type: ColumnType, declared: NonNullable<DeclaredColumn>): Fix {
  const at = ['outputs', 0, 'columns', declared.name];
  const isAll = Object.keys(declared.spec).length === 1;
  const path = jsonPointer(isAll ? at : [...at, 'type']);
  return { title: `Take the type that the table has for "${name}": ${typeText(type)}`, specPatch: [{ op: 'remove', path }] };
}

/** Adds members to what the spec says of a column. */
export function columnFix(title: string, name: string, declared: DeclaredColumn, members: Readonly<Record<string, Json>>): Fix {
  const at = ['outputs', 0, 'columns', declared?.name ?? name];
  if (!declared) return { title, specPatch: [{ op: 'add', path: jsonPointer(at), value: members }] };
  return {
    title,
    specPatch: Object.entries(members).map(([member, value]) => {
      const op = Object.hasOwn(declared.spec, member) ? 'replace' : 'add';
      return { op, path: jsonPointer([...at, member]), value };
    }),
  };
}
