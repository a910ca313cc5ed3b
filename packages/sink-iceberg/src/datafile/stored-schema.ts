import type { FileMetaData, RowGroup, SchemaElement } from 'hyparquet';

/** A node of a file's schema. */
export interface StoredNode {
  /** With its annotations and its own name. */
  element: SchemaElement;
  /** What hyparquet is told to call it; unique in the file. */
  key: string;
  children: StoredNode[];
}

/** A column of a file: a child of the schema's root. */
export interface StoredColumn extends StoredNode {
  /** Its part of the schema, depth first, as hyparquet is given it. */
  schema: SchemaElement[];
  /** Its leaves by their keys, in the order of the schema. */
  paths: string[][];
  /** Which chunk of a row group belongs to the first of them. */
  firstChunk: number;
}

/** Takes the schema of a file apart. @throws {TypeError} The schema is damaged: an element promises children that are not there. */
export function storedColumns({ schema }: FileMetaData): StoredColumn[] {
  let next = 0;
  let paths: string[][] = [];
  const build = (path: readonly string[]): StoredNode => {
    const index = next++;
    const element = schema[index];
    if (element === undefined) throw new TypeError('the schema ends too early');
    const key = `c${index}`;
    const ownPath = [...path, key];
    const children: StoredNode[] = [];
    for (let child = 0; child < (element.num_children ?? 0); child++) children.push(build(ownPath));
    if (children.length === 0) paths.push(ownPath);
    return { element, key, children };
  };
  const root = schema[next++];
  if (root === undefined) throw new TypeError('there is no schema');
  let chunks = 0;
  return Array.from({ length: root.num_children ?? 0 }, () => {
    const first = next;
    paths = [];
    const node = build([]);
    chunks += paths.length;
    const elements = schema.slice(first, next).map((element, index) => bareElement(element, `c${first + index}`));
    return { ...node, schema: elements, paths, firstChunk: chunks - paths.length };
  });
}

/**
 * Without the annotations of the leaves, so that hyparquet hands out what is stored: bigint, number and bytes instead of millisecond
 * dates, decimals as floating point and strings. Maps are structs of a repeated entry, since hyparquet makes objects of maps, whose
 * keys are texts. All names are keys, since names may contain dots or be `__proto__`.
 */
function bareElement({ converted_type, logical_type, ...bare }: SchemaElement, name: string): SchemaElement {
  const isList = converted_type === 'LIST' || logical_type?.type === 'LIST';
  return { ...bare, name, ...(bare.type === undefined && isList ? { converted_type: 'LIST' as const } : {}) };
}

/**
 * The metadata of a file as hyparquet is given it to read one column of one row group. Nothing else is in it: hyparquet goes through all of
 * the schema for each column that it reads, which makes a file of ten thousand columns a matter of minutes.
 *
 * @throws {TypeError} The metadata is damaged: the row group lacks chunks of the column.
 */
export function columnMetadata(metadata: FileMetaData, rowGroup: RowGroup, column: StoredColumn): FileMetaData {
  const { name } = metadata.schema[0] as SchemaElement;
  const columns = column.paths.map((path, index) => {
    const chunk = rowGroup.columns[column.firstChunk + index];
    if (chunk?.meta_data === undefined) throw new TypeError('a row group has other columns than the schema');
    return { ...chunk, meta_data: { ...chunk.meta_data, path_in_schema: path } };
  });
  return { ...metadata, schema: [{ name, num_children: 1 }, ...column.schema], row_groups: [{ ...rowGroup, columns }] };
}
