import { avroInvalid } from './avro-bytes.ts';
import type { Datum, DatumRecord } from './avro-schema.ts';

type Kinds = { int: number; long: bigint; string: string; boolean: boolean; bytes: Uint8Array };

/** A datum as a record by field id. @throws {CalveError} `ICEBERG_AVRO_INVALID`. */
export function recordOf(datum: Datum | undefined): DatumRecord {
  if (typeof datum === 'object' && datum !== null && !Array.isArray(datum) && !(datum instanceof Uint8Array))
    return datum as DatumRecord;
  throw avroInvalid('a record is missing');
}

/**
 * A member of a record by its field id, whatever the writer called it. An int is taken where a long is wanted.
 *
 * @returns `undefined` when the writer does not have the field, or when it is null.
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`: the member has another type.
 */
export function member<Kind extends keyof Kinds>(record: DatumRecord, id: number, kind: Kind): Kinds[Kind] | undefined {
  const value = record[id];
  if (value === undefined || value === null) return undefined;
  if (kind === 'long' && (typeof value === 'bigint' || typeof value === 'number')) return BigInt(value) as Kinds[Kind];
  if (kindOf(value) !== kind) throw avroInvalid(`field ${id} is not of type ${kind}`);
  return value as Kinds[Kind];
}

function kindOf(value: Datum): string {
  if (value instanceof Uint8Array) return 'bytes';
  return typeof value === 'number' ? 'int' : typeof value;
}

/** The same for a field that must be there. @throws {CalveError} `ICEBERG_AVRO_INVALID`. */
export function requiredMember<Kind extends keyof Kinds>(record: DatumRecord, id: number, kind: Kind): Kinds[Kind] {
  const value = member(record, id, kind);
  if (value === undefined) throw avroInvalid(`field ${id} is missing`);
  return value;
}
