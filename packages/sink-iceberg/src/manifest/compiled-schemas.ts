import { avroInvalid } from './avro-bytes.ts';
import { compileAvro, type DatumCodec } from './avro-datum.ts';
import type { AvroSchema } from './avro-schema.ts';

/** A schema as it stands in a file, and the functions that write and read its values. */
export interface CompiledSchema {
  schema: AvroSchema;
  codec: DatumCodec;
}

/** The manifests of a table have one schema or two, and their lists another one. */
const MOST_KEPT = 16;
/** Partitions of many fields make long ones; what is longer is compiled each time. */
const LONGEST_KEPT = 64 * 1024;

/** By their text; the oldest goes first. */
const kept = new Map<string, CompiledSchema>();

/**
 * The schema that a text says: parsing and compiling it takes longer than reading a small manifest, and a table has many manifests of one schema.
 * Nothing may be changed in it.
 *
 * @param known The schema of which it is the text, where it is at hand.
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`: not a schema.
 */
export function compiledSchema(text: string, known?: AvroSchema): CompiledSchema {
  const found = kept.get(text);
  if (found) return found;
  const schema = known ?? parseSchema(text);
  const compiled = { schema, codec: compileAvro(schema) };
  if (text.length > LONGEST_KEPT) return compiled;
  for (const oldest of kept.keys()) {
    if (kept.size < MOST_KEPT) break;
    kept.delete(oldest);
  }
  kept.set(text, compiled);
  return compiled;
}

function parseSchema(text: string): AvroSchema {
  try {
    return JSON.parse(text) as AvroSchema;
  } catch (cause) {
    throw avroInvalid('its schema is not valid JSON', cause);
  }
}
