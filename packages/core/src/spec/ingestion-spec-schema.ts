import * as z from '../context/option-language.ts';
import type { Json } from '../json/json.ts';
import { columnSchema, expressionSchema, pathSchema } from './column-schema.ts';
import {
  DEFAULT_LIMITS,
  DEFAULT_ON_CHANGED,
  DEFAULT_ON_SAME_CONTENT,
  DEFAULT_PROVENANCE,
  DEFAULT_SCHEMA_POLICY,
  DEFAULT_SETTLE_SECONDS,
} from './default-values.ts';
import type { IngestionSpec } from './ingestion-spec.ts';

const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, { error: '1 to 64 letters, digits, "_" or "-"' });
const key = z.string().min(1);
const options = z.json().default({});
const seconds = z.number().min(0);

const inputSchema = z.strictObject({
  source: key.describe('Key of a registered source.'),
  options: options.describe('Options of the source.'),
  format: z
    .union([
      z.literal('detect'),
      z.strictObject({ detect: z.record(key, z.json()).describe('Options by format; what they say wins over what is guessed.') }),
      z.strictObject({ name: key, options: options.describe('Options of the format.') }),
    ])
    .describe('How files are read; "detect" looks into each of them.'),
  onChanged: z
    .enum(['hold', 'ignore', 'append', 'replace'])
    .default(DEFAULT_ON_CHANGED)
    .describe('A file that changed after it was loaded.'),
  settleSeconds: seconds.default(DEFAULT_SETTLE_SECONDS).describe('Size and time of a file must be stable for so long.'),
  since: z.iso
    .datetime({ offset: true, error: 'a time with its zone, such as "2026-01-31T00:00:00Z"' })
    .exactOptional()
    .describe('Files modified earlier are skipped.'),
  onSameContent: z
    .enum(['skip', 'load', 'hold'])
    .default(DEFAULT_ON_SAME_CONTENT)
    .describe('The same content again under another name.'),
});

const modeSchema = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('append') }),
    z.strictObject({ kind: z.enum(['overwrite-partitions', 'overwrite-table']) }),
    z.strictObject({ kind: z.literal('merge'), keys: z.array(key).min(1), newest: z.array(key).default([]) }),
  ]),
);

const provenanceSchema = z
  .array(z.enum(['source-file', 'source-version', 'source-modified', 'record', 'run-id', 'ingested-at']))
  .refine((columns) => new Set(columns).size === columns.length, { error: 'each provenance column once' });

const flattenSchema = z.lazy(() =>
  z.strictObject({
    depth: z.int().min(1).max(50).describe('How many levels of objects become columns.'),
    separator: z.string().min(1).max(10).default('_').describe('Between the names of the levels.'),
    arrays: z.enum(['keep', 'text']).default('keep').describe('Lists on these levels: nested, or their text in the file.'),
  }),
);

const outputSchema = z.strictObject({
  name: name.describe('Unique in the spec.'),
  sink: key.describe('Key of a registered sink.'),
  options: options.describe('Options of the sink: table name, partitioning.'),
  filter: expressionSchema.exactOptional(),
  rows: z.union([z.enum(['accepted', 'rejected', 'raw']), z.strictObject({ explode: pathSchema })]).default('accepted'),
  flatten: flattenSchema.exactOptional().describe('Objects inside of columns become columns; default: nested data stays nested.'),
  columns: z.record(key, columnSchema).default({}).describe('Columns of the table; the rest is inferred.'),
  provenance: provenanceSchema.default(DEFAULT_PROVENANCE).describe('Columns that tell where a row came from.'),
  mode: modeSchema.exactOptional().describe('What becomes of rows that the table has already; default: rows are added.'),
});

const policySchema = z.strictObject({
  infer: z.enum(['full', 'sample', 'off']).default(DEFAULT_SCHEMA_POLICY.infer),
  onNewColumn: z.enum(['add', 'hold', 'ignore', 'rescue']).default(DEFAULT_SCHEMA_POLICY.onNewColumn),
  onTypeChange: z.enum(['hold', 'widen', 'reject-row']).default(DEFAULT_SCHEMA_POLICY.onTypeChange),
  onRefuted: z.enum(['reject-row', 'hold']).default(DEFAULT_SCHEMA_POLICY.onRefuted),
});

const limitsSchema = z.strictObject({
  maxRejectedRows: z.int().min(0).default(DEFAULT_LIMITS.maxRejectedRows).describe('More: nothing is committed.'),
  maxRejectedRatio: z.number().min(0).max(1).default(DEFAULT_LIMITS.maxRejectedRatio).describe('Share of the rows read.'),
  maxUnitsPerBatch: z.int().min(1).default(DEFAULT_LIMITS.maxUnitsPerBatch),
  maxBytesPerBatch: z.int().min(1).default(DEFAULT_LIMITS.maxBytesPerBatch),
});

const triggerSchema = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('manual') }),
    z.strictObject({ kind: z.literal('schedule'), cron: z.string().min(1), zone: z.string().min(1) }),
    z.strictObject({ kind: z.literal('events'), quietSeconds: seconds, sweepSeconds: seconds }),
    z.strictObject({ kind: z.literal('continuous'), everySeconds: seconds }),
  ]),
);

/** The language of the spec: shapes, ranges and defaults. What it allows may still name things that are not registered. */
export const ingestionSpecSchema: z.ZodType<IngestionSpec> = z
  .strictObject({
    specVersion: z.literal(1),
    id: name.describe('The ledger belongs to it.'),
    labels: z.record(z.string(), z.string()).exactOptional(),
    input: inputSchema,
    outputs: z.array(outputSchema).min(1).describe('The first one is the table itself.'),
    schema: policySchema.prefault({}).describe('What may happen to the schema.'),
    limits: limitsSchema.prefault({}).describe('Limits of one run.'),
    trigger: triggerSchema.default({ kind: 'manual' }),
    engine: z.enum(['auto', 'in-process', 'spark']).default('auto'),
  })
  .describe('An ingestion: which files become which table.');

/**
 * The JSON Schema (draft 2020-12) of what a user may write, defaults not yet applied: for editors, forms and other languages. Options
 * of plugins are any JSON here; each plugin has a schema of its own.
 */
export function ingestionSpecJsonSchema(): Json {
  return JSON.parse(JSON.stringify(z.toJSONSchema(ingestionSpecSchema, { io: 'input' }))) as Json;
}
