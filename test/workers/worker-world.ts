import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CalveError, createCalve, type RunEvent } from '@calve/core';
import { nodeEnvironment, sqliteState } from '@calve/core/node';
import type { CallContext, Decoder, FormatPlugin } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { jsonFormat } from '@calve/format-json';
import { icebergSink, sqliteCatalog } from '@calve/sink-iceberg';
import { localSource } from '@calve/source-local';

/** A load, and with how many threads. */
export interface Load {
  /** Of the files. */
  folder: string;
  format: 'csv' | 'json';
  formatOptions?: Record<string, string | number | boolean | null>;
  workers: number;
  /** False: each small file is decoded alone, and threads get them too. */
  gathers?: boolean;
  segmentBytes: number;
  memoryBytes?: number;
  provenance?: ('source-file' | 'record')[];
  columns?: Record<string, { type: { kind: string }; onFailure?: string }>;
  table?: Record<string, unknown>;
  environment?: ReturnType<typeof nodeEnvironment>;
  limits?: { maxRejectedRatio?: number; maxRejectedRows?: number };
  signal?: AbortSignal;
}

/** What a load left: the bytes of its data files, and all that it told. */
export interface Loaded {
  /** SHA-256 of the data files of both tables, in the order of their names; of a table that is made anew the names tell the order only. */
  files: string[];
  rejects: unknown[];
  findings: string[];
  counts: unknown;
  error: CalveError | null;
  /** Threads that were started. */
  threads: number;
  /** Files that were decoded in this one. */
  decodedHere: number;
  /** `degraded` events: from, to and why. */
  degraded: string[];
}

/** Loads a folder into a new lake. */
export async function load(options: Load): Promise<Loaded> {
  const lake = await mkdtemp(join(tmpdir(), 'calve-workers-'));
  let threads = 0;
  let decodedHere = 0;
  const counted = <Output, Input>(format: FormatPlugin<Output, Input>): FormatPlugin<Output, Input> => {
    const { module, exportName, config } = format.decoder;
    const create = async (context: CallContext): Promise<Decoder> => {
      const decoder = await format.decoder.create(context, undefined);
      return {
        observe: (...call) => decoder.observe(...call),
        ...(decoder.gather && options.gathers !== false && { gather: decoder.gather }),
        decode(...call) {
          decodedHere += 1;
          return decoder.decode(...call);
        },
      };
    };
    return { ...format, decoder: { module, exportName, config, create } };
  };
  const environment = options.environment ?? nodeEnvironment();
  const counting = {
    ...environment,
    startThread() {
      threads += 1;
      return environment.startThread?.() ?? null;
    },
  };
  const calve = createCalve({
    sources: { local: localSource() },
    formats: { csv: counted(csvFormat()), json: counted(jsonFormat()) },
    sinks: { lake: icebergSink({ catalog: sqliteCatalog(join(lake, 'catalog.db')), warehouse: join(lake, 'warehouse') }) },
    state: sqliteState(join(lake, 'calve.db')),
    environment: counting,
    workers: options.workers,
    segmentBytes: options.segmentBytes,
    ...(options.memoryBytes === undefined ? {} : { memoryBytes: options.memoryBytes }),
  });
  try {
    const input = calve.ingestion('orders').from('local', { path: options.folder });
    const read =
      options.format === 'csv'
        ? input.as('csv', { header: true, ...options.formatOptions })
        : input.as('json', options.formatOptions ?? {});
    const spec = read
      .columns((options.columns ?? {}) as never)
      .settle(0)
      .limits(options.limits ?? { maxRejectedRatio: 1 })
      .into('lake', { table: 'sales.orders', ...options.table }, { provenance: options.provenance ?? ['source-file'] })
      .build();
    const events: RunEvent[] = [];
    calve.on('event', (event) => events.push(event));
    let error: CalveError | null = null;
    let counts: unknown = null;
    try {
      counts = (await calve.run(spec, options.signal ? { signal: options.signal } : {})).counts;
    } catch (thrown) {
      error = thrown as CalveError;
    }
    const rejects = error
      ? []
      : (await calve.rejects(spec, { rows: 10_000 })).rows.map(({ _ingested_at, program_hash, ...row }) => row);
    const findings = events.flatMap((event) => (event.kind === 'finding' ? [event.diagnostic.message] : []));
    const degraded = events.flatMap((event) =>
      event.kind === 'degraded' ? [`${event.from} > ${event.to}: ${event.reason}`] : [],
    );
    return { files: await dataFiles(lake), rejects, findings, counts, error, threads, decodedHere, degraded };
  } finally {
    await calve.close();
    await rm(lake, { recursive: true });
  }
}

/** Hashes of Parquet files. Names hold ids that are new each time. */
async function dataFiles(lake: string): Promise<string[]> {
  const names = (await readdir(lake, { recursive: true })).filter(
    (name) => name.endsWith('.parquet') && !name.includes('__rejected'),
  );
  const hashes = names.map(async (name) =>
    createHash('sha256')
      .update(await readFile(join(lake, name)))
      .digest('hex'),
  );
  return (await Promise.all(hashes)).sort();
}
