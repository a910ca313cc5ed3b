import type { Field } from '@calve/core/plugin';
import type { StoredNode } from './stored-schema.ts';

/**
 * The node of a file's schema that holds a field of the table: by field id. A file in which no sibling has an id was not written as
 * part of an Iceberg table; there the name decides.
 *
 * @param nodes The children of the root or of a struct.
 * @returns `undefined`: the file lacks the field, its values are null.
 * @see https://iceberg.apache.org/spec/#column-projection
 */
export function findNode<Node extends StoredNode>(field: Field, nodes: readonly Node[]): Node | undefined {
  const hasIds = nodes.some(({ element }) => element.field_id !== undefined);
  return nodes.find(({ element }) => (hasIds ? element.field_id === field.id : element.name === field.name));
}
