import type { Field, Json, TableChange } from '@calve/core/plugin';
import { sqlName, sqlString } from './literal.ts';
import { sparkType } from './spark-type.ts';

/** Without it Spark publishes what it should only stage. */
export const STAGING_PROPERTY = 'write.wap.enabled';

/** What the sink says about a table that it would create. */
interface Creation {
  location: string;
  partitioning: { 'source-id': number; name: string; transform: string }[];
  properties: Record<string, string>;
}

/**
 * The statement that creates the table of a plan, if it is not there yet; or why there is none, a sentence.
 *
 * @param table The name of the table, printed.
 * @param fields Its columns, with ids, in order: Iceberg gives a new table the same ids.
 */
export function createTable(table: string, change: TableChange, fields: readonly Field[]): { sql: string } | { problem: string } {
  const { location, partitioning, properties, formatVersion, ...others } = change.after as unknown as Creation &
    Record<string, Json>;
  const unknown = Object.keys(others).find((name) => !['table', 'fields'].includes(name) && !isEmpty(others[name]));
  if (unknown !== undefined) return { problem: `creating a table with "${unknown}" is not printed yet` };
  const transforms: string[] = [];
  for (const { 'source-id': id, name, transform } of partitioning) {
    const column = fields.find((field) => field.id === id);
    const printed = column && transformSql(transform, sqlName(column.name));
    if (!printed) return { problem: `partitioning by ${name} is not printed yet` };
    transforms.push(printed);
  }
  const columns = fields.map(({ name, type, required, doc }) => {
    const comment = doc === undefined ? '' : ` COMMENT ${sqlString(doc)}`;
    return `  ${sqlName(name)} ${sparkType(type)}${required ? ' NOT NULL' : ''}${comment}`;
  });
  const all = {
    'format-version': String(formatVersion),
    'write.parquet.compression-codec': 'zstd',
    ...properties,
    [STAGING_PROPERTY]: 'true',
  };
  const set = Object.entries(all).map(([name, value]) => `  ${sqlString(name)} = ${sqlString(value)}`);
  return {
    sql: [
      `CREATE TABLE IF NOT EXISTS ${table} (`,
      columns.join(',\n'),
      ')',
      'USING iceberg',
      ...(transforms.length === 0 ? [] : [`PARTITIONED BY (${transforms.join(', ')})`]),
      `LOCATION ${sqlString(location)}`,
      'TBLPROPERTIES (',
      set.join(',\n'),
      ')',
    ].join('\n'),
  };
}

function isEmpty(value: Json | undefined): boolean {
  return value === null || value === undefined || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** A partition transform in Spark's words; the plural names are taken by every version. */
function transformSql(transform: string, column: string): string | null {
  switch (transform) {
    case 'identity':
      return column;
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
      return `${transform}s(${column})`;
  }
  const [, name, digits] = /^(bucket|truncate)\[(\d+)\]$/.exec(transform) ?? [];
  return name === undefined ? null : `${name}(${digits}, ${column})`;
}
