import type { SinkPlugin } from '@calve/core/plugin';
import { CalveError, REJECTED_SUFFIX } from '@calve/core/plugin';
import { fileUri } from './files/file-uri.ts';
import { IcebergSession } from './iceberg-session.ts';
import type { IcebergSinkOptions, IcebergTarget } from './iceberg-sink-options.ts';
import { icebergTargetSchema } from './iceberg-sink-options.ts';
import { ManifestMemory } from './manifest/manifest-memory.ts';

/** The sink, with what it was given: `icebergReaderCommands` takes it. `warehouse` is a URI here. */
export type IcebergSink = SinkPlugin<IcebergTarget> & IcebergSinkOptions;

/**
 * Writes to Apache Iceberg tables (format version 2): creates them, adds and widens columns, appends.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID`: the warehouse is empty; `ICEBERG_LOCATION_UNSUPPORTED`: it is not local.
 *
 * @example
 * icebergSink({ catalog: sqliteCatalog('./lake/catalog.db'), warehouse: './lake/warehouse' })
 */
export function icebergSink(options: IcebergSinkOptions): IcebergSink {
  if (options.warehouse.trim() === '')
    throw new CalveError('CONFIGURATION_INVALID', 'icebergSink needs a warehouse: the folder under which tables are created.', {
      recovery: 'fix-input',
    });
  // The working directory may change later.
  const settled: IcebergSinkOptions = { ...options, warehouse: fileUri(options.warehouse) };
  const memory = new ManifestMemory();
  return {
    ...settled,
    contract: 'sink/1',
    name: 'iceberg',
    version: '0.1.0',
    modes: ['append', 'overwrite-partitions', 'overwrite-table', 'merge'],
    replacesFiles: true,
    options: icebergTargetSchema,
    quarantine: ({ table, expireSnapshots }) => ({
      table: `${table}${REJECTED_SUFFIX}`,
      ...(expireSnapshots === undefined ? {} : { expireSnapshots }),
      partitionBy: [{ transform: 'day', column: '_ingested_at' }],
    }),
    connect: async (context) => new IcebergSession(settled, context, memory),
  };
}
