import { ReaderProcess } from './reader-process.ts';
import { sharedSparkSession } from './shared-spark-session.ts';
import { startSparkProcess } from './spark-process.ts';

/** A value in canonical text (README.md); null; or the members of a list, struct or map. */
export type CanonicalValue = string | null | CanonicalValue[];

/** Rows as a reader sees them. */
export interface CanonicalTable {
  /** Name and type of each column, types in Calve's words: `decimal(12,2)`, `timestamp (UTC)`. */
  schema: [name: string, type: string][];
  /** One array per row, a value per column, in the order of the reader: sort before comparing. */
  rows: CanonicalValue[][];
}

/** The properties of a PyIceberg SqlCatalog; `name` defaults to `calve`. */
export interface PyIcebergCatalog {
  name?: string;
  uri: string;
  warehouse: string;
}

/** The metadata of a table as PyIceberg reads it. 64-bit ids are digits. */
export interface TableDescription {
  identity: string;
  formatVersion: number;
  location: string;
  metadataLocation: string;
  schemaId: number;
  partitioning: string[];
  properties: Record<string, string>;
  currentSnapshot: string | null;
  snapshots: {
    id: string;
    parent: string | null;
    sequenceNumber: number;
    timestampMilliseconds: number;
    operation: string | null;
    summary: Record<string, string>;
  }[];
  /** Of the current snapshot. */
  manifests: {
    path: string;
    content: 'data' | 'deletes';
    addedSnapshot: string;
    sequenceNumber: number;
    partitionSpecId: number;
    addedFiles: number;
    existingFiles: number;
    deletedFiles: number;
    addedRows: number;
  }[];
  /** Data files of the current snapshot: `file_path`, `file_format`, `record_count`, `file_size_in_bytes`. */
  files: CanonicalTable | [];
}

/** How `readCsvAsText` reads. */
export interface CsvTextOptions {
  /** Default `,`. */
  delimiter?: string;
  /** Default `"`; empty: none. */
  quote?: string;
  /** Default true. */
  header?: boolean;
  /** Default `utf8`. */
  encoding?: string;
}

/** A CSV file as text. */
export interface CsvText {
  names: string[];
  /** Per column, a cell per record: null where nothing is written between two delimiters, `''` where two quotes are. */
  columns: (string | null)[][];
  /** Records with another number of fields, left out of `columns`. `number` counts records from 1, the header included. */
  ragged: { number: number; expected: number; actual: number; text: string }[];
}

/** PyIceberg and PyArrow in a process of their own. */
export interface PyIcebergReader extends AsyncDisposable {
  /** Executes a Python line whose last expression is an Arrow table and gives its rows. */
  run(line: string): Promise<CanonicalTable>;
  /** Executes Python source for its effect; gives the `repr` of its last expression. */
  execute(source: string): Promise<string>;
  /** Appends rows of canonical texts in one commit. Columns that are not named get null. */
  append(
    catalog: PyIcebergCatalog,
    table: string,
    columns: readonly string[],
    rows: readonly (readonly CanonicalValue[])[],
    properties?: Record<string, string>,
  ): Promise<{ snapshot: string }>;
  describe(catalog: PyIcebergCatalog, table: string): Promise<TableDescription>;
  /** An independent reading of a CSV file (plain or gzip) by PyArrow, all columns as text. */
  readCsvAsText(path: string, options?: CsvTextOptions): Promise<CsvText>;
  stop(): Promise<void>;
}

/** DuckDB with its Iceberg extension in a process of its own. `INSTALL` and `LOAD` of avro, httpfs and iceberg work without a network. */
export interface DuckDbReader extends AsyncDisposable {
  /** Runs statements and gives the rows of the last one. */
  query(sql: string): Promise<CanonicalTable>;
  stop(): Promise<void>;
}

/** How a Python file ended: what `main` returned, and what it printed. */
export interface PythonRun {
  code: number;
  output: string;
  errors: string;
}

/** One Spark session, in UTC, with the jars of Iceberg and SQLite. */
export interface SparkReader extends AsyncDisposable {
  /** Runs one statement and gives its rows. */
  query(sql: string): Promise<CanonicalTable>;
  /** Runs one statement for its effect. */
  execute(sql: string): Promise<void>;
  /** Runs `main(parameters)` of a Python file in this session. */
  run(path: string, parameters: readonly string[]): Promise<PythonRun>;
  /** Adds settings, such as another catalog. Rejects where a setting is there already with another value. */
  configure(conf: Record<string, string>): Promise<void>;
  stop(): Promise<void>;
}

/** Starts PyIceberg, in about a second. Needs the tier `python`. */
export async function startPyIceberg(): Promise<PyIcebergReader> {
  const service = await ReaderProcess.start('pyiceberg_service.py');
  return {
    run: (line) => service.call('run', { line }),
    execute: async (source) => (await service.call<{ value: string }>('run', { line: source })).value,
    append: (catalog, table, columns, rows, properties = {}) =>
      service.call('append', { catalog, table, columns, rows, properties }),
    describe: (catalog, table) => service.call('describe', { catalog, table }),
    readCsvAsText: (path, options = {}) => service.call('readCsvAsText', { path, ...options }),
    stop: () => service.stop(),
    [Symbol.asyncDispose]: () => service.stop(),
  };
}

/** Starts DuckDB, in about a second. Needs the tier `python`. */
export async function startDuckDb(): Promise<DuckDbReader> {
  const service = await ReaderProcess.start('duckdb_service.py');
  return {
    query: (sql) => service.call('query', { sql }),
    stop: () => service.stop(),
    [Symbol.asyncDispose]: () => service.stop(),
  };
}

/**
 * A session of Spark. The files of a test run share one process, which the first of them starts, in about ten seconds, the first query taking
 * some more; one that sets more than catalogs gets a process of its own. Needs the tier `java`.
 *
 * @param conf What a `spark-sql` line sets with `--conf` (`parseSparkSqlLine`). Catalogs look for new snapshots at every query
 *   unless `cache-enabled` is set.
 */
export async function startSpark(conf: Record<string, string> = {}): Promise<SparkReader> {
  const service = (await sharedSparkSession(conf)) ?? (await startSparkProcess(conf));
  return {
    query: (sql) => service.call('query', { sql }),
    execute: (sql) => service.call('execute', { sql }),
    run: (path, parameters) => service.call('run', { path, arguments: parameters }),
    configure: (settings) => service.call('configure', { conf: settings }),
    stop: () => service.stop(),
    [Symbol.asyncDispose]: () => service.stop(),
  };
}
