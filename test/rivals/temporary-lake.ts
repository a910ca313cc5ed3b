import { mkdir, mkdtemp, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import {
  type CalveError,
  type ColumnSpec,
  createCalve,
  type Diagnostic,
  type IngestionPlan,
  type IngestionSpec,
  type Json,
  type RunResult,
} from '@calve/core';
import { sqliteState } from '@calve/core/node';
import { csvFormat } from '@calve/format-csv';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

/** What one run did, whether it resolved or not. */
export interface Ran {
  plan: IngestionPlan;
  result: RunResult;
  error: CalveError | null;
  findings: Diagnostic[];
}

/** A landing folder and a lake of its own in the system's folder for temporary files. */
export class TemporaryLake {
  readonly folder: string;
  readonly #columns: Record<string, ColumnSpec>;
  #minute = 0;

  private constructor(folder: string, columns: Record<string, ColumnSpec>) {
    this.folder = folder;
    this.#columns = columns;
  }

  static async make(columns: Record<string, ColumnSpec> = {}): Promise<TemporaryLake> {
    return new TemporaryLake(await mkdtemp(join(tmpdir(), 'calve-lake-')), columns);
  }

  /** Writes a file into the landing folder, a minute later than the one before. */
  async put(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(this.folder, 'landing', name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    this.#minute += 1;
    const past = new Date(Date.UTC(2026, 0, 1, 0, this.#minute));
    await utimes(path, past, past);
  }

  /** Plans and runs, as the defaults have it. */
  async run(): Promise<Ran> {
    return this.#with(async (calve, spec) => {
      const findings: Diagnostic[] = [];
      calve.on('event', (event) => {
        if (event.kind === 'finding') findings.push(event.diagnostic);
        if (event.kind === 'unit-finished' && event.record.finding) findings.push(event.record.finding);
      });
      const plan = await calve.plan(spec);
      try {
        return { plan, result: await calve.run(spec), error: null, findings };
      } catch (error) {
        const failure = error as CalveError;
        return { plan, result: (failure.context as unknown as { result: RunResult }).result, error: failure, findings };
      }
    });
  }

  /** Rows of the table without the columns that Calve adds, in no particular order. */
  async rows(): Promise<Record<string, Json>[]> {
    return this.#with(async (calve, spec) => withoutProvenance((await calve.head(spec, { rows: 1_000_000 })).rows));
  }

  async rejects(): Promise<Record<string, Json>[]> {
    return this.#with(async (calve, spec) => (await calve.rejects(spec, { rows: 1_000_000 })).rows as Record<string, Json>[]);
  }

  async #with<T>(use: (calve: ReturnType<typeof open>, spec: IngestionSpec) => Promise<T>): Promise<T> {
    await using calve = open(join(this.folder, 'lake'));
    const spec = calve
      .ingestion('orders')
      .from('local', { path: join(this.folder, 'landing') })
      .detect()
      .columns(this.#columns)
      .settle(0)
      .into('lake', { table: 'sales.orders' })
      .build();
    return await use(calve, spec);
  }
}

function open(lake: string) {
  return createCalve({
    sources: { local: localSource() },
    formats: { csv: csvFormat() },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
  });
}

function withoutProvenance(rows: readonly Json[]): Record<string, Json>[] {
  return rows.map((row) =>
    Object.fromEntries(Object.entries(row as Record<string, Json>).filter(([name]) => !name.startsWith('_'))),
  );
}
