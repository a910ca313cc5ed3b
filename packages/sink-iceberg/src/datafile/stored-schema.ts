import type { FileMetaData, RowGroup, SchemaElement } from 'hyparquet';

/** A node of a file's schema. */
export interface StoredNode {
  /** With its annotations and its own name. */
  element: SchemaElement;
  /** What hyparquet is told to call it; unique in the file. */
  key: string;
  children: StoredNode[];
}

/** A file's schema, and the file's metadata as hyparquet is given it. */
export interface StoredSchema {
  /** The columns. */
  nodes: StoredNode[];
  /**
   * Without the annotations of the leaves, so that hyparquet hands out what is stored: bigint, number and bytes instead of
   * millisecond dates, decimals as floating point and strings. Maps are structs of a repeated entry, since hyparquet makes objects of
   * maps, whose keys are texts. All names are keys, since names may contain dots or be `__proto__`.
   */
  raw: FileMetaData;
}

/** Takes the schema of a file apart. @throws {TypeError} The schema is damaged: an element promises children that are not there. */
export function storedSchema(metadata: FileMetaData): StoredSchema {
  const { schema } = metadata;
  let next = 0;
  const paths: string[][] = [];
  const build = (path: string[]): StoredNode => {
    const index = next++;
    const element = schema[index];
    if (element === undefined) throw new TypeError('the schema ends too early');
    const key = `c${index}`;
    const ownPath = index === 0 ? [] : [...path, key];
    const children: StoredNode[] = [];
    for (let child = 0; child < (element.num_children ?? 0); child++) children.push(build(ownPath));
    if (children.length === 0) paths.push(ownPath);
    return { element, key, children };
  };
  const root = build([]);
  const raw = schema.map((element, index) => ({ ...withoutAnnotation(element), name: `c${index}` }));
  return {
    nodes: root.children,
    raw: { ...metadata, schema: raw, row_groups: metadata.row_groups.map((group) => renamed(group, paths)) },
  };
}

function withoutAnnotation({ converted_type, logical_type, ...bare }: SchemaElement): SchemaElement {
  const isList = converted_type === 'LIST' || logical_type?.type === 'LIST';
  return bare.type === undefined && isList ? { ...bare, converted_type: 'LIST' } : bare;
}

/** The chunks of a row group stand in the order of the leaves. */
function renamed(group: RowGroup, paths: readonly string[][]): RowGroup {
  const columns = group.columns.map((chunk, index) => {
    const path = paths[index];
    if (chunk.meta_data === undefined || path === undefined) throw new TypeError('a row group has other columns than the schema');
    return { ...chunk, meta_data: { ...chunk.meta_data, path_in_schema: path } };
  });
  return { ...group, columns };
}
