import type { Field } from '@calve/core/plugin';
import type { SingleValue } from '../spec/single-value.ts';
import type { FileProjection } from './file-projection.ts';
import type { StoredNode } from './stored-schema.ts';

/** Where the values of a field are: in a column of the file, or the same for all rows. */
export type FoundColumn<Node extends StoredNode> = { node: Node } | { node: null; value: SingleValue | null };

/**
 * Finds the values of a field of the table in a file: by field id; else the identity partition value of the file; else, among the columns without ids,
 * by the name mapping of the table; else its initial default; else null. Where the table has no name mapping and no sibling has an id, the file was not
 * written as part of an Iceberg table: there the name decides.
 *
 * @param nodes The children of the root or of a struct.
 * @see https://iceberg.apache.org/spec/#column-projection
 */
export function findColumn<Node extends StoredNode>(
  field: Field,
  nodes: readonly Node[],
  { constants, names, defaults }: FileProjection,
): FoundColumn<Node> {
  const { id } = field;
  const own = nodes.find(({ element }) => element.field_id !== undefined && element.field_id === id);
  if (own) return { node: own };
  const constant = id === undefined ? undefined : constants.get(id);
  if (constant !== undefined) return { node: null, value: constant };
  const isForeign = names !== null || nodes.every(({ element }) => element.field_id === undefined);
  const mapped = isForeign ? namesOf(field, names) : [];
  const named = nodes.find(({ element }) => element.field_id === undefined && mapped.includes(element.name));
  if (named) return { node: named };
  return { node: null, value: (id === undefined ? undefined : defaults.get(id)) ?? null };
}

function namesOf({ id, name }: Field, names: FileProjection['names']): readonly string[] {
  if (names === null) return [name];
  return names.filter((mapped) => id !== undefined && mapped['field-id'] === id).flatMap((mapped) => mapped.names);
}
