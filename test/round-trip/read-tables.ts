import { join } from 'node:path';
import type { CanonicalTable, CanonicalValue, DuckDbReader, PyIcebergCatalog, PyIcebergReader } from '../readers/readers.ts';
import { duckDbCondition, type Filter, filtersOf, pythonCondition, quoted } from './filters.ts';
import type { RandomTable } from './random-table.ts';
import { icebergTypeText } from './scalar-texts.ts';

/** What a reader answered to one filter. */
export type FilterAnswer = { ids: number[]; files?: number } | { error: string };

/** A table as one reader sees it. `records`, `nulls` and `problems` come from its manifests. */
export interface TableAnswer {
  schema: [name: string, type: string][];
  rows: CanonicalValue[][];
  records: number;
  /** By column. */
  nulls: Record<string, number>;
  filters: FilterAnswer[];
  /** Partition tuples as text, one per data file; PyIceberg only. */
  partitions?: string[];
  /** Where the manifests contradict the files, or PyIceberg's transforms our partition values; PyIceberg only. */
  problems?: string[];
}

export type Answer = TableAnswer | { error: string };

/** Creates the tables that another engine has to create. */
export async function createTables(
  reader: PyIcebergReader,
  catalog: PyIcebergCatalog,
  tables: readonly RandomTable[],
): Promise<void> {
  const requests = tables.map(({ name, columns, partition, properties }) => ({
    name,
    schema: {
      type: 'struct',
      fields: columns.map((column, at) => ({
        id: at + 1,
        name: column.name,
        required: column.required,
        type: icebergTypeText(column.kind.type),
      })),
    },
    partition: partition.map(({ column, transform }) => ({ column: column.name, transform })),
    properties,
  }));
  await reader.run(call('create_tables', catalog, requests));
}

/** All tables as PyIceberg sees them, in one call. */
export async function readWithPyIceberg(
  reader: PyIcebergReader,
  catalog: PyIcebergCatalog,
  tables: readonly RandomTable[],
): Promise<Map<string, Answer>> {
  const requests = tables.map((table) => ({ name: table.name, filters: filtersOf(table).map(pythonCondition) }));
  const { rows } = await reader.run(call('read_tables', catalog, requests));
  return new Map(rows.map(([name, answer]) => [String(name), JSON.parse(String(answer)) as Answer]));
}

function call(name: string, catalog: PyIcebergCatalog, requests: unknown): string {
  const python = (value: unknown): string => `json.loads(${JSON.stringify(JSON.stringify(value))})`;
  const folder = JSON.stringify(join(import.meta.dirname));
  return `import json, sys\nif ${folder} not in sys.path: sys.path.append(${folder})\nimport round_trip_tables\nround_trip_tables.${name}(${python(catalog)}, ${python(requests)})`;
}

/** One table as DuckDB sees it. @param path Of its current metadata file. */
export async function readWithDuckDb(reader: DuckDbReader, path: string, table: RandomTable): Promise<Answer> {
  const file = `'${path.replaceAll("'", "''")}'`;
  const scan = `iceberg_scan(${file})`;
  try {
    const content = await reader.query(`SELECT * FROM ${scan}`);
    const counts = content.schema.map(([name]) => `count(*) - count(${quoted(name)})`);
    const nulls = await reader.query(`SELECT ${counts.join(', ')} FROM ${scan}`);
    const records = await reader.query(`SELECT sum(record_count)::BIGINT FROM iceberg_metadata(${file})`);
    return {
      ...content,
      records: Number(records.rows[0]?.[0] ?? 0),
      nulls: Object.fromEntries(content.schema.map(([name], at) => [name, Number(nulls.rows[0]?.[at])])),
      filters: await filtered(reader, scan, table),
    };
  } catch (error) {
    return { error: firstLine(error) };
  }
}

/** All filters in one query; where DuckDB cannot answer one of them, each in a query of its own. */
async function filtered(reader: DuckDbReader, scan: string, table: RandomTable): Promise<FilterAnswer[]> {
  const filters = filtersOf(table);
  const select = (filter: Filter, at: number): string => `SELECT ${at}::BIGINT, id FROM ${scan} WHERE ${duckDbCondition(filter)}`;
  const idsOf = ({ rows }: CanonicalTable, at: number): number[] =>
    rows.flatMap(([filter, id]) => (Number(filter) === at ? [Number(id)] : [])).sort((a, b) => a - b);
  try {
    const answer = await reader.query(filters.map(select).join(' UNION ALL '));
    return filters.map((_, at) => ({ ids: idsOf(answer, at) }));
  } catch {
    const answers: FilterAnswer[] = [];
    for (const [at, filter] of filters.entries()) {
      const answer = await reader.query(select(filter, at)).then(
        (table) => ({ ids: idsOf(table, at) }),
        (error: unknown) => ({ error: firstLine(error) }),
      );
      answers.push(answer);
    }
    return answers;
  }
}

function firstLine(error: unknown): string {
  return String(error).split('\n', 1)[0] ?? '';
}
