import type { ColumnType, Field, Json } from '@calve/core/plugin';
import { CalveError, z } from '@calve/core/plugin';
import type { TableWriterConfiguration } from './table-writer-configuration.ts';

const field: z.ZodType<Field> = z.lazy(() =>
  z.strictObject({
    name: z.string(),
    id: z.int().exactOptional(),
    type: columnType,
    required: z.boolean(),
    doc: z.string().exactOptional(),
  }),
);

const columnType: z.ZodType<ColumnType> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.enum(['boolean', 'int32', 'int64', 'float32', 'float64', 'date', 'time', 'string', 'binary', 'uuid', 'unknown']),
  }),
  z.strictObject({ kind: z.literal('decimal'), precision: z.int().min(1).max(38), scale: z.int().min(0).max(38) }),
  z.strictObject({ kind: z.literal('fixed'), bytes: z.int().min(1) }),
  z.strictObject({ kind: z.literal('timestamp'), unit: z.enum(['micros', 'nanos']), zone: z.enum(['utc', 'none']) }),
  z.strictObject({ kind: z.literal('struct'), fields: z.array(field) }),
  z.strictObject({ kind: z.literal('list'), element: field }),
  z.strictObject({ kind: z.literal('map'), key: field, value: field }),
]);

const configuration: z.ZodType<TableWriterConfiguration> = z.strictObject({
  dataLocation: z.string().regex(/[^/]$/, 'must not end with a slash'),
  filePrefix: z.string().regex(/^[A-Za-z0-9._-]+$/, 'must consist of letters, digits, ".", "_" and "-"'),
  fields: z.array(field).min(1),
  partition: z.array(z.strictObject({ sourceId: z.int(), fieldId: z.int(), name: z.string(), transform: z.string() })),
  specId: z.int().min(0),
  sortOrder: z
    .strictObject({
      id: z.int().min(1),
      fields: z
        .array(z.strictObject({ sourceId: z.int(), transform: z.string(), descending: z.boolean(), nullsFirst: z.boolean() }))
        .min(1),
    })
    .exactOptional(),
  metrics: z.record(z.string(), z.union([z.enum(['none', 'counts', 'full']), z.int().min(1)])).exactOptional(),
  codec: z.enum(['zstd', 'gzip', 'snappy', 'uncompressed']),
  targetFileBytes: z.int().min(1),
  rowGroupBytes: z.int().min(1),
  maxOpenFiles: z.int().min(1),
});

/**
 * The configuration of a table writer, which came as JSON from another thread or process.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID`: it is none; `context.issues` says where.
 */
export function parseWriterConfiguration(json: Json): TableWriterConfiguration {
  // Once for each writer: compiling a function for it, as zod does by itself, would take longer.
  const result = configuration.safeParse(json, { jitless: true });
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => ({ path: path.map(String), message }));
  const [first] = issues;
  throw new CalveError(
    'CONFIGURATION_INVALID',
    `The configuration of the Iceberg table writer is not valid: ${first?.path.join('.') || 'the value'}: ${first?.message}.`,
    { recovery: 'report', context: { issues } },
  );
}
