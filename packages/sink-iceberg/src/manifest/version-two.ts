import type { AvroField, AvroRecord, AvroSchema } from './avro-schema.ts';
import { DATA_FILE, ENTRY } from './manifest-schema.ts';

const CONTENT: AvroField = { name: 'content', type: 'int', 'field-id': DATA_FILE.content };

/**
 * The schema that a manifest was written with, and the fields that format version 1 did not have yet.
 *
 * @param schema Of any writer. @param ours That of a manifest of version 2.
 */
export function schemaOfVersionTwo(schema: AvroSchema, ours: AvroRecord): AvroSchema {
  const record = schema as AvroRecord;
  const fields = record.fields.map((field): AvroField => {
    if (field['field-id'] !== ENTRY.dataFile) return field;
    const file = field.type as AvroRecord;
    const hasContent = file.fields.some((member) => member['field-id'] === DATA_FILE.content);
    return hasContent ? field : { ...field, type: { ...file, fields: [CONTENT, ...file.fields] } };
  });
  const known = new Set(fields.map((field) => field['field-id']));
  return { ...record, fields: [...fields, ...ours.fields.filter((field) => !known.has(field['field-id']))] };
}
