import type { Environment } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { LoadedTable } from '../catalog/catalog.ts';
import { reduceMetadata } from '../metadata/reduce-metadata.ts';
import { specOf } from '../metadata/select.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableRequirement } from '../metadata/table-requirement.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import { createTableUpdates } from '../operation/create-table.ts';
import { evolveSchema } from '../operation/evolve-schema.ts';
import { evolveSortOrder } from '../operation/evolve-sort-order.ts';
import { newTableLayout } from '../operation/plan-new-table.ts';
import { planPartitioning } from '../operation/plan-partitioning.ts';
import { samePartitioning } from '../spec/partition-columns.ts';
import { randomUuid } from '../spec/random-ids.ts';
import type { OutputOfIntent } from './intent-output.ts';

/** What a commit does to a table besides adding rows. */
export interface TableChangeOfCommit {
  /** The table with the change applied: what rows are appended to. */
  metadata: TableMetadata;
  requirements: TableRequirement[];
  updates: TableUpdate[];
}

/** Creation of the table that was planned. @throws {CalveError} `SCHEMA_IMPOSSIBLE`: the plan was not made by `planChanges`. */
export function creation(output: OutputOfIntent, location: string, environment: Environment): TableChangeOfCommit {
  const { planned, target } = output;
  const layout = newTableLayout(planned.fields, target);
  if (typeof layout === 'string')
    throw new CalveError('SCHEMA_IMPOSSIBLE', `${target.table}: ${layout}.`, { recovery: 'fix-input' });
  const updates = createTableUpdates({ uuid: randomUuid(environment), location, fields: planned.fields, ...layout });
  return {
    metadata: reduceMetadata(null, updates, BigInt(environment.now())),
    requirements: [{ type: 'assert-create' }],
    updates,
  };
}

/** Change of a table that exists, or why the plan no longer fits it, in plain words. */
export function evolution(
  { metadata }: LoadedTable,
  output: OutputOfIntent,
  environment: Environment,
): TableChangeOfCommit | string {
  if (metadata['format-version'] !== 2)
    return `it has format version ${metadata['format-version']}, and only version 2 can be appended to`;
  const evolved = evolveSchema(metadata, output.planned);
  if (typeof evolved === 'string') return evolved;
  const sorted = evolveSortOrder(metadata, output.target.sortBy, output.planned.fields);
  if (typeof sorted === 'string') return sorted;
  const requirements = [...evolved.requirements, ...sorted.requirements];
  const updates = [...evolved.updates, ...sorted.updates];
  return { requirements, updates, metadata: reduceMetadata(metadata, updates, BigInt(environment.now())) };
}

/**
 * True when a table that somebody else created since is exactly the one that was planned: same columns with the same ids, same
 * partitioning and sort order.
 */
export function isAsPlanned({ metadata }: LoadedTable, output: OutputOfIntent): boolean {
  const { planned, target } = output;
  const spec = planPartitioning(target.partitionBy ?? [], planned.fields);
  if (typeof spec === 'string' || !samePartitioning(spec.fields, specOf(metadata).fields)) return false;
  const evolved = evolveSchema(metadata, planned);
  const sorted = evolveSortOrder(metadata, target.sortBy, planned.fields);
  return typeof evolved !== 'string' && evolved.updates.length === 0 && typeof sorted !== 'string' && sorted.updates.length === 0;
}
