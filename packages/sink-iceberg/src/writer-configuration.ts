import type { CommitIntent, Field, TableState } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import { dataFolder } from './catalog/metadata-files.ts';
import { metricsModes } from './datafile/metrics-mode.ts';
import type { TableWriterConfiguration } from './datafile/table-writer-configuration.ts';
import type { IcebergTarget } from './iceberg-sink-options.ts';
import { planPartitioning } from './operation/plan-partitioning.ts';
import { sortOrderOf } from './operation/sort-order-of.ts';
import { factsOf } from './operation/table-facts.ts';
import { partitionColumns } from './spec/partition-columns.ts';
import type { PartitionSpec } from './spec/partition-spec.ts';
import { sortColumns } from './spec/sort-order.ts';

/** What the writers of one output are told, derived from the table as it was planned. */
export interface WriterFacts {
  target: IcebergTarget;
  /** All columns of the table after the commit, with ids. */
  fields: readonly Field[];
  /** The table as it was last inspected. */
  state: TableState | 'absent';
  /** Where a new table will be. */
  location: string;
}

const MEBIBYTE = 1024 * 1024;
/**
 * Less than Iceberg's 128 MiB: the present writer holds a row group in memory and encodes it in one go. Larger ones cost memory, several
 * times over while they wait and are encoded, and stop the event loop of the host for as long as encoding takes. Short numbers take more
 * here than as text: with room for half as much again as a segment has, its rows are mostly one row group, and not one and a rest.
 */
const DEFAULT_ROW_GROUP_BYTES = 24 * MEBIBYTE;
/** What a table property may ask for, for the same reason: tables made by other engines often ask for 128 MiB. */
const MAXIMUM_ROW_GROUP_BYTES = 32 * MEBIBYTE;
const DEFAULT_FILE_BYTES = 512 * MEBIBYTE;
const MAXIMUM_OPEN_FILES = 32;

/** The configuration of the writers of one output: plain JSON. Table properties win over the defaults. Pure. */
export function writerConfiguration(intent: CommitIntent, facts: WriterFacts): TableWriterConfiguration {
  const { fields, target, state, location } = facts;
  const existing = state === 'absent' ? null : factsOf(state);
  const properties = existing?.properties ?? target.properties ?? {};
  const metrics = metricsModes(properties, fields);
  const spec: PartitionSpec =
    existing && state !== 'absent'
      ? { 'spec-id': state.partitionSpecId, fields: existing.partition }
      : plannedSpec(target, fields);
  return {
    dataLocation: dataFolder({ location: existing?.location ?? location, properties }),
    filePrefix: `${intent.sequence}-${intent.commitId}-${intent.writerId}`,
    fields: [...fields],
    partition: partitionColumns(spec),
    specId: spec['spec-id'],
    codec: parquetCodec(properties['write.parquet.compression-codec']),
    ...sorting(state, target, fields),
    ...(Object.keys(metrics).length === 0 ? {} : { metrics }),
    targetFileBytes: target.targetFileSizeBytes ?? bytesOf(properties['write.target-file-size-bytes'], DEFAULT_FILE_BYTES),
    rowGroupBytes: Math.min(
      bytesOf(properties['write.parquet.row-group-size-bytes'], DEFAULT_ROW_GROUP_BYTES),
      MAXIMUM_ROW_GROUP_BYTES,
    ),
    maxOpenFiles: MAXIMUM_OPEN_FILES,
  };
}

/** None for a table that is not sorted, or in a way that this version does not know: its files are not sorted then. */
function sorting(
  state: TableState | 'absent',
  target: IcebergTarget,
  fields: readonly Field[],
): Pick<TableWriterConfiguration, 'sortOrder'> {
  const order = sortOrderOf(state, target, fields);
  if (typeof order === 'string')
    throw new CalveError('SCHEMA_IMPOSSIBLE', `${target.table}: ${order}.`, { recovery: 'fix-input' });
  return order.fields.length === 0 ? {} : { sortOrder: { id: order['order-id'], fields: sortColumns(order) } };
}

function plannedSpec(target: IcebergTarget, fields: readonly Field[]): PartitionSpec {
  const spec = planPartitioning(target.partitionBy ?? [], fields);
  if (typeof spec !== 'string') return spec;
  throw new CalveError('SCHEMA_IMPOSSIBLE', `${target.table}: ${spec}.`, { recovery: 'fix-input' });
}

function parquetCodec(name: string | undefined): TableWriterConfiguration['codec'] {
  return name === 'gzip' || name === 'snappy' || name === 'uncompressed' ? name : 'zstd';
}

function bytesOf(text: string | undefined, otherwise: number): number {
  const value = Number(text);
  return Number.isSafeInteger(value) && value > 0 ? value : otherwise;
}
