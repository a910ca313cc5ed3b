import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ColumnSpec, createCalve, type IngestionPlan, type IngestionSpec } from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { type CsvOptionsInput, csvFormat } from '@calve/format-csv';
import { type JsonOptionsInput, jsonFormat } from '@calve/format-json';
import { icebergReaderCommands, icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';
import { printPySpark } from '@calve/spark-codegen';
import type { CanonicalTable, PyIcebergReader, PythonRun, SparkReader } from '../readers/readers.ts';

/** What is loaded, and how: the same in both engines. */
export interface Job {
  columns?: Record<string, ColumnSpec>;
  csv?: CsvOptionsInput;
  json?: JsonOptionsInput;
  partitionBy?: { transform: 'day' | 'identity'; column: string }[];
}

/** What an engine made of the files. */
export interface Loaded {
  /** Types and rows, sorted, without the time of loading. */
  table: CanonicalTable;
  /** Names, ids, types and partitioning as the metadata has them. */
  layout: string;
  rejected: number;
  /** How many rejected rows have each code. */
  codes: Record<string, number>;
}

/** The last line of a printed program, as it stands behind `CALVE_RESULT`. */
export interface JobResult {
  outcome: 'committed' | 'already-committed' | 'stopped';
  code?: string;
  snapshot?: string;
  read?: number;
  written?: number;
  rejected?: number;
  codes?: Record<string, number>;
}

/** A piece of a program, and what stands there instead. */
export interface Change {
  from: string;
  to: string;
}

type Lake = 'lake' | 'spark-lake';

/** One landing folder and two lakes: the in-process engine fills one, the printed program the other. */
export class TwoEngines implements AsyncDisposable {
  readonly path: string;
  readonly #spark: SparkReader;
  readonly #pyIceberg: PyIcebergReader;

  private constructor(path: string, spark: SparkReader, pyIceberg: PyIcebergReader) {
    this.path = path;
    this.#spark = spark;
    this.#pyIceberg = pyIceberg;
  }

  static async start(spark: SparkReader, pyIceberg: PyIcebergReader): Promise<TwoEngines> {
    const path = await mkdtemp(join(tmpdir(), 'calve-two-engines-'));
    for (const folder of ['landing', 'lake', 'spark-lake']) await mkdir(join(path, folder));
    return new TwoEngines(path, spark, pyIceberg);
  }

  at(...names: string[]): string {
    return join(this.path, ...names);
  }

  /** Writes a file into the landing folder, with a time in the past. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = this.at('landing', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, new Date('2026-01-01T00:00:00.123Z'), new Date('2026-01-01T00:00:00.123Z'));
  }

  calve(lake: Lake) {
    return createCalve({
      sources: { local: localSource() },
      formats: { csv: csvFormat(), json: jsonFormat() },
      sinks: {
        lake: icebergSink({ catalog: sqliteCatalog(this.at(lake, 'catalog.db')), warehouse: this.at(lake, 'warehouse') }),
      },
      state: sqliteState(this.at(lake, 'calve.db')),
    });
  }

  spec(lake: Lake, { columns = {}, csv, json, partitionBy }: Job): IngestionSpec {
    const from = this.calve(lake)
      .ingestion('orders')
      .from('local', { path: this.at('landing') });
    const described = csv ? from.as('csv', csv) : json ? from.as('json', json) : from.detect();
    return described
      .columns(columns)
      .limits({ maxRejectedRatio: 1 })
      .settle(0)
      .into('lake', { table: 'sales.orders', ...(partitionBy === undefined ? {} : { partitionBy }) })
      .build();
  }

  async plan(lake: Lake, job: Job): Promise<IngestionPlan> {
    await using calve = this.calve(lake);
    return await calve.plan(this.spec(lake, job));
  }

  /** Loads in process. */
  async inProcess(job: Job): Promise<Loaded> {
    await using calve = this.calve('lake');
    const spec = this.spec('lake', job);
    const { counts } = await calve.run(spec);
    const codes: Record<string, number> = {};
    const { rows } = await calve.rejects(spec, { rows: 100_000 });
    for (const row of rows) for (const code of row['errors'] as string[]) codes[code] = (codes[code] ?? 0) + 1;
    return { ...(await this.read('lake')), rejected: counts['main']?.rejected ?? 0, codes };
  }

  /** Prints the program of a plan into a folder. */
  async print(plan: IngestionPlan, folder: string): Promise<void> {
    await mkdir(this.at(folder), { recursive: true });
    for (const { name, text } of printPySpark(plan.program, plan.batch).files) await writeFile(this.at(folder, name), text);
  }

  /** Runs a printed program, or what it is with one piece of its text replaced by another. */
  async runJob(folder: string, change?: Change): Promise<PythonRun & { result: JobResult }> {
    const text = await readFile(this.at(folder, 'job.py'), 'utf8');
    if (change && !text.includes(change.from)) throw new Error(`The program does not have ${JSON.stringify(change.from)} in it.`);
    const path = this.at(folder, change ? 'changed-job.py' : 'job.py');
    if (change)
      await writeFile(
        path,
        text.replace(change.from, () => change.to),
      );
    const run = await this.#spark.run(path, []);
    const line = /^CALVE_RESULT (.*)$/m.exec(run.output)?.[1];
    if (line === undefined) throw new Error(`The program printed no result:\n${run.output}\n${run.errors}`);
    return { ...run, result: JSON.parse(line) as JobResult };
  }

  /** Loads with the printed program. */
  async bySpark(job: Job): Promise<Loaded> {
    await this.print(await this.plan('spark-lake', job), 'job');
    const { result, errors } = await this.runJob('job');
    const { outcome, read, written, rejected, codes } = result;
    if (outcome !== 'committed' || read === undefined || written === undefined || rejected === undefined)
      throw new Error(`The program ended as ${JSON.stringify(result)}\n${errors}`);
    if (read !== written + rejected) throw new Error(`${read} read, ${written} written, ${rejected} rejected`);
    return { ...(await this.read('spark-lake')), rejected, codes: codes ?? {} };
  }

  /** The table of a lake, by PyIceberg. */
  async read(lake: Lake): Promise<Pick<Loaded, 'table' | 'layout'>> {
    const tables = { catalog: sqliteCatalog(this.at(lake, 'catalog.db')), warehouse: this.at(lake, 'warehouse') };
    const commands = await icebergReaderCommands(tables, { table: 'sales.orders' });
    if (commands === 'absent') throw new Error(`There is no table in ${lake}.`);
    const { schema, rows } = await this.#pyIceberg.run(commands.pyiceberg);
    const kept = schema.flatMap(([name], index) => (name === '_ingested_at' ? [] : [index]));
    const table = {
      schema: kept.map((index) => schema[index] as [string, string]),
      rows: rows
        .map((row) => kept.map((index) => row[index] ?? null))
        .map((row) => [JSON.stringify(row), row] as const)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([, row]) => row),
    };
    const metadata = commands.pyiceberg.replace('.scan().to_arrow()', '');
    const layout = await this.#pyIceberg.execute(
      metadata.replace(/; (.*)$/, '; (lambda t: str(t.schema()) + str(t.spec()))($1)'),
    );
    return { table, layout };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true });
  }
}
