import { CalveError } from '@calve/core/plugin';
import type { AvroReader, AvroWriter } from './avro-bytes.ts';
import { avroInvalid } from './avro-bytes.ts';
import type { AvroField, AvroSchema, Datum, DatumRecord } from './avro-schema.ts';

/** More items than this in one array, and the file is taken for damaged. */
const MAXIMUM_ITEMS = 50_000_000;
const MAXIMUM_DEPTH = 64;

/** Writes one value. */
export type DatumEncoder = (writer: AvroWriter, datum: Datum | undefined) => void;

/** Reads one value. */
export type DatumDecoder = (reader: AvroReader) => Datum;

/** A schema as a pair of functions. They keep nothing between two values. */
export interface DatumCodec {
  encode: DatumEncoder;
  decode: DatumDecoder;
}

/**
 * Compiles a schema to the functions that write and read its values. Fields are known by their field ids; a field without one is
 * written as null and left out when it is read.
 *
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`: not a schema. The encoder throws `INTERNAL` for a value that does not fit.
 */
export function compileAvro(schema: AvroSchema): DatumCodec {
  return compile(schema, new Map(), 0);
}

function compile(schema: AvroSchema, names: Map<string, DatumCodec>, depth: number): DatumCodec {
  if (depth > MAXIMUM_DEPTH) throw avroInvalid('its schema is nested too deeply');
  if (typeof schema === 'string') return primitive(schema) ?? names.get(schema) ?? unknownType(schema);
  if (Array.isArray(schema))
    return union(
      (schema as AvroSchema[]).map((branch) => compile(branch, names, depth + 1)),
      schema as AvroSchema[],
    );
  if (typeof schema !== 'object' || schema === null) throw avroInvalid('its schema has something else in the place of a type');
  const type = schema as Exclude<AvroSchema, string | readonly AvroSchema[]>;
  const named = (codec: DatumCodec): DatumCodec => {
    if ('name' in type && typeof type.name === 'string') names.set(type.name, codec);
    return codec;
  };
  if (isRecord(type)) {
    const fields: { id: number | undefined; codec: DatumCodec }[] = [];
    const codec = named(record(fields));
    for (const field of type.fields) fields.push({ id: field['field-id'], codec: compile(field.type, names, depth + 1) });
    return codec;
  }
  if ('items' in type) return array(compile(type.items, names, depth + 1));
  if ('values' in type) return map(compile(type.values, names, depth + 1));
  if ('size' in type && Number.isSafeInteger(type.size)) return named(fixed(type.size));
  if ('symbols' in type && Array.isArray(type.symbols)) return named(enumeration(type.symbols.length));
  return typeof type.type === 'string' ? compile(type.type, names, depth + 1) : unknownType(JSON.stringify(type));
}

function isRecord(type: object): type is { type: 'record'; name: string; fields: readonly AvroField[] } {
  return (
    'fields' in type && Array.isArray(type.fields) && type.fields.every((field) => typeof field === 'object' && field !== null)
  );
}

function unknownType(name: string): never {
  throw avroInvalid(`its schema names a type "${name}" that it does not define`);
}

function primitive(name: string): DatumCodec | undefined {
  switch (name) {
    case 'null':
      return { encode: (_writer, datum) => expectDatum(datum === null || datum === undefined, name, datum), decode: () => null };
    case 'boolean':
      return {
        encode: (writer, datum) => (typeof datum === 'boolean' ? writer.boolean(datum) : misfit(name, datum)),
        decode: (reader) => reader.boolean(),
      };
    case 'int':
      return {
        encode: (writer, datum) =>
          typeof datum === 'number' && datum === (datum | 0) ? writer.long(datum) : misfit(name, datum),
        decode: (reader) => reader.int(),
      };
    case 'long':
      return {
        encode: (writer, datum) =>
          typeof datum === 'bigint' && datum === BigInt.asIntN(64, datum) ? writer.long(datum) : misfit(name, datum),
        decode: (reader) => reader.long(),
      };
    case 'float':
      return {
        encode: (writer, datum) => (typeof datum === 'number' ? writer.float(datum) : misfit(name, datum)),
        decode: (reader) => reader.float(),
      };
    case 'double':
      return {
        encode: (writer, datum) => (typeof datum === 'number' ? writer.double(datum) : misfit(name, datum)),
        decode: (reader) => reader.double(),
      };
    case 'bytes':
      return {
        encode: (writer, datum) => (datum instanceof Uint8Array ? writer.bytes(datum) : misfit(name, datum)),
        decode: (reader) => reader.bytes(),
      };
    case 'string':
      return {
        encode: (writer, datum) => (typeof datum === 'string' ? writer.string(datum) : misfit(name, datum)),
        decode: (reader) => reader.string(),
      };
    default:
      return undefined;
  }
}

