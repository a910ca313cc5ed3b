import {
  type Calve,
  type CalveRegistry,
  createCalve,
  type IngestionSpec,
  type InputLimits,
  type Json,
  type MemoryContent,
  type MemoryOptions,
  memorySource,
  memoryState,
  type RunEvent,
  type RunOptions,
  type RunResult,
  type SourcePlugin,
} from '@calve/core';
import { nodeEnvironment } from '@calve/core/node';
import { jumpingClock } from '../doubles/jumping-clock.ts';
import { type MemorySink, memorySink } from '../doubles/memory-sink.ts';
import { type RecordingObserver, recordingObserver } from '../doubles/recording-observer.ts';
import { seededRandom } from '../doubles/seeded-random.ts';
import { type AnyFormat, loadDefaultFormats } from './load-default-formats.ts';
import { FILES_SOURCE, MEMORY_SINK, retargetSpec, tablesOf } from './retarget-spec.ts';

/** The plugins of a test Calve, by the keys that its specs name them with. */
export interface TestRegistry<Formats extends CalveRegistry['formats']> extends CalveRegistry {
  sources: { files: SourcePlugin<MemoryOptions, { pattern?: string }> };
  formats: Formats;
  sinks: { memory: MemorySink };
}

/** What a test Calve is made of. */
export interface TestCalveOptions {
  /** The files that there are at the beginning, by name; text is UTF-8. Default: none. */
  files?: Readonly<Record<string, MemoryContent>>;
  /** As in `createCalve`. */
  limits?: Partial<InputLimits>;
}

/** A Calve whose files and tables are in memory. */
export interface TestCalve<Formats extends CalveRegistry['formats']> extends AsyncDisposable {
  /** The real thing, with the source `files` and the sink `memory`: for `plan`, `preview`, a builder, listeners. */
  readonly calve: Calve<TestRegistry<Formats>>;
  /** The tables, with faults to inject and the means to change them behind Calve's back. */
  readonly sink: MemorySink;
  /** Every event of every run so far. */
  readonly events: readonly RunEvent[];
  readonly observer: RecordingObserver;
  /**
   * Loads what is new, as `calve.run` does.
   *
   * @param spec One of your own, also one that names other sources and sinks: it reads these files (its `pattern` counts) and writes tables in
   *   memory of the same names. Default: every file, format detected, types inferred, no provenance columns, any share of rejected rows.
   * @throws {CalveError} as `calve.run` does: `SPEC_INVALID`, `REJECTED_LIMIT`, `UNITS_SET_ASIDE` when a file was set aside, …
   */
  load(spec?: unknown, options?: RunOptions): Promise<RunResult>;
  /** What `load` makes of a spec; throws as it does. */
  retarget(spec: unknown): IngestionSpec;
  /** The rows of a table by column name, values as `preview` shows them. Default: the table of the last `load`. No table: no rows. */
  rows(table?: string): Record<string, Json>[];
  /** The rows that did not fit, of the last `load`: the record as `text`, where it stood, and a code for each cell that failed. */
  rejected(): RejectedRow[];
  /** Adds a file or replaces its content. */
  put(name: string, content: MemoryContent): void;
  remove(name: string): void;
  close(): Promise<void>;
}

/** One row that did not fit. */
export interface RejectedRow {
  /** Name of the file. */
  file: string;
  /** Physical line, 1-based; null where the format has none. */
  line: number | null;
  /** `<column>:<rule>` for a cell, `row:<rule>` for the row. */
  errors: string[];
  /** The record as it stands in the file. */
  text: string;
}

/**
 * Rows from files without a disk, a server or a clock, for your own tests: the real pipeline, with sources, tables and state in memory. Time
 * starts at 2024-01-01 and waits take none; ids are the same in every run of the test.
 *
 * @param options.formats Default: `csv`, from `@calve/format-csv`, which then has to be installed, and `json`, from `@calve/format-json`, if it is.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): `@calve/format-csv` is needed and not installed; a file is no content.
 *
 * @example
 * await using test = await createTestCalve({ files: { 'orders.csv': 'id,amount\n1,9.90\n' } });
 * await test.load();
 * test.rows(); // => [{ id: 1, amount: '9.90' }]
 */
export function createTestCalve(options?: TestCalveOptions): Promise<TestCalve<{ csv: AnyFormat; json: AnyFormat }>>;
export function createTestCalve<Formats extends CalveRegistry['formats']>(
  options: TestCalveOptions & { formats: Formats },
): Promise<TestCalve<Formats>>;
export async function createTestCalve(
  options: TestCalveOptions & { formats?: CalveRegistry['formats'] } = {},
): Promise<TestCalve<CalveRegistry['formats']>> {
  const clock = jumpingClock();
  // Without a prototype: a file may be named as one of its members.
  const files: Record<string, MemoryContent> = Object.create(null) as Record<string, MemoryContent>;
  const put = (name: string, content: MemoryContent): void => {
    files[name] = dated(content, name, clock.now());
  };
  for (const [name, content] of Object.entries(options.files ?? {})) put(name, content);
  const formats = options.formats ?? (await loadDefaultFormats());
  const sink = memorySink();
  const observer = recordingObserver();
  const calve = createCalve({
    sources: { [FILES_SOURCE]: memorySource(files) },
    formats,
    sinks: { [MEMORY_SINK]: sink },
    state: memoryState(),
    environment: { ...nodeEnvironment(), ...clock, random: seededRandom(1).bytes },
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  calve.on('event', observer.listen);
  const retarget = (spec: unknown): IngestionSpec => calve.parse(retargetSpec(spec));
  let last = retarget(EVERYTHING);
  return {
    calve: calve as unknown as Calve<TestRegistry<CalveRegistry['formats']>>,
    sink,
    events: observer.events,
    observer,
    async load(spec = EVERYTHING, runOptions = {}) {
      last = retarget(spec);
      return calve.run(last, runOptions);
    },
    retarget,
    rows: (table = tablesOf(last).accepted) => sink.rows(table),
    rejected: () => sink.rows(tablesOf(last).rejected ?? '').map(rejectedRow),
    put,
    remove: (name) => {
      delete files[name];
    },
    close: () => calve.close(),
    [Symbol.asyncDispose]: () => calve.close(),
  };
}

/** What `load` loads when it is given no spec. */
const EVERYTHING = {
  specVersion: 1,
  id: 'test',
  input: { source: FILES_SOURCE, format: 'detect' },
  outputs: [
    { name: 'main', sink: MEMORY_SINK, options: { table: 'rows' }, rows: 'accepted', mode: { kind: 'append' }, provenance: [] },
    { name: 'rejected', sink: MEMORY_SINK, options: { table: 'rows__rejected' }, rows: 'rejected', mode: { kind: 'append' } },
  ],
  limits: { maxRejectedRatio: 1 },
};

/** A file knows when it was written. What is no content stays as it is, for the source to refuse. */
function dated(content: MemoryContent, name: string, lastModified: number): MemoryContent {
  const isContent = typeof content === 'string' || content instanceof Uint8Array || content instanceof ArrayBuffer;
  return isContent ? new File([content as BlobPart], name, { lastModified }) : content;
}

function rejectedRow(row: Record<string, Json>): RejectedRow {
  const uri = String(row['_source_file'] ?? '');
  return {
    file: decodeURIComponent(uri.replace(/^memory:\/\/\//, '')),
    line: row['line'] === null || row['line'] === undefined ? null : Number(row['line']),
    errors: row['errors'] as string[],
    text: Buffer.from(String(row['raw']), 'base64').toString('utf8'),
  };
}
