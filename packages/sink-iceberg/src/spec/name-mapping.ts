import { CalveError, z } from '@calve/core/plugin';

/** Names that columns of files without field ids have, level by level. */
export interface MappedField {
  /** Absent: columns with these names are none of the table's. */
  'field-id'?: number | undefined;
  /** Any of them; dots in a name are part of it. */
  names: string[];
  /** Of members of a struct; of a list `element`, of a map `key` and `value`. */
  fields?: MappedField[] | undefined;
}

/** The table property that holds the mapping as JSON. */
export const NAME_MAPPING_PROPERTY = 'schema.name-mapping.default';

const mappedField: z.ZodType<MappedField> = z.lazy(() =>
  z.object({
    'field-id': z.int().optional(),
    names: z.array(z.string()),
    fields: z.array(mappedField).optional(),
  }),
);

/**
 * The name mapping of a table.
 *
 * @param text Of the table property; `undefined`: the table has none.
 * @returns null: none.
 * @throws {CalveError} `ICEBERG_METADATA_INVALID`: the text is no name mapping. Without it values of columns would be taken for missing.
 * @see https://iceberg.apache.org/spec/#name-mapping-serialization
 */
export function parseNameMapping(text: string | undefined): readonly MappedField[] | null {
  if (text === undefined) return null;
  const parsed = z.array(mappedField).safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw invalid(`${issue?.path.join('.') || 'the value'}: ${issue?.message}`, parsed.error);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid('it is not JSON', error);
  }
}

function invalid(why: string, cause: unknown): CalveError {
  return new CalveError(
    'ICEBERG_METADATA_INVALID',
    `The table property ${NAME_MAPPING_PROPERTY}, which says where files without field ids keep their columns, cannot be used: ${why}. Correct the property.`,
    { recovery: 'fix-input', context: { property: NAME_MAPPING_PROPERTY }, cause },
  );
}
