import type { Json, OptionSchema } from '@calve/core/plugin';
import { CalveError, z } from '@calve/core/plugin';
import type { CatalogFactory } from './catalog/catalog.ts';
import { type ColumnReference, columnReferenceSchema, nameSchema } from './options/column-reference.ts';
import type { PartitionBy } from './options/partition-by.ts';
import { partitionFieldSchema } from './options/partition-by.ts';
import type { SortBy } from './options/sort-by.ts';
import { sortFieldSchema } from './options/sort-by.ts';
import { propertiesSchema } from './options/table-properties.ts';
import { tableNameIssue } from './spec/table-identifier.ts';

/** How `icebergSink` is set up: once per lake, by the host. */
export interface IcebergSinkOptions {
  /** Keeps the pointer to each table's current metadata: `sqliteCatalog('./lake/catalog.db')`. */
  catalog: CatalogFactory;
  /** Folder under which new tables are created: a path or a `file://` URI, such as `./lake/warehouse`. */
  warehouse: string;
  /**
   * Namespace below which every table of a spec lies. Where several tenants share a catalog it keeps them apart: with
   * `({ tenant }) => tenant` the table `sales.orders` of tenant `acme` is `acme.sales.orders`, below `<warehouse>/acme`, and no name of a spec
   * leads out of there. Give each tenant another one, and none that begins with another's. Specs may not say then where files of a table lie.
   * Default: none, names mean what they say.
   */
  namespace?: string | ((scope: { tenant: string }) => string);
}

/** The options of one table: `{ table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'ordered_at' }] }`. */
export interface IcebergTarget {
  /** `namespace.name`. A namespace may have several levels. */
  readonly table: string;
  /** How a new table is partitioned. Default: not at all; an existing table keeps its partitioning. */
  readonly partitionBy?: readonly PartitionBy[];
  /** How rows are sorted within each data file. Default: as the table says; a new table is not sorted. An empty list: not at all. */
  readonly sortBy?: readonly SortBy[];
  /** Columns that together identify a row of a new table. They are required; that no two rows agree in them is not checked. */
  readonly identifierFields?: readonly ColumnReference[];
  /** Columns of a new table that take no null: rows without a value there are rejected. */
  readonly required?: readonly ColumnReference[];
  /** A data file that has reached this size is finished. Default: `write.target-file-size-bytes` of the table, or 512 MiB. */
  readonly targetFileSizeBytes?: number;
  /**
   * With every commit, take snapshots out of the history that `history.expire.max-snapshot-age-ms` and `history.expire.min-snapshots-to-keep` of the
   * table no longer ask to keep. Files are not deleted. Default: no, all are kept until somebody expires them.
   */
  readonly expireSnapshots?: boolean;
  /** What a new table is about. */
  readonly comment?: string;
  /** What columns of a new table are about. */
  readonly columnComments?: Readonly<Record<string, string>>;
  /** Table properties that a new table gets, such as `write.parquet.compression-codec`. */
  readonly properties?: Readonly<Record<string, string>>;
}

export type { PartitionBy, SortBy };

const target: z.ZodType<IcebergTarget> = z.strictObject({
  table: z
    .string()
    .superRefine((text, context) => {
      const issue = tableNameIssue(text);
      if (issue !== null)
        context.addIssue({ code: 'custom', message: issue, params: { expected: 'namespace.name, such as sales.orders' } });
    })
    .describe('namespace.name of the table, such as sales.orders. A namespace may have several levels.'),
  partitionBy: z
    .array(partitionFieldSchema)
    .max(20)
    .exactOptional()
    .describe('How a new table is partitioned. Default: not at all; an existing table keeps its partitioning.'),
  sortBy: z
    .array(sortFieldSchema)
    .max(20)
    .exactOptional()
    .describe(
      'How rows are sorted within each data file. Default: as the table says; a new table is not sorted. An empty list: not at all.',
    ),
  identifierFields: z
    .array(columnReferenceSchema)
    .min(1)
    .exactOptional()
    .describe(
      'Columns that together identify a row of a new table. They are required; that no two rows agree in them is not checked.',
    ),
  required: z
    .array(columnReferenceSchema)
    .exactOptional()
    .describe('Columns of a new table that take no null: rows without a value there are rejected.'),
  targetFileSizeBytes: z
    .int()
    .min(1)
    .exactOptional()
    .describe(
      'A data file that has reached this size is finished. Default: write.target-file-size-bytes of the table, or 512 MiB.',
    ),
  expireSnapshots: z
    .boolean()
    .exactOptional()
    .describe(
      'With every commit, take snapshots out of the history that history.expire.max-snapshot-age-ms and history.expire.min-snapshots-to-keep of the table no longer ask to keep. Files are not deleted. Default: no, all are kept until somebody expires them.',
    ),
  comment: z.string().exactOptional().describe('What a new table is about.'),
  columnComments: z.record(nameSchema, z.string()).exactOptional().describe('What columns of a new table are about.'),
  properties: propertiesSchema
    .exactOptional()
    .describe('Table properties that a new table gets, such as write.parquet.compression-codec.'),
});

/** Validates the options of a table, and shows them as JSON Schema. */
export const icebergTargetSchema: OptionSchema<IcebergTarget> = z.optionsOf(target);

/** Properties that say where the files of a table lie, or name code that does. https://iceberg.apache.org/docs/1.10.0/configuration/ */
const PLACES = /^write\.(?:(?:data|metadata|object-storage|folder-storage)\.path|location-provider\.impl)$/;

/**
 * A table that is confined to a namespace lies where the sink puts it.
 *
 * @throws {CalveError} `OPTIONS_INVALID` (fix-input): a property of a new table says where its files lie.
 */
export function assertIsConfined({ table, properties = {} }: IcebergTarget): void {
  const place = Object.keys(properties).find((property) => PLACES.test(property));
  if (place === undefined) return;
  throw new CalveError(
    'OPTIONS_INVALID',
    `${table}: the property ${place} cannot be set here: this sink decides where files lie.`,
    {
      recovery: 'fix-input',
      context: { table, property: place },
    },
  );
}

/**
 * Levels of the namespace below which the tables of a tenant lie; none: they lie anywhere.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): what the host gave cannot be a namespace.
 */
export function namespaceOf({ namespace }: Pick<IcebergSinkOptions, 'namespace'>, tenant: string): string[] {
  const text = typeof namespace === 'function' ? namespace({ tenant }) : namespace;
  if (text === undefined) return [];
  const issue = tableNameIssue(`${text}.x`);
  if (issue === null) return text.split('.');
  throw new CalveError('CONFIGURATION_INVALID', `icebergSink cannot put the tables of ${tenant} below "${text}": ${issue}.`, {
    recovery: 'fix-input',
    context: { tenant, namespace: text },
  });
}

/** A run asks for the same target a dozen times, and a service for a few in each run. By their text. */
const targets = new Map<string, IcebergTarget>();
const MOST_TARGETS = 64;

/** The validated options that core hands back to a session. @throws {ZodError} when they were never validated. */
export function targetOf(options: Json): IcebergTarget {
  const text = JSON.stringify(options);
  const known = targets.get(text);
  if (known) return known;
  const parsed = target.parse(options, { jitless: true });
  if (targets.size >= MOST_TARGETS) targets.clear();
  targets.set(text, parsed);
  return parsed;
}
