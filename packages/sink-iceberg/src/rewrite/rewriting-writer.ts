import type { CallContext, ColumnBatch, Json, StagedFiles, TableWriter, WriterPorts, WrittenUnit } from '@calve/core/plugin';
import { CalveError, throwIfAborted } from '@calve/core/plugin';
import type { DataFileDescription } from '../datafile/data-file.ts';
import { createTableWriter } from '../datafile/table-writer.ts';
import { partitionText } from './live-files.ts';
import { MergeRows } from './merge-rows.ts';
import { ReplacedSources } from './replaced-sources.ts';
import type { RewriteConfiguration } from './rewrite-configuration.ts';
import type { RemovedFiles, RewriteGuard } from './rewrite-guard.ts';
import { Spool } from './spool.ts';
import { TableRewrite } from './table-rewrite.ts';
import { writeRows } from './write-rows.ts';

/**
 * Writes the rows of a batch and takes rows out of the table: those with the same keys (`merge`), whole partitions or all (`overwrite-…`), and
 * those of files that are replaced. Files of the table that lose rows are written anew without them, the other rows exactly as they were and in
 * their order; files that lose none are not touched.
 *
 * Works on one snapshot of the table, read through `ports.openInput`. It is rebuilt in a worker from module, export name and `config`.
 *
 * @param config A `RewriteConfiguration`.
 * @throws {CalveError} As `createTableWriter` does. From `finish`: `ICEBERG_DELETE_FILES_UNSUPPORTED`, `ICEBERG_FILE_FORMAT_UNSUPPORTED`,
 *   `ICEBERG_PARTITIONING_MIXED` (decide) for a table that cannot be rewritten as it is; `MERGE_TOO_LARGE`.
 */
export async function createRewritingWriter(config: Json, context: CallContext, ports: WriterPorts): Promise<TableWriter> {
  return new RewritingWriter(
    config as unknown as RewriteConfiguration,
    context,
    ports,
    await createTableWriter(writerOf(config), context, ports),
  );
}

function writerOf(config: Json): Json {
  return (config as unknown as RewriteConfiguration).writer as unknown as Json;
}

class RewritingWriter implements TableWriter {
  readonly #configuration: RewriteConfiguration;
  readonly #context: CallContext;
  readonly #ports: WriterPorts;
  readonly #base: TableWriter;
  readonly #units: WrittenUnit[] = [];
  readonly #sources: ReplacedSources;
  readonly #spool: Spool | null = null;
  readonly #merge: MergeRows | null = null;
  #rewrite: TableRewrite | null = null;

  constructor(configuration: RewriteConfiguration, context: CallContext, ports: WriterPorts, base: TableWriter) {
    this.#configuration = configuration;
    this.#context = context;
    this.#ports = ports;
    this.#base = base;
    this.#sources = new ReplacedSources(configuration.sourceFile);
    const { mode, writer, spoolBytes, keyMemoryBytes } = configuration;
    if (mode.kind !== 'merge') return;
    this.#spool = new Spool(writer, context, ports, spoolBytes);
    this.#merge = new MergeRows(writer.fields, mode.keys, mode.newest, this.#spool, context, keyMemoryBytes);
  }

  /** Of a merge, the unit of a row decides which of the rows with its key stays. */
  get mixesUnits(): boolean {
    return this.#merge === null;
  }

  beginUnit(unit: WrittenUnit): void {
    if (unit.replaces) this.#sources.add(unit.uri, this.#units.length);
    this.#units.push(unit);
    this.#merge?.beginUnit(unit);
  }

  async write(batch: ColumnBatch): Promise<void> {
    throwIfAborted(this.#context.signal);
    if (this.#merge) await this.#merge.add(batch);
    else await this.#base.write(batch);
  }

  async finish(): Promise<StagedFiles> {
    const { mode, table } = this.#configuration;
    const isOverwrite = mode.kind === 'overwrite-table' || mode.kind === 'overwrite-partitions';
    // What replaces rows is known only when it is written.
    const written = isOverwrite ? await this.#base.finish() : null;
    if (written?.rows === 0 || (mode.kind === 'append' && this.#sources.uris.length === 0)) return written ?? this.#base.finish();
    await this.#spool?.finish();
    const guard = this.#guard(written);
    const rewrite = new TableRewrite(table, this.#configuration, guard, this.#context, this.#ports);
    this.#rewrite = rewrite;
    await rewrite.open();
    const replaced = this.#units.map(() => 0);
    if (isOverwrite) replaced[0] = rewrite.removeWholeFiles();
    else {
      await rewrite.removeSources(this.#sources, replaced);
      await this.#merge?.decide(
        (columns, visit) => rewrite.visitKeys(columns, visit),
        (file) => rewrite.removedRows(file),
        rewrite.readBytes,
      );
      for (const [unit, count] of this.#merge?.replaced.entries() ?? []) replaced[unit]! += count;
    }
    const kept = await rewrite.writeKept();
    if (this.#spool) await this.#writeWinners(this.#spool);
    const added = written ?? (await this.#base.finish());
    await this.#spool?.drop();
    const removed: RemovedFiles = {
      files: rewrite.removedFiles(),
      relied: rewrite.stayingFiles(this.#merge?.wonAgainst ?? []),
      guard,
    };
    return {
      files: [...added.files, ...kept.files],
      rows: added.rows + kept.rows,
      rewrite: {
        snapshot: table?.snapshot ?? null,
        removed: removed as unknown as Json,
        kept: kept.rows,
        units: this.#unitCounts(replaced),
      },
    };
  }

  async abort(): Promise<void> {
    await this.#base.abort();
    await this.#spool?.drop();
    await this.#rewrite?.abort();
  }

  #guard(written: StagedFiles | null): RewriteGuard {
    const { mode, writer } = this.#configuration;
    if (mode.kind === 'overwrite-table') return { kind: 'table' };
    if (mode.kind === 'overwrite-partitions') {
      const files = (written?.files ?? []) as unknown as DataFileDescription[];
      const tuples = [...new Set(files.map(({ partition }) => partitionText(partition)))].sort();
      return writer.partition.length === 0 ? { kind: 'table' } : { kind: 'partitions', specId: writer.specId, tuples };
    }
    const { uris } = this.#sources;
    const column = writer.fields.find(({ name }) => name === this.#configuration.sourceFile);
    if (uris.length > 0 && column?.id === undefined)
      throw new CalveError(
        'INTERNAL',
        'The rows of a file are to be replaced, but the table has no column that names the file of a row.',
      );
    return {
      kind: 'rows',
      keys: this.#merge?.ranges() ?? null,
      files: uris.length > 0 ? { id: column!.id!, uris: uris.sort() } : null,
    };
  }

  /** The incoming rows that did not lose. */
  async #writeWinners(spool: Spool): Promise<void> {
    const merge = this.#merge!;
    let first = 0;
    for await (const batch of spool.read()) {
      throwIfAborted(this.#context.signal);
      await writeRows(this.#base, batch, merge.winners(first, batch.rows));
      first += batch.rows;
      await this.#context.environment.sleep(0);
    }
  }

  #unitCounts(replaced: readonly number[]): NonNullable<StagedFiles['rewrite']>['units'] {
    const counts = this.#units.map(({ key }, unit) => {
      const deduplicated = this.#merge?.deduplicated[unit] ?? 0;
      return [key, { deduplicated, replaced: replaced[unit] ?? 0 }] as const;
    });
    return Object.fromEntries(counts.filter(([, count]) => count.deduplicated > 0 || count.replaced > 0));
  }
}
