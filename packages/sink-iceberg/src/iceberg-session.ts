import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type {
  AcceptedRollback,
  CallContext,
  ChangePlan,
  ColumnBatch,
  CommitIntent,
  CommitOutcome,
  Diagnostic,
  ExternalAccess,
  Field,
  InputFile,
  Json,
  LedgerKey,
  OutputFile,
  Portable,
  Prepared,
  Program,
  ProgramOutput,
  ReadRequest,
  SchemaDecisions,
  SinkSession,
  TableCommit,
  TableEvidence,
  TableState,
  TableWriter,
  WriterPorts,
} from '@calve/core/plugin';
import { CalveError, errorData, PROVENANCE_COLUMNS } from '@calve/core/plugin';
import type { Catalog } from './catalog/catalog.ts';
import { catalogAtHome } from './catalog/catalog-at-home.ts';
import { catalogBelow } from './catalog/catalog-below.ts';
import { findForgottenTable, tableForgotten } from './catalog/forgotten-table.ts';
import { isInside, type Lake } from './catalog/lake-home.ts';
import { dataFolder } from './catalog/metadata-files.ts';
import { damagedTable, missingFile } from './catalog/missing-files.ts';
import { abandonOutput } from './commit/abandon.ts';
import { tableEvidence } from './commit/evidence.ts';
import { outputOf, stagedFiles } from './commit/intent-output.ts';
import { ownCommits } from './commit/own-commits.ts';
import { prepareCommit } from './commit/prepare.ts';
import { sendCommit } from './commit/send.ts';
import type { StagedManifest } from './commit/staged-manifest.ts';
import type { TableWriterConfiguration } from './datafile/table-writer-configuration.ts';
import { fileUri, localPath } from './files/file-uri.ts';
import { createFile, fileSize } from './files/local-files.ts';
import { openDataFile } from './files/open-data-file.ts';
import { ReadPace } from './files/read-pace.ts';
import type { IcebergSinkOptions } from './iceberg-sink-options.ts';
import { assertIsConfined, namespaceOf, targetOf } from './iceberg-sink-options.ts';
import type { ManifestMemory } from './manifest/manifest-memory.ts';
import { planChanges } from './operation/plan-changes.ts';
import { tableState } from './operation/table-facts.ts';
import { rewritingWriterModule, tableWriterModule } from './portable-modules.ts';
import type { RewriteConfiguration, RewrittenTable } from './rewrite/rewrite-configuration.ts';
import { mayRewrite, rewrittenTable } from './rewrite/rewritten-table.ts';
import { parseIdentifier } from './spec/table-identifier.ts';
import { newTableLocation } from './table-locations.ts';
import { writerConfiguration } from './writer-configuration.ts';

const MEBIBYTE = 1024 * 1024;
/** What the keys of a merge may take at one time; beyond it they go in several passes. */
const KEY_MEMORY_BYTES = 256 * MEBIBYTE;
/** How long the catalog may take to learn of a table whose metadata is written, before the table counts as forgotten. */
const CREATION_MILLISECONDS = 2000;
/** Rows of a merge that wait in memory; beyond it they wait in a file. */
const SPOOL_BYTES = 32 * MEBIBYTE;

/** The sink's half of one plan or run: tables of one catalog, files under one warehouse. */
export class IcebergSession implements SinkSession {
  readonly #options: IcebergSinkOptions;
  readonly #context: CallContext;
  readonly #pace: ReadPace;
  readonly #lake: Lake;
  readonly #catalog: Catalog;
  /** Levels below which all tables of this session lie, each with a dot behind it. */
  readonly #below: string;
  /** Tables as they were last inspected: writers take partitioning and properties from them. */
  readonly #inspected = new Map<string, TableState | 'absent'>();
  /** The snapshot that was inspected, for writers that rewrite it; null: there is no table. */
  readonly #rewritten = new Map<string, RewrittenTable | null>();
  readonly #manifests = new Map<string, StagedManifest>();
  /** Tables whose catalog refused a commit with a property of ours. */
  readonly #refusing = new Set<string>();
  /** Data files whose names this session made, as long as no request names them: no table can list them. */
  readonly #created = new Set<string>();
  readonly #memory: ManifestMemory;

