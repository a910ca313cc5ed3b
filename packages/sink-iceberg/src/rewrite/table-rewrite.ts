import type { CallContext, ColumnBatch, Json, StagedFiles, TableWriter, WriterPorts } from '@calve/core/plugin';
import { throwIfAborted } from '@calve/core/plugin';
import type { FileProjection } from '../datafile/file-projection.ts';
import { readDataFile, readMemoryBytes } from '../datafile/read-data-file.ts';
import { createTableWriter } from '../datafile/table-writer.ts';
import { decodeManifestList } from '../manifest/manifest-list.ts';
import { initialDefaults } from '../spec/initial-defaults.ts';
import { parseNameMapping } from '../spec/name-mapping.ts';
import { runsBetween } from './kept-runs.ts';
import { type LiveFile, liveFiles } from './live-files.ts';
import type { VisitRows } from './merge-rows.ts';
import { openInput, readInput } from './read-input.ts';
import { type DeleteFiles, refusedForDeletes, refusedForFormat, refusedForPartitioning } from './refused-table.ts';
import type { ReplacedSources } from './replaced-sources.ts';
import type { RewriteConfiguration, RewrittenTable } from './rewrite-configuration.ts';
import { guardedColumns, mayHold, mayHoldKeys, type RemovedFile, type RewriteGuard } from './rewrite-guard.ts';
import { RowList } from './row-list.ts';
import { writeRows } from './write-rows.ts';

/** A file of the table that may lose rows. */
interface Candidate {
  file: LiveFile;
  removed: RowList;
  mayHoldKeys: boolean;
}

/** The files of one snapshot that may lose rows: which rows go, and what stays. */
export class TableRewrite {
  readonly #table: RewrittenTable | null;
  readonly #configuration: RewriteConfiguration;
  readonly #guard: RewriteGuard;
  readonly #context: CallContext;
  readonly #ports: WriterPorts;
  readonly #writers: TableWriter[] = [];
  #candidates: Candidate[] = [];
  #names: FileProjection['names'] = null;
  #defaults: FileProjection['defaults'] = new Map();

  constructor(
    table: RewrittenTable | null,
    configuration: RewriteConfiguration,
    guard: RewriteGuard,
    context: CallContext,
    ports: WriterPorts,
  ) {
    this.#table = table;
    this.#configuration = configuration;
    this.#guard = guard;
    this.#context = context;
    this.#ports = ports;
  }

