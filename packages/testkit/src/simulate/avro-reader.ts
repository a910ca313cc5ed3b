import { inflateRawSync } from 'node:zlib';

/** A value of an Avro file: longs are bigint, bytes are a view. */
export type AvroValue = null | boolean | bigint | number | string | Uint8Array | AvroValue[] | { [name: string]: AvroValue };

type AvroSchema =
  | string
  | AvroSchema[]
  | { type: AvroSchema; items?: AvroSchema; values?: AvroSchema; fields?: { name: string; type: AvroSchema }[]; size?: number };

/**
 * The records of an Avro object container file. Reads what the file's own schema says and knows nothing of who wrote it.
 *
 * @throws {RangeError} The file is cut off or damaged. @see https://avro.apache.org/docs/1.12.0/specification/#object-container-files
 */
export function readAvroFile(bytes: Uint8Array): AvroValue[] {
  const file = new AvroCursor(bytes);
  if (new TextDecoder('latin1').decode(file.take(4)) !== 'Obj\u0001') throw new RangeError('This is no Avro file.');
  const header = file.value({ type: 'map', values: 'bytes' }) as Record<string, Uint8Array>;
  const text = (name: string): string => new TextDecoder().decode(header[name] ?? new Uint8Array());
  const schema = schemaOf(text('avro.schema'));
  const marker = file.take(16).join();
  const records: AvroValue[] = [];
  while (!file.isAtEnd) {
    const count = Number(file.long());
    const stored = file.take(Number(file.long()));
    const block = new AvroCursor(text('avro.codec') === 'deflate' ? inflateRawSync(stored) : stored);
    for (let index = 0; index < count; index += 1) records.push(block.value(schema));
    if (file.take(16).join() !== marker) throw new RangeError('A block of the Avro file does not end where it should.');
  }
  return records;
}

/** Files of one kind have one schema. */
const schemas = new Map<string, AvroSchema>();

function schemaOf(text: string): AvroSchema {
  const schema = schemas.get(text) ?? (JSON.parse(text) as AvroSchema);
  schemas.set(text, schema);
  return schema;
}

class AvroCursor {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  take(count: number): Uint8Array {
    if (count < 0 || this.#at + count > this.#bytes.length) throw new RangeError('The Avro file is cut off.');
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  /** Variable length, the sign in the lowest bit. */
  long(): bigint {
    let bits = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(this.take(1)[0] as number);
      bits |= (byte & 0x7fn) << shift;
      if ((byte & 0x80n) === 0n) return BigInt.asIntN(64, (bits >> 1n) ^ -(bits & 1n));
    }
  }

  value(schema: AvroSchema): AvroValue {
    if (Array.isArray(schema)) return this.value(schema[Number(this.long())] as AvroSchema);
    if (typeof schema === 'object') return this.#complex(schema);
    switch (schema) {
      case 'null':
        return null;
      case 'boolean':
        return this.take(1)[0] === 1;
      case 'int':
        return Number(this.long());
      case 'long':
        return this.long();
      case 'float':
        return this.#view(4).getFloat32(0, true);
      case 'double':
        return this.#view(8).getFloat64(0, true);
      case 'bytes':
        return this.take(Number(this.long()));
      case 'string':
        return new TextDecoder().decode(this.take(Number(this.long())));
      default:
        throw new RangeError(`The Avro type ${schema} is not known.`);
    }
  }

  #complex(schema: Exclude<AvroSchema, string | AvroSchema[]>): AvroValue {
    switch (schema.type) {
      case 'record':
        return Object.fromEntries((schema.fields ?? []).map(({ name, type }) => [name, this.value(type)]));
      case 'array':
        return this.#blocks(() => this.value(schema.items as AvroSchema));
      case 'map':
        return Object.fromEntries(
          this.#blocks(() => [this.value('string'), this.value(schema.values as AvroSchema)]) as [string, AvroValue][],
        );
      case 'fixed':
        return this.take(schema.size ?? 0);
      default:
        return this.value(schema.type);
    }
  }

  #blocks(item: () => AvroValue): AvroValue[] {
    const items: AvroValue[] = [];
    for (;;) {
      let count = this.long();
      if (count === 0n) return items;
      if (count < 0n) {
        count = -count;
        this.long();
      }
      for (let index = 0n; index < count; index += 1n) items.push(item());
    }
  }

  #view(size: number): DataView {
    const bytes = this.take(size);
    return new DataView(bytes.buffer, bytes.byteOffset, size);
  }
}