/** Iceberg's unions are always null and one other type, in either order; any other can be read only. */
function union(branches: readonly DatumCodec[], schemas: readonly AvroSchema[]): DatumCodec {
  const nullAt = schemas.indexOf('null');
  const valueAt = schemas.length === 2 && nullAt !== -1 ? 1 - nullAt : -1;
  return {
    encode(writer, datum) {
      if (valueAt === -1) return misfit('union', datum);
      const at = datum === null || datum === undefined ? nullAt : valueAt;
      writer.long(at);
      (branches[at] as DatumCodec).encode(writer, datum);
    },
    decode(reader) {
      const at = reader.int();
      const branch = branches[at];
      if (!branch) throw avroInvalid(`branch ${at} of a union does not exist`);
      return branch.decode(reader);
    },
  };
}

function record(fields: readonly { id: number | undefined; codec: DatumCodec }[]): DatumCodec {
  return {
    encode(writer, datum) {
      if (typeof datum !== 'object' || datum === null || Array.isArray(datum) || datum instanceof Uint8Array)
        return misfit('record', datum);
      for (const { id, codec } of fields) codec.encode(writer, id === undefined ? null : (datum as DatumRecord)[id]);
    },
    decode(reader) {
      const result: { [fieldId: number]: Datum } = {};
      for (const { id, codec } of fields) {
        const value = codec.decode(reader);
        if (id !== undefined) result[id] = value;
      }
      return result;
    },
  };
}

function array(item: DatumCodec): DatumCodec {
  return {
    encode(writer, datum) {
      if (!Array.isArray(datum)) return misfit('array', datum);
      if (datum.length > 0) writer.long(datum.length);
      for (const one of datum as Datum[]) item.encode(writer, one);
      writer.long(0);
    },
    decode(reader) {
      const items: Datum[] = [];
      for (let count = blockCount(reader); count > 0; count = blockCount(reader)) {
        if (items.length + count > MAXIMUM_ITEMS) throw avroInvalid(`an array has ${items.length + count} items`);
        for (let at = 0; at < count; at += 1) items.push(item.decode(reader));
      }
      return items;
    },
  };
}

/** Avro's own map, which Iceberg does not use: read over, never written. */
function map(value: DatumCodec): DatumCodec {
  return {
    encode: (_writer, datum) => misfit('map', datum),
    decode(reader) {
      let total = 0;
      for (let count = blockCount(reader); count > 0; count = blockCount(reader)) {
        total += count;
        if (total > MAXIMUM_ITEMS) throw avroInvalid(`a map has ${total} entries`);
        for (let at = 0; at < count; at += 1) {
          reader.string();
          value.decode(reader);
        }
      }
      return null;
    },
  };
}

function fixed(size: number): DatumCodec {
  return {
    encode: (writer, datum) =>
      datum instanceof Uint8Array && datum.length === size ? writer.fixed(datum) : misfit('fixed', datum),
    decode: (reader) => reader.fixed(size),
  };
}

function enumeration(symbols: number): DatumCodec {
  return {
    encode: (writer, datum) =>
      typeof datum === 'number' && datum >= 0 && datum < symbols ? writer.long(datum) : misfit('enum', datum),
    decode: (reader) => reader.int(),
  };
}

/** A negative count is followed by the size of the block in bytes. */
function blockCount(reader: AvroReader): number {
  const count = reader.long();
  if (count < 0n) reader.size();
  const items = Number(count < 0n ? -count : count);
  if (items > MAXIMUM_ITEMS) throw avroInvalid(`a block has ${items} items`);
  return items;
}

function expectDatum(fits: boolean, type: string, datum: Datum | undefined): void {
  if (!fits) misfit(type, datum);
}

function misfit(type: string, datum: Datum | undefined): never {
  throw new CalveError('INTERNAL', `The value ${String(datum).slice(0, 40)} cannot be written as Avro ${type}.`);
}
