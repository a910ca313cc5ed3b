import { deflateRawSync, inflateRawSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CalveError } from '@calve/core/plugin';
import { AvroReader, AvroWriter, avroInvalid } from './avro-bytes.ts';
import type { DatumDecoder } from './avro-datum.ts';
import type { AvroSchema, Datum } from './avro-schema.ts';
import { compiledSchema } from './compiled-schemas.ts';

/** How the blocks of a file are compressed, in Avro's words. */
export type AvroCodec = 'null' | 'deflate' | 'zstandard';

/** An Avro object container file that was read. */
export interface AvroFile {
  /** Everything in the header but the schema and the codec, as text. */
  metadata: Record<string, string>;
  schema: AvroSchema;
  /** By field id. */
  records: Datum[];
}

/** An Avro object container file of which the header was read. */
export interface OpenAvroFile {
  metadata: Record<string, string>;
  schema: AvroSchema;
  /** The text of the schema, as it stands in the file. */
  schemaText: string;
  /** By field id. Can be gone through once; a block is decompressed when its first record is wanted. */
  records: Iterable<Datum>;
}

const decoder = new TextDecoder();
const magic = Uint8Array.of(0x4f, 0x62, 0x6a, 0x01);
const SYNC_BYTES = 16;
/** Size of a block before compression, about. */
const BLOCK_BYTES = 256 * 1024;
/** A block that grows beyond this when it is decompressed is taken for damaged, or for an attack. */
const MAXIMUM_BLOCK_BYTES = 512 * 1024 * 1024;

/**
 * Writes an Avro object container file. No records give a file with its header, which is what Iceberg wants of an empty list.
 *
 * @param sync 16 random bytes that separate the blocks.
 * @see https://avro.apache.org/docs/1.12.0/specification/#object-container-files
 */
export function encodeAvroFile(
  schema: AvroSchema,
  metadata: Readonly<Record<string, string>>,
  records: Iterable<Datum>,
  options: { sync: Uint8Array; codec: AvroCodec },
): Uint8Array {
  const schemaText = JSON.stringify(schema);
  const { encode } = compiledSchema(schemaText, schema).codec;
  const file = new AvroWriter();
  file.fixed(magic);
  const header = Object.entries({ 'avro.schema': schemaText, 'avro.codec': options.codec, ...metadata });
  file.long(header.length);
  for (const [key, value] of header) {
    file.string(key);
    file.string(value);
  }
  file.long(0);
  file.fixed(options.sync);
  let block = new AvroWriter();
  let count = 0;
  const flush = (): void => {
    if (count === 0) return;
    file.long(count);
    file.bytes(compress(block.take(), options.codec));
    file.fixed(options.sync);
    block = new AvroWriter();
    count = 0;
  };
  for (const record of records) {
    encode(block, record);
    count += 1;
    if (block.length >= BLOCK_BYTES) flush();
  }
  flush();
  return file.take();
}

/**
 * Reads an Avro object container file by the schema that is in it.
 *
 * @throws {CalveError} `ICEBERG_AVRO_INVALID`: damaged, or not Avro at all; `ICEBERG_AVRO_CODEC_UNSUPPORTED`.
 */
export function decodeAvroFile(bytes: Uint8Array): AvroFile {
  const { metadata, schema, records } = openAvroFile(bytes);
  return { metadata, schema, records: [...records] };
}

/**
 * The same, record by record: what is not kept takes no memory. Damage of a block is found when it is reached.
 *
 * @throws {CalveError} as `decodeAvroFile`.
 */
export function openAvroFile(bytes: Uint8Array): OpenAvroFile {
  const reader = new AvroReader(bytes);
  if (!equalBytes(reader.fixed(magic.length), magic)) throw avroInvalid('it does not begin with "Obj" and 1');
  const header = decodeHeader(reader);
  const sync = reader.fixed(SYNC_BYTES);
  const { 'avro.schema': schemaText = '', 'avro.codec': codec = 'null', ...metadata } = header;
  const { schema, codec: datums } = compiledSchema(schemaText);
  return { metadata, schema, schemaText, records: recordsOf(reader, datums.decode, codec, sync) };
}

function* recordsOf(reader: AvroReader, decode: DatumDecoder, codec: string, sync: Uint8Array): Generator<Datum> {
  while (reader.left > 0) {
    const count = Number(reader.long());
    const block = new AvroReader(decompress(reader.bytes(), codec));
    for (let at = 0; at < count; at += 1) yield decode(block);
    if (block.left > 0) throw avroInvalid(`${block.left} bytes are left after the last record of a block`);
    if (!equalBytes(reader.fixed(SYNC_BYTES), sync)) throw avroInvalid('a block does not end with the sync marker');
  }
}

function decodeHeader(reader: AvroReader): Record<string, string> {
  const header: Record<string, string> = {};
  for (let count = reader.long(); count !== 0n; count = reader.long()) {
    if (count < 0n) reader.size();
    for (let left = count < 0n ? -count : count; left > 0n; left -= 1n) {
      const key = reader.string();
      header[key] = decoder.decode(reader.bytes());
    }
  }
  return header;
}

function compress(block: Uint8Array, codec: AvroCodec): Uint8Array {
  if (codec === 'deflate') return deflateRawSync(block);
  return codec === 'zstandard' ? zstdCompressSync(block) : block;
}

function decompress(block: Uint8Array, codec: string): Uint8Array {
  try {
    switch (codec) {
      case 'null':
        return block;
      case 'deflate':
        return inflateRawSync(block, { maxOutputLength: MAXIMUM_BLOCK_BYTES });
      case 'zstandard':
        return zstdDecompressSync(block, { maxOutputLength: MAXIMUM_BLOCK_BYTES });
    }
  } catch (cause) {
    throw avroInvalid('a block cannot be decompressed', cause);
  }
  throw new CalveError(
    'ICEBERG_AVRO_CODEC_UNSUPPORTED',
    `The Avro file is compressed with "${codec}", which cannot be read by this version.`,
    {
      recovery: 'fix-input',
      context: { codec },
    },
  );
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
