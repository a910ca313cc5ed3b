import type { Field, Json, Path, SchemaDecisions, TableChange } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import type { FoundField } from '../spec/field-path.ts';
import { fieldAt } from '../spec/field-path.ts';
import { schemaFieldsOf } from '../spec/schema-columns.ts';
import { notice } from './change-notice.ts';
import { pathText } from './evolve-column.ts';
import type { TableFacts } from './table-facts.ts';

/**
 * The columns of a table after what was decided about them: dropped, then renamed. What the table lacks already is passed over, since
 * decisions stay in a spec after they were carried out.
 *
 * @returns The columns, with their ids, and the changes; or why it cannot be done, in plain words.
 */
export function decideColumns(
  fields: readonly Field[],
  { renames = [], drops = [] }: Partial<SchemaDecisions> = {},
  facts: Pick<TableFacts, 'layoutSources' | 'identifierFieldIds'>,
  table: string,
): { fields: readonly Field[]; changes: TableChange[] } | string {
  let result = fields;
  const changes: TableChange[] = [];
  for (const path of drops) {
    const found = fieldAt(result, path);
    if (found === null) continue;
    const issue = dropIssue(found, siblingsOf(result, path), facts);
    if (issue !== null) return `the column "${pathText(path)}" cannot be dropped: ${issue}`;
    result = replaced(result, found.indexes, () => []);
    const message = `The column "${pathText(path)}" (${typeText(found.field.type)}) is dropped from ${table}: its values cannot be seen any more, except in earlier snapshots.`;
    changes.push(change('drop-column', path, found.field, null, 'ICEBERG_COLUMN_DROPPED', message));
  }
  for (const { from, to } of renames) {
    const found = fieldAt(result, from);
    if (found === null) continue;
    const name = to.at(-1) ?? '';
    const taken = siblingsOf(result, from).find(
      (sibling) => sibling.id !== found.field.id && sibling.name.toLowerCase() === name.toLowerCase(),
    );
    if (taken)
      return `the column "${pathText(from)}" cannot be renamed to "${pathText(to)}": the table has a column "${taken.name}" as well; drop one of them, or take the renaming out of the spec`;
    const renamed = { ...found.field, name };
    result = replaced(result, found.indexes, () => [renamed]);
    const message = `The column "${pathText(from)}" of ${table} is called "${pathText(to)}" from now on; its values stay.`;
    changes.push(change('rename-column', from, found.field, renamed, 'ICEBERG_COLUMN_RENAMED', message));
  }
  return { fields: result, changes };
}

function dropIssue(
  { field }: FoundField,
  siblings: readonly Field[],
  { layoutSources, identifierFieldIds }: Pick<TableFacts, 'layoutSources' | 'identifierFieldIds'>,
): string | null {
  const ids = idsIn(field);
  if (ids.some((id) => layoutSources.includes(id)))
    return 'the table is, or was, partitioned or sorted by it, and readers need it for the files of that time';
  if (ids.some((id) => identifierFieldIds.includes(id))) return 'it identifies rows of the table';
  return siblings.length === 1 ? 'there is no other one beside it' : null;
}

/** Ids of a field and of all that is inside it. */
function idsIn({ id, type }: Field): number[] {
  const own = id === undefined ? [] : [id];
  switch (type.kind) {
    case 'struct':
      return [...own, ...type.fields.flatMap(idsIn)];
    case 'list':
      return [...own, ...idsIn(type.element)];
    case 'map':
      return [...own, ...idsIn(type.key), ...idsIn(type.value)];
    default:
      return own;
  }
}

function siblingsOf(fields: readonly Field[], path: Path): readonly Field[] {
  if (path.length === 1) return fields;
  const type = fieldAt(fields, path.slice(0, -1))?.field.type;
  return type?.kind === 'struct' ? type.fields : [];
}

function replaced(fields: readonly Field[], [index, ...below]: readonly number[], by: (field: Field) => Field[]): Field[] {
  return fields.flatMap((field, at) => {
    if (at !== index) return [field];
    if (below.length === 0) return by(field);
    return field.type.kind === 'struct'
      ? [{ ...field, type: { kind: 'struct', fields: replaced(field.type.fields, below, by) } }]
      : [field];
  });
}

function change(
  kind: 'drop-column' | 'rename-column',
  path: Path,
  before: Field,
  after: Field | null,
  code: string,
  message: string,
): TableChange {
  const json = (field: Field | null): Json => (field === null ? null : (schemaFieldsOf([field])[0] as unknown as Json));
  return { kind, path, before: json(before), after: json(after), reason: notice(code, message) };
}
