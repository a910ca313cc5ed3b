import type { MappedField } from '../spec/name-mapping.ts';
import type { SingleValue } from '../spec/single-value.ts';

/** What a table knows of the columns of a file that the file itself does not say by field ids. */
export interface FileProjection {
  /** Values that the manifest has for all rows of the file, by field id. */
  constants: ReadonlyMap<number, SingleValue | null>;
  /** How columns without ids are called, at this level. Null: the table does not say; they are called as those of the table. */
  names: readonly MappedField[] | null;
  /** What fields hold that the file lacks, by field id; others are null. */
  defaults: ReadonlyMap<number, SingleValue>;
}

/** Of a file that was written for its table and has all ids. */
export const OWN_PROJECTION: FileProjection = { constants: new Map(), names: null, defaults: new Map() };

/** What holds for the members of a struct, the element of a list, or key and value of a map. @param id Of what they are in. */
export function projectionWithin(projection: FileProjection, id: number | undefined): FileProjection {
  const { names } = projection;
  if (names === null) return projection;
  return { ...projection, names: names.find((mapped) => mapped['field-id'] === id)?.fields ?? [] };
}
