import { fileUri } from './files/file-uri.ts';
import type { IcebergSinkOptions } from './iceberg-sink-options.ts';
import { parseIdentifier } from './spec/table-identifier.ts';

/** URI under which a new table is created: one folder per level of its name below the warehouse, as PyIceberg does it. */
export function newTableLocation(options: Pick<IcebergSinkOptions, 'warehouse'>, table: string): string {
  const { namespace, name } = parseIdentifier(table);
  return [fileUri(options.warehouse), ...namespace, name].join('/');
}