  /**
   * Finds the files that may lose rows, by partition and bounds.
   *
   * @throws {CalveError} when one of them cannot be rewritten: rows were deleted with delete files, it is no Parquet file, or it has another partitioning; `ICEBERG_METADATA_INVALID`: the
   *   name mapping of the table cannot be read.
   */
  async open(): Promise<void> {
    const table = this.#table;
    if (table === null || table.manifestList === null) return;
    const guard = this.#guard;
    const { specId, fields } = this.#configuration.writer;
    this.#names = parseNameMapping(table.nameMapping);
    this.#defaults = initialDefaults(table.schema);
    const spec = table.specs.find((one) => one['spec-id'] === specId);
    const question = {
      bounds: guardedColumns(guard),
      identity: { specs: table.specs, fields },
      ...(guard.kind === 'partitions' && spec ? { partitions: { spec, schema: table.schema } } : {}),
    };
    const deletes: DeleteFiles = { position: 0, equality: 0 };
    for (const manifest of decodeManifestList(await readInput(this.#ports, table.manifestList))) {
      throwIfAborted(this.#context.signal);
      const found = liveFiles(await readInput(this.#ports, manifest.path), manifest, question);
      deletes.position += found.deletes.position;
      deletes.equality += found.deletes.equality;
      for (const file of found.files)
        if (mayHold(file, guard, fields))
          this.#candidates.push({
            file,
            removed: new RowList(),
            mayHoldKeys: guard.kind === 'rows' && mayHoldKeys(file, guard.keys, fields),
          });
    }
    if (this.#candidates.length === 0) return;
    if (deletes.position + deletes.equality > 0) throw refusedForDeletes(table.names, deletes);
    const other = this.#candidates.find(({ file }) => guard.kind !== 'table' && file.format !== 'PARQUET');
    if (other) throw refusedForFormat(table.names, other.file.format);
    const elsewhere = guard.kind === 'partitions' && this.#candidates.find(({ file }) => file.specId !== guard.specId);
    if (elsewhere) throw refusedForPartitioning(table.names, elsewhere.file.path);
  }

  /** All candidates go as a whole. @returns How many rows that are. */
  removeWholeFiles(): number {
    let rows = 0;
    for (const { file, removed } of this.#candidates) {
      removed.all = true;
      rows += file.rows;
    }
    return rows;
  }

  /** The rows that name one of the files go. @param replaced Gets their number, by number of the unit. */
  async removeSources(sources: ReplacedSources, replaced: number[]): Promise<void> {
    if (sources.uris.length === 0) return;
    const reservation = await this.#context.reserve(this.readBytes);
    try {
      await this.#visit(this.#candidates, new Set([this.#configuration.sourceFile]), (file, batch, first) => {
        sources.open(batch);
        const { removed } = this.#candidates[file]!;
        for (let row = 0; row < batch.rows; row++) {
          const unit = sources.unitOf(row);
          if (unit === -1) continue;
          removed.push(first + row);
          replaced[unit]! += 1;
        }
      });
    } finally {
      reservation.release();
    }
    for (const candidate of this.#candidates) candidate.removed.seal();
  }

  /** Visits the files that may hold keys of the batch. Rows that went already are visited too, and are none of the table's any more. */
  visitKeys(columns: ReadonlySet<string>, visit: VisitRows): Promise<void> {
    return this.#visit(this.#candidates, columns, visit, true);
  }

  /** What reading any of the files takes at most, about. Who calls `visitKeys` has reserved it. */
  get readBytes(): number {
    return this.#candidates.reduce((most, { file }) => Math.max(most, readMemoryBytes(file.sizeBytes)), 0);
  }

  /** The rows of a candidate that go. */
  removedRows(file: number): RowList {
    return this.#candidates[file]!.removed;
  }

  /** The files that leave the table. */
  removedFiles(): RemovedFile[] {
    return this.#candidates
      .filter(({ removed }) => removed.all || removed.length > 0)
      .map(({ file }) => ({ path: file.path, manifest: file.manifest }));
  }

  /** Paths of those of some candidates that do not leave the table. What leaves it has to be there anyhow. */
  stayingFiles(numbers: Iterable<number>): string[] {
    const staying = [...numbers].map((number) => this.#candidates[number]!);
    return staying
      .filter(({ removed }) => !removed.all && removed.length === 0)
      .map(({ file }) => file.path)
      .sort();
  }

  /** Writes the rows that stay of each file that loses some into a file of its own. */
  async writeKept(): Promise<StagedFiles> {
    const reservation = await this.#context.reserve(this.readBytes);
    try {
      return await this.#writeKept();
    } finally {
      reservation.release();
    }
  }

  async #writeKept(): Promise<StagedFiles> {
    const { writer } = this.#configuration;
    const files: Json[] = [];
    let rows = 0;
    for (const [number, { file, removed }] of this.#candidates.entries()) {
      if (removed.all || removed.length === 0 || removed.length === file.rows) continue;
      const gone = removed.sorted();
      const config = { ...writer, filePrefix: `${writer.filePrefix}-kept-${number}` };
      const kept = await createTableWriter(config as unknown as Json, this.#context, this.#ports);
      this.#writers.push(kept);
      let first = 0;
      let next = 0;
      for await (const batch of this.#read(file, null)) {
        const from = next;
        while (next < gone.length && gone[next]! < first + batch.rows) next += 1;
        await writeRows(kept, batch, runsBetween(batch.rows, gone, from, next, first));
        first += batch.rows;
      }
      const staged = await kept.finish();
      files.push(...staged.files);
      rows += staged.rows;
    }
    return { files, rows };
  }

  async abort(): Promise<void> {
    for (const writer of this.#writers) await writer.abort();
  }

  async #visit(candidates: readonly Candidate[], columns: ReadonlySet<string>, visit: VisitRows, isByKey = false): Promise<void> {
    for (const [number, { file, removed, mayHoldKeys }] of candidates.entries()) {
      if (isByKey && !mayHoldKeys) continue;
      let first = 0;
      for await (const batch of this.#read(file, columns)) {
        visit(number, batch, first, isByKey ? removed : null);
        first += batch.rows;
        await this.#context.environment.sleep(0);
      }
    }
  }

  async *#read(file: LiveFile, columns: ReadonlySet<string> | null): AsyncGenerator<ColumnBatch> {
    const { signal } = this.#context;
    const { fields } = this.#configuration.writer;
    const wanted = columns === null ? fields : fields.filter(({ name }) => columns.has(name));
    const projection = { constants: file.identity, names: this.#names, defaults: this.#defaults };
    for await (const batch of readDataFile(await openInput(this.#ports, file.path), wanted, {
      signal,
      projection,
      isBorrowed: true,
    })) {
      throwIfAborted(signal);
      yield batch;
    }
  }
}
