import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Calve,
  type CalveError,
  type ColumnSpec,
  createCalve,
  type IngestionSpec,
  type Json,
  type MemoryContent,
  memorySource,
  memoryState,
  type OutputSettings,
  type RunResult,
} from '@calve/core';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';

/** What a test says about its ingestion. */
export interface Given {
  columns?: Record<string, ColumnSpec>;
  settings?: OutputSettings;
  schema?: Partial<IngestionSpec['schema']>;
  limits?: Partial<IngestionSpec['limits']>;
}

/** Columns that tell where a row came from are not what these tests look at. */
const PROVENANCE = ['_source_file', '_source_version', '_ingested_at'];

/** An Iceberg lake in a folder of its own, filled from files in memory. */
export class NestedWorld {
  readonly files: Record<string, MemoryContent> = {};
  readonly folder: string;
  readonly calve: Calve<ReturnType<typeof registry>>;
  readonly #given: Given;

  private constructor(folder: string, given: Given) {
    this.folder = folder;
    this.#given = given;
    this.calve = createCalve({ ...registry(this.files, folder), state: memoryState() });
  }

  static async make(given: Given = {}, files: Record<string, MemoryContent> = {}): Promise<NestedWorld> {
    const world = new NestedWorld(await mkdtemp(join(tmpdir(), 'calve-nested-')), given);
    Object.assign(world.files, files);
    return world;
  }

  get spec(): IngestionSpec {
    const { columns = {}, settings = {}, schema = {}, limits = {} } = this.#given;
    return this.calve
      .ingestion('orders')
      .from('memory')
      .detect()
      .columns(columns)
      .into('lake', { table: 'sales.orders' }, settings)
      .schema(schema)
      .limits(limits)
      .build();
  }

  /** Where readers of other makers find the catalog. */
  get catalog(): { uri: string; warehouse: string } {
    return { uri: `sqlite:///${join(this.folder, 'catalog.db')}`, warehouse: `file://${join(this.folder, 'warehouse')}` };
  }

  async run(): Promise<{ result: RunResult | null; error: CalveError | null; codes: string[] }> {
    const handle = this.calve.run(this.spec);
    const codes: string[] = [];
    for await (const event of handle) if (event.kind === 'finding') codes.push(event.diagnostic.code);
    try {
      return { result: await handle, error: null, codes };
    } catch (error) {
      return { result: null, error: error as CalveError, codes };
    }
  }

  /** The data columns of the table. */
  async rows(): Promise<Record<string, Json>[]> {
    const { rows } = await this.calve.head(this.spec, { rows: 1_000_000 });
    return rows.map(withoutProvenance);
  }

  async rejected(): Promise<{ errors: Json; raw: string }[]> {
    const { rows } = await this.calve.rejects(this.spec, { rows: 1_000_000 });
    return rows.map((row) => ({ errors: row['errors'] ?? null, raw: Buffer.from(row['raw'] as string, 'base64').toString() }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.calve.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A row without the columns that Calve adds. */
export function withoutProvenance(row: Record<string, Json>): Record<string, Json> {
  return Object.fromEntries(Object.entries(row).filter(([name]) => !PROVENANCE.includes(name)));
}

/** One JSON text per line. */
export function lines(...records: (Json | string)[]): string {
  return `${records.map((record) => (typeof record === 'string' ? record : JSON.stringify(record))).join('\n')}\n`;
}

function registry(files: Record<string, MemoryContent>, folder: string) {
  return {
    sources: { memory: memorySource(files) },
    formats: { json: jsonFormat(), csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(folder, 'catalog.db')), warehouse: join(folder, 'warehouse') }) },
  };
}
