import type { PartitionSpec } from '../spec/partition-spec.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import { avroName } from './avro-name.ts';
import type { AvroField, AvroRecord, AvroSchema } from './avro-schema.ts';
import { partitionAvroType } from './partition-value.ts';

/** Field ids of a manifest entry and of the data file in it. @see https://iceberg.apache.org/spec/#manifests */
export const ENTRY = { status: 0, snapshotId: 1, dataFile: 2, sequenceNumber: 3, fileSequenceNumber: 4 } as const;
/** Field ids of a data file. */
export const DATA_FILE = {
  filePath: 100,
  fileFormat: 101,
  partition: 102,
  recordCount: 103,
  fileSizeInBytes: 104,
  columnSizes: 108,
  valueCounts: 109,
  nullValueCounts: 110,
  lowerBounds: 125,
  upperBounds: 128,
  splitOffsets: 132,
  content: 134,
  nanValueCounts: 137,
  sortOrderId: 140,
} as const;

const required = (id: number, name: string, type: AvroSchema, doc: string): AvroField => ({ name, type, doc, 'field-id': id });

const optional = (id: number, name: string, type: AvroSchema, doc: string): AvroField => ({
  name,
  type: ['null', type],
  doc,
  default: null,
  'field-id': id,
});

/** A map from column ids, as Iceberg writes it in Avro: an array of pairs. */
function idMap(keyId: number, valueId: number, value: AvroSchema): AvroSchema {
  const fields: AvroField[] = [
    { name: 'key', type: 'int', 'field-id': keyId },
    { name: 'value', type: value, 'field-id': valueId },
  ];
  const items: AvroRecord = { type: 'record', name: `k${keyId}_v${valueId}`, fields };
  return { type: 'array', items, logicalType: 'map' };
}

/** The record of partition values: one optional field per field of the spec. */
function partitionRecord(spec: PartitionSpec, types: readonly PrimitiveColumnType[]): AvroRecord {
  const fields = spec.fields.map((field, at): AvroField => {
    const name = avroName(field.name);
    const type = partitionAvroType(types[at] as PrimitiveColumnType, `r102_${field['field-id']}`);
    return {
      name,
      type: ['null', type],
      default: null,
      'field-id': field['field-id'],
      ...(name === field.name ? {} : { 'iceberg-field-name': field.name }),
    };
  });
  return { type: 'record', name: 'r102', fields };
}

/**
 * The Avro schema of a manifest of format version 2.
 *
 * @param types One per field of the spec, in its order.
 */
export function manifestSchema(spec: PartitionSpec, types: readonly PrimitiveColumnType[]): AvroRecord {
  const dataFile: AvroRecord = {
    type: 'record',
    name: 'r2',
    fields: [
      required(134, 'content', 'int', 'Contents of the file: 0=data, 1=position deletes, 2=equality deletes'),
      required(100, 'file_path', 'string', 'Location URI with FS scheme'),
      required(101, 'file_format', 'string', 'File format name: avro, orc, or parquet'),
      required(102, 'partition', partitionRecord(spec, types), 'Partition data tuple, schema based on the partition spec'),
      required(103, 'record_count', 'long', 'Number of records in the file'),
      required(104, 'file_size_in_bytes', 'long', 'Total file size in bytes'),
      optional(108, 'column_sizes', idMap(117, 118, 'long'), 'Map of column id to total size on disk'),
      optional(109, 'value_counts', idMap(119, 120, 'long'), 'Map of column id to total count, including null and NaN'),
      optional(110, 'null_value_counts', idMap(121, 122, 'long'), 'Map of column id to null value count'),
      optional(137, 'nan_value_counts', idMap(138, 139, 'long'), 'Map of column id to number of NaN values in the column'),
      optional(125, 'lower_bounds', idMap(126, 127, 'bytes'), 'Map of column id to lower bound'),
      optional(128, 'upper_bounds', idMap(129, 130, 'bytes'), 'Map of column id to upper bound'),
      optional(131, 'key_metadata', 'bytes', 'Encryption key metadata blob'),
      optional(132, 'split_offsets', { type: 'array', items: 'long', 'element-id': 133 }, 'Splittable offsets'),
      optional(135, 'equality_ids', { type: 'array', items: 'int', 'element-id': 136 }, 'Equality comparison field IDs'),
      optional(140, 'sort_order_id', 'int', 'Sort order ID'),
      optional(143, 'referenced_data_file', 'string', 'Fully qualified location of the data file that a delete file references'),
    ],
  };
  return {
    type: 'record',
    name: 'manifest_entry',
    fields: [
      { name: 'status', type: 'int', 'field-id': ENTRY.status },
      { name: 'snapshot_id', type: ['null', 'long'], default: null, 'field-id': ENTRY.snapshotId },
      { name: 'sequence_number', type: ['null', 'long'], default: null, 'field-id': ENTRY.sequenceNumber },
      { name: 'file_sequence_number', type: ['null', 'long'], default: null, 'field-id': ENTRY.fileSequenceNumber },
      { name: 'data_file', type: dataFile, 'field-id': ENTRY.dataFile },
    ],
  };
}
