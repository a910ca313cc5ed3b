import { SPARK_PACKAGES, sparkAccess } from './catalog/spark-access.ts';
import { sparkName } from './catalog/spark-name.ts';
import { fileUri } from './files/file-uri.ts';
import { shellWord } from './files/shell-word.ts';
import type { IcebergSinkOptions, IcebergTarget } from './iceberg-sink-options.ts';
import { parseIdentifier } from './spec/table-identifier.ts';

/** What the commands name. */
export interface ReaderFacts {
  /** Absolute path of the SQLite file. */
  catalogPath: string;
  catalogName: string;
  /** URI. */
  warehouse: string;
  /** `namespace.name`. */
  table: string;
  /** URI of the current metadata file. */
  metadataLocation: string;
}

/** One line per engine that reads a table, to be copied as it is. */
export interface ReaderCommands {
  /** A line for a Python prompt; needs `pyiceberg[sql-sqlite,pyarrow]`. */
  pyiceberg: string;
  /** SQL for DuckDB with its iceberg extension. It names one metadata file: it reads the table as it is now. */
  duckdb: string;
  /** A line for a POSIX shell; needs pyspark 4.0 and Java 17. */
  spark: string;
}

/** Writes the commands; every name is quoted for its engine. Pure. */
export function readerCommands(facts: ReaderFacts): ReaderCommands {
  const { catalogPath, catalogName, warehouse, table, metadataLocation } = facts;
  const { namespace, name } = parseIdentifier(table);
  const { conf } = sparkAccess(catalogName, catalogPath, warehouse);
  const settings = Object.entries(conf).map(([key, value]) => `--conf ${shellWord(`${key}=${String(value)}`)}`);
  return {
    pyiceberg:
      `from pyiceberg.catalog.sql import SqlCatalog; SqlCatalog(${pythonText(catalogName)}, ` +
      `uri=${pythonText(`sqlite:///${catalogPath}`)}, warehouse=${pythonText(warehouse)})` +
      `.load_table(${pythonText(table)}).scan().to_arrow()`,
    duckdb: `SELECT * FROM iceberg_scan(${sqlText(metadataLocation.replace(/^file:\/\/(?=\/)/, ''))});`,
    spark: [
      `spark-sql --packages ${SPARK_PACKAGES.join(',')}`,
      ...settings,
      `-e ${shellWord(`SELECT * FROM ${sparkName([catalogName, ...namespace, name])}`)}`,
    ].join(' '),
  };
}

/**
 * One copyable line per engine that reads a table as it is now.
 *
 * @param lake The sink that `icebergSink` gave, or what it was given.
 * @throws {CalveError} `ICEBERG_TABLE_ABSENT`: there is no such table yet; `ICEBERG_CATALOG_UNAVAILABLE` and other errors of reading
 *   the catalog.
 *
 * @example
 * console.log((await icebergReaderCommands(sink, { table: 'sales.orders' })).duckdb)
 */
export async function icebergReaderCommands(
  lake: IcebergSinkOptions,
  target: Pick<IcebergTarget, 'table'>,
): Promise<ReaderCommands | 'absent'> {
  const catalog = lake.catalog.open();
  try {
    const loaded = await catalog.load(parseIdentifier(target.table));
    if (loaded === 'absent') return 'absent';
    return readerCommands({
      catalogPath: lake.catalog.location,
      catalogName: lake.catalog.name,
      warehouse: fileUri(lake.warehouse),
      table: target.table,
      metadataLocation: loaded.metadataLocation,
    });
  } finally {
    catalog.close();
  }
}

/** A JSON text is a Python text too: the same escapes, and no quote or line end unescaped. */
function pythonText(text: string): string {
  return JSON.stringify(text);
}

function sqlText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
