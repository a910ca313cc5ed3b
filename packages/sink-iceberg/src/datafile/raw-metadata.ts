import type { FileMetaData, SchemaElement } from 'hyparquet';

/**
 * The same file metadata without the annotations of its leaves, so that hyparquet hands out what is stored: bigint, number and bytes
 * instead of millisecond dates, decimals as floating point and strings. Maps become structs of a repeated entry, since hyparquet
 * makes objects of them, whose keys are texts.
 */
export function rawMetadata(metadata: FileMetaData): FileMetaData {
  return { ...metadata, schema: metadata.schema.map(rawElement) };
}

function rawElement(element: SchemaElement): SchemaElement {
  const { converted_type, logical_type, ...bare } = element;
  const isList = converted_type === 'LIST' || logical_type?.type === 'LIST';
  return element.type === undefined && isList ? { ...bare, converted_type: 'LIST' } : bare;
}
