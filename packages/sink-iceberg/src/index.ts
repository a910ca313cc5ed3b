export type { Catalog, CatalogFactory, CatalogOutcome, LoadedTable, TableCommit } from './catalog/catalog.ts';
export type { SqliteCatalogOptions } from './catalog/sqlite-catalog.ts';
export { sqliteCatalog } from './catalog/sqlite-catalog.ts';
export type { IcebergSink } from './iceberg-sink.ts';
export { icebergSink } from './iceberg-sink.ts';
export type { IcebergSinkOptions, IcebergTarget, IcebergTargetInput, PartitionBy } from './iceberg-sink-options.ts';
export type { ReaderCommands, ReaderFacts } from './reader-commands.ts';
export { icebergReaderCommands, readerCommands } from './reader-commands.ts';
export type { TableIdentifier } from './spec/table-identifier.ts';
