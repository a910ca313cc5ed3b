import type { AvroRecord } from './avro-schema.ts';

/** Field ids of an entry of a manifest list. @see https://iceberg.apache.org/spec/#manifest-lists */
export const MANIFEST_FILE = {
  path: 500,
  length: 501,
  specId: 502,
  addedSnapshotId: 503,
  addedFiles: 504,
  existingFiles: 505,
  deletedFiles: 506,
  partitions: 507,
  addedRows: 512,
  existingRows: 513,
  deletedRows: 514,
  sequenceNumber: 515,
  minSequenceNumber: 516,
  content: 517,
  keyMetadata: 519,
} as const;

/** Field ids of the summary of one partition field. */
export const FIELD_SUMMARY = { containsNull: 509, lowerBound: 510, upperBound: 511, containsNan: 518 } as const;

const fieldSummary: AvroRecord = {
  type: 'record',
  name: 'r508',
  fields: [
    { name: 'contains_null', type: 'boolean', doc: 'True if any file has a null partition value', 'field-id': 509 },
    {
      name: 'contains_nan',
      type: ['null', 'boolean'],
      doc: 'True if any file has a nan partition value',
      default: null,
      'field-id': 518,
    },
    { name: 'lower_bound', type: ['null', 'bytes'], doc: 'Partition lower bound for all files', default: null, 'field-id': 510 },
    { name: 'upper_bound', type: ['null', 'bytes'], doc: 'Partition upper bound for all files', default: null, 'field-id': 511 },
  ],
};

/** The Avro schema of a manifest list of format version 2. */
export const manifestListSchema: AvroRecord = {
  type: 'record',
  name: 'manifest_file',
  fields: [
    { name: 'manifest_path', type: 'string', doc: 'Location URI with FS scheme', 'field-id': 500 },
    { name: 'manifest_length', type: 'long', doc: 'Total file size in bytes', 'field-id': 501 },
    { name: 'partition_spec_id', type: 'int', doc: 'Spec ID used to write', 'field-id': 502 },
    { name: 'content', type: 'int', doc: 'Contents of the manifest: 0=data, 1=deletes', 'field-id': 517 },
    { name: 'sequence_number', type: 'long', doc: 'Sequence number when the manifest was added', 'field-id': 515 },
    { name: 'min_sequence_number', type: 'long', doc: 'Lowest sequence number in the manifest', 'field-id': 516 },
    { name: 'added_snapshot_id', type: 'long', doc: 'Snapshot ID that added the manifest', 'field-id': 503 },
    { name: 'added_files_count', type: 'int', doc: 'Added entry count', 'field-id': 504 },
    { name: 'existing_files_count', type: 'int', doc: 'Existing entry count', 'field-id': 505 },
    { name: 'deleted_files_count', type: 'int', doc: 'Deleted entry count', 'field-id': 506 },
    { name: 'added_rows_count', type: 'long', doc: 'Added rows count', 'field-id': 512 },
    { name: 'existing_rows_count', type: 'long', doc: 'Existing rows count', 'field-id': 513 },
    { name: 'deleted_rows_count', type: 'long', doc: 'Deleted rows count', 'field-id': 514 },
    {
      name: 'partitions',
      type: ['null', { type: 'array', items: fieldSummary, 'element-id': 508 }],
      doc: 'Summary for each partition',
      default: null,
      'field-id': 507,
    },
    { name: 'key_metadata', type: ['null', 'bytes'], doc: 'Encryption key metadata blob', default: null, 'field-id': 519 },
  ],
};
