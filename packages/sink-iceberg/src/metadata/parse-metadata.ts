import { CalveError, z } from '@calve/core/plugin';
import type { IcebergSchema } from '../spec/iceberg-schema.ts';
import type { PartitionField } from '../spec/partition-spec.ts';
import { FIRST_PARTITION_ID } from '../spec/partition-spec.ts';
import { parseExactJson } from './exact-json.ts';
import type { TableMetadata } from './table-metadata.ts';

/** The highest format version whose tables can be read. */
const HIGHEST_READABLE_VERSION = 3;

/** Described when a table's metadata is first read: the load that creates a table reads none. */
const shape = z.lazy(() => {
  const schema = z.looseObject({
    type: z.literal('struct'),
    'schema-id': z.int(),
    fields: z.array(z.looseObject({ id: z.int(), name: z.string() })),
  });
  const snapshot = z.looseObject({
    'snapshot-id': z.bigint(),
    'sequence-number': z.bigint(),
    'timestamp-ms': z.bigint(),
    summary: z.record(z.string(), z.string()),
  });
  const partitionField = z.looseObject({ 'source-id': z.int(), 'field-id': z.int(), transform: z.string(), name: z.string() });
  return z.looseObject({
    'format-version': z.int(),
    'table-uuid': z.string(),
    location: z.string(),
    'last-sequence-number': z.bigint(),
    'last-updated-ms': z.bigint(),
    'last-column-id': z.int(),
    schemas: z.array(schema).min(1),
    'current-schema-id': z.int(),
    'partition-specs': z.array(z.looseObject({ 'spec-id': z.int(), fields: z.array(partitionField) })).min(1),
    'default-spec-id': z.int(),
    'last-partition-id': z.int(),
    'sort-orders': z.array(z.looseObject({ 'order-id': z.int() })),
    'default-sort-order-id': z.int(),
    properties: z.record(z.string(), z.string()).optional(),
    'current-snapshot-id': z.bigint().nullish(),
    snapshots: z.array(snapshot).optional(),
    refs: z.record(z.string(), z.looseObject({ 'snapshot-id': z.bigint(), type: z.enum(['branch', 'tag']) })).optional(),
  });
});

/**
 * Reads the text of a metadata file. Tables of format version 1 get the lists that version 2 has; all that was in the file is kept.
 *
 * @param location Of the file, for messages.
 * @throws {CalveError} `ICEBERG_METADATA_INVALID`: not JSON, or not a table's metadata; `ICEBERG_FORMAT_VERSION_UNSUPPORTED`.
 */
export function parseTableMetadata(text: string, location: string): TableMetadata {
  let value: unknown;
  try {
    value = parseExactJson(text);
  } catch (cause) {
    throw new CalveError('ICEBERG_METADATA_INVALID', `The metadata file ${location} is not valid JSON.`, {
      context: { location },
      cause,
    });
  }
  const version = (value as { 'format-version'?: unknown } | null)?.['format-version'];
  if (typeof version === 'number' && version > HIGHEST_READABLE_VERSION)
    throw new CalveError(
      'ICEBERG_FORMAT_VERSION_UNSUPPORTED',
      `The table of ${location} has format version ${version}; this version of Calve reads tables up to version ${HIGHEST_READABLE_VERSION}.`,
      { recovery: 'fix-input', context: { location, version } },
    );
  const complete = version === 1 ? fromVersion1(value as Version1) : value;
  const parsed = shape.safeParse(complete);
  if (parsed.success) return complete as TableMetadata;
  const issue = parsed.error.issues[0];
  throw new CalveError(
    'ICEBERG_METADATA_INVALID',
    `The metadata file ${location} is not that of an Iceberg table: ${issue?.path.join('.') || 'the whole'}: ${issue?.message}`,
    { context: { location, path: issue?.path.map(String) ?? [] } },
  );
}

type Version1 = Partial<TableMetadata> & {
  schema?: IcebergSchema;
  'partition-spec'?: (PartitionField & { 'field-id'?: number })[];
};

function fromVersion1(value: Version1): unknown {
  const spec = (value['partition-spec'] ?? []).map((field, at) => ({
    ...field,
    'field-id': field['field-id'] ?? FIRST_PARTITION_ID + at,
  }));
  const specs = value['partition-specs'] ?? [{ 'spec-id': 0, fields: spec }];
  return {
    ...value,
    'table-uuid': value['table-uuid'] ?? '',
    'last-sequence-number': 0n,
    schemas: value.schemas ?? (value.schema ? [{ ...value.schema, 'schema-id': value.schema['schema-id'] ?? 0 }] : []),
    'current-schema-id': value['current-schema-id'] ?? value.schema?.['schema-id'] ?? 0,
    'partition-specs': specs,
    'default-spec-id': value['default-spec-id'] ?? 0,
    'last-partition-id':
      value['last-partition-id'] ??
      Math.max(FIRST_PARTITION_ID - 1, ...specs.flatMap((one) => one.fields.map((field) => field['field-id']))),
    'sort-orders': value['sort-orders'] ?? [{ 'order-id': 0, fields: [] }],
    'default-sort-order-id': value['default-sort-order-id'] ?? 0,
    ...(value.snapshots
      ? {
          snapshots: value.snapshots.map((one) => ({
            ...one,
            'sequence-number': one['sequence-number'] ?? 0n,
            summary: one.summary ?? {},
          })),
        }
      : {}),
  };
}