  constructor(options: IcebergSinkOptions, context: CallContext, memory: ManifestMemory) {
    this.#options = options;
    this.#memory = memory;
    this.#context = context;
    this.#pace = new ReadPace(context.environment);
    this.#lake = {
      name: options.catalog.name,
      catalog: options.catalog.location,
      warehouse: localPath(fileUri(options.warehouse)),
    };
    const namespace = namespaceOf(options, context.tenant);
    this.#below = namespace.map((level) => `${level}.`).join('');
    this.#catalog = catalogBelow(catalogAtHome(options.catalog.open(), this.#lake), namespace);
  }

  async check(): Promise<Diagnostic[]> {
    try {
      await this.#catalog.load({ namespace: ['calve'], name: 'check' });
      await access(await nearestFolder(localPath(fileUri(this.#options.warehouse))), constants.W_OK);
      return [];
    } catch (error) {
      const { code, message } = errorData(error);
      return [{ code, severity: 'error', message }];
    }
  }

  externalAccess(): ExternalAccess {
    return this.#options.catalog.access(fileUri(this.#options.warehouse));
  }

  tableAccess(target: Json): ExternalAccess {
    const access = this.externalAccess();
    if (access.kind !== 'spark') return access;
    const { location } = this.describe(target);
    return { ...access, uri: location, table: this.#namesOf(targetOf(target).table) };
  }

  async inspect(target: Json): Promise<TableState | 'absent'> {
    const { table } = targetOf(target);
    const loaded = await this.#catalog.load(parseIdentifier(table));
    const state = loaded === 'absent' ? 'absent' : tableState(loaded);
    this.#inspected.set(table, state);
    this.#rewritten.set(table, loaded === 'absent' ? null : rewrittenTable(this.#namesOf(table), loaded.metadata));
    return state;
  }

  planChanges(state: TableState | 'absent', fields: readonly Field[], target: Json, decisions?: SchemaDecisions): ChangePlan {
    const validated = targetOf(target);
    if (this.#below !== '') assertIsConfined(validated);
    return planChanges(state, fields, validated, this.#newLocation(validated.table), decisions);
  }

  describe(target: Json): { name: string; location: string } {
    const { table } = targetOf(target);
    const state = this.#inspected.get(table);
    const known = state && state !== 'absent' ? (state.raw as { location: string }).location : null;
    return { name: this.#below + table, location: known ?? this.#newLocation(table) };
  }

  async *read(target: Json, request: ReadRequest): AsyncGenerator<ColumnBatch> {
    const loaded = await this.#catalog.load(parseIdentifier(targetOf(target).table));
    // Whoever only adds rows reads none, and need not load what that takes.
    if (loaded !== 'absent') yield* (await import('./read-table.ts')).readTable(loaded.metadata, request, this.#pace);
  }

  writer(program: Program, intent: CommitIntent, output: string): Portable<TableWriter, WriterPorts> {
    const { target, planned, journaled } = outputOf({ ...intent, program }, output);
    if (this.#below !== '') assertIsConfined(target);
    const configuration = writerConfiguration(intent, {
      target,
      fields: planned.fields,
      state: journaled.identity === 'absent' ? 'absent' : this.#stateOf(target.table),
      location: this.#newLocation(target.table),
    });
    if (mayRewrite(planned)) return this.#rewriter(configuration, planned, journaled.identity === 'absent' ? null : target.table);
    const config = configuration as unknown as Json;
    return {
      get module() {
        return tableWriterModule();
      },
      exportName: 'createTableWriter',
      config,
      create: async (context, ports) => (await import('./datafile/table-writer.ts')).createTableWriter(config, context, ports),
    };
  }

  async openOutput(name: string): Promise<OutputFile> {
    const file = await createFile(name);
    this.#created.add(name);
    return file;
  }

  openInput(name: string): Promise<InputFile> {
    return openDataFile(name, this.#pace);
  }

  prepare(intent: CommitIntent, output: string): Promise<Prepared> {
    return prepareCommit(intent, output, {
      catalog: this.#catalog,
      environment: this.#context.environment,
      locationOf: (table) => this.#newLocation(table),
      manifests: this.#manifests,
      memory: this.#memory,
      created: this.#created,
      refusing: this.#refusing,
    });
  }

  send(request: Json): Promise<CommitOutcome> {
    return sendCommit(request, { catalog: this.#catalog, environment: this.#context.environment, refusing: this.#refusing });
  }

  async evidence(target: Json, key: LedgerKey, accepted?: AcceptedRollback): Promise<TableEvidence | null> {
    const { table } = targetOf(target);
    const load = () => this.#catalog.load(parseIdentifier(table));
    for (;;) {
      const loaded = await load();
      if (loaded === 'absent') {
        const location = this.#newLocation(table);
        const forgotten = await findForgottenTable(location, key);
        if (forgotten === null) return null;
        // Whoever creates the table at this moment has written its metadata, and the catalog learns of it next.
        await this.#context.environment.sleep(CREATION_MILLISECONDS, this.#context.signal);
        if ((await load()) !== 'absent') continue;
        throw tableForgotten(this.#below + table, location, forgotten, key, this.#lake);
      }
      const missing = await missingFile(loaded.metadata, this.#memory);
      if (missing === null) return tableEvidence(loaded.metadata, key, accepted);
      // Another engine may have compacted the table meanwhile and deleted what only the earlier snapshot needs.
      const now = await load();
      if (now !== 'absent' && now.metadataLocation === loaded.metadataLocation)
        throw damagedTable(missing, loaded.metadata, this.#below + table, key);
    }
  }

  async commits(target: Json, key: LedgerKey): Promise<TableCommit[]> {
    const loaded = await this.#catalog.load(parseIdentifier(targetOf(target).table));
    return loaded === 'absent' ? [] : ownCommits(loaded.metadata, key);
  }

  async stagedFilesExist(intent: CommitIntent, output: string): Promise<boolean> {
    if (!this.#areStagedHere(intent, output)) return false;
    for (const file of stagedFiles(outputOf(intent, output).journaled)) {
      if ((await fileSize(file.path)) !== file.sizeBytes) return false;
    }
    return true;
  }

  async abandon(intent: CommitIntent, output: string): Promise<void> {
    if (this.#areStagedHere(intent, output)) await abandonOutput(intent, output, this.#catalog);
  }

  async close(): Promise<void> {
    this.#catalog.close();
  }

  #rewriter(writer: TableWriterConfiguration, { mode }: ProgramOutput, table: string | null): Portable<TableWriter, WriterPorts> {
    const configuration: RewriteConfiguration = {
      writer,
      mode,
      table: table === null ? null : (this.#rewritten.get(table) ?? null),
      sourceFile: PROVENANCE_COLUMNS['source-file'],
      keyMemoryBytes: KEY_MEMORY_BYTES,
      spoolBytes: SPOOL_BYTES,
    };
    const config = configuration as unknown as Json;
    return {
      get module() {
        return rewritingWriterModule();
      },
      exportName: 'createRewritingWriter',
      config,
      create: async (context, ports) =>
        (await import('./rewrite/rewriting-writer.ts')).createRewritingWriter(config, context, ports),
    };
  }

  /** From the name of the catalog down. */
  #namesOf(table: string): string[] {
    return [this.#lake.name, ...(this.#below + table).split('.')];
  }

  #newLocation(table: string): string {
    return newTableLocation(this.#options, this.#below + table);
  }

  /**
   * False for an intent in a state that was copied from another lake before its table was made: the files are that lake's, to commit and to
   * delete. A table that exists tells by itself where it belongs.
   */
  #areStagedHere(intent: CommitIntent, output: string): boolean {
    const { journaled, target } = outputOf(intent, output);
    if (journaled.identity !== 'absent') return true;
    const { properties = {} } = target;
    const folder = localPath(dataFolder({ location: this.#newLocation(target.table), properties }));
    return stagedFiles(journaled).every(({ path }) => isInside(localPath(path), folder));
  }

  #stateOf(table: string): TableState {
    const state = this.#inspected.get(table);
    if (state && state !== 'absent') return state;
    throw new CalveError(
      'INTERNAL',
      `${table} has to be inspected before rows are written to it: its partitioning is not known.`,
    );
  }
}

async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    if ((await fileSize(folder)) !== null || folder === dirname(folder)) return folder;
  }
}
