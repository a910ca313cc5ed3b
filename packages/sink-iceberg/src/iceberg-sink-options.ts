import type { Json, OptionSchema } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import * as z from 'zod';
import type { CatalogFactory } from './catalog/catalog.ts';
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

const name = z.string().min(1);

const partitionField = z
  .discriminatedUnion('transform', [
    z.strictObject({ transform: z.literal('identity'), column: name }),
    z.strictObject({ transform: z.literal('day'), column: name }),
    z.strictObject({ transform: z.literal('bucket'), column: name, buckets: z.int().min(1).max(65_536) }),
  ])
  .describe('One partition field: identity, day, or bucket with a number of buckets.');

const target = z.strictObject({
  table: z
    .string()
    .superRefine((text, context) => {
      const issue = tableNameIssue(text);
      if (issue !== null)
        context.addIssue({ code: 'custom', message: issue, params: { expected: 'namespace.name, such as sales.orders' } });
    })
    .describe('namespace.name of the table, such as sales.orders. A namespace may have several levels.'),
  partitionBy: z
    .array(partitionField)
    .max(20)
    .exactOptional()
    .describe('How a new table is partitioned. Default: not at all; an existing table keeps its partitioning.'),
  properties: z
    .record(name, z.string())
    .exactOptional()
    .describe('Table properties that a new table gets, such as write.target-file-size-bytes.'),
});

/** The options of one table, after validation. */
export type IcebergTarget = z.output<typeof target>;

/** One field of `partitionBy`. */
export type PartitionBy = NonNullable<IcebergTarget['partitionBy']>[number];

/** The options of one table, as a user writes them: `{ table: 'sales.orders', partitionBy: [{ transform: 'day', column: 'ordered_at' }] }`. */
export interface IcebergTargetInput extends Omit<z.input<typeof target>, 'partitionBy'> {
  /** How a new table is partitioned. Default: not at all; an existing table keeps its partitioning. */
  readonly partitionBy?: readonly PartitionBy[];
}

/** Validates the options of a table, and shows them as JSON Schema. */
export const icebergTargetSchema: OptionSchema<IcebergTarget> = {
  jsonSchema: z.toJSONSchema(target, { io: 'input' }) as Json,
  '~standard': { version: 1, vendor: 'zod', validate: (value) => target['~standard'].validate(value) },
};

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

/** The validated options that core hands back to a session. @throws {ZodError} when they were never validated. */
export function targetOf(options: Json): IcebergTarget {
  return target.parse(options);
}
