import type { IcebergSinkOptions } from './iceberg-sink-options.ts';
import { identifierText } from './spec/table-identifier.ts';

/**
 * The names of the tables of a lake, `namespace.name`, ordered; those of rejected rows are among them. Creates nothing: a lake that does not
 * exist yet has none.
 *
 * @param lake The sink that `icebergSink` gave, or what it was given.
 * @throws {CalveError} `ICEBERG_CATALOG_UNAVAILABLE` (retry).
 *
 * @example
 * await icebergTables(lake); // => ['sales.orders', 'sales.orders__rejected']
 */
export async function icebergTables(lake: Pick<IcebergSinkOptions, 'catalog'>): Promise<string[]> {
  const catalog = lake.catalog.open();
  try {
    return (await catalog.list()).map(identifierText);
  } finally {
    catalog.close();
  }
}
