import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type {
  CallContext,
  ChangePlan,
  ColumnBatch,
  CommitIntent,
  CommitOutcome,
  Diagnostic,
  ExternalAccess,
  Field,
  Json,
  LedgerKey,
  OutputFile,
  Portable,
  Prepared,
  Program,
  ReadRequest,
  SinkSession,
  TableEvidence,
  TableState,
  TableWriter,
  WriterPorts,
} from '@calve/core/plugin';
import { CalveError, errorData } from '@calve/core/plugin';
import type { Catalog } from './catalog/catalog.ts';
import { abandonOutput } from './commit/abandon.ts';
import { tableEvidence } from './commit/evidence.ts';
import { outputOf, stagedFiles } from './commit/intent-output.ts';
import { prepareCommit } from './commit/prepare.ts';
import { sendCommit } from './commit/send.ts';
import type { StagedManifest } from './commit/staged-manifest.ts';
import { createTableWriter } from './datafile/table-writer.ts';
import { fileUri, localPath } from './files/file-uri.ts';
import { createFile, fileSize } from './files/local-files.ts';
import type { IcebergSinkOptions } from './iceberg-sink-options.ts';
import { targetOf } from './iceberg-sink-options.ts';
import { planChanges } from './operation/plan-changes.ts';
import { tableState } from './operation/table-facts.ts';
import { readTable } from './read-table.ts';
import { parseIdentifier } from './spec/table-identifier.ts';
import { newTableLocation } from './table-locations.ts';
import { writerConfiguration } from './writer-configuration.ts';

/** The sink's half of one plan or run: tables of one catalog, files under one warehouse. */
export class IcebergSession implements SinkSession {
  readonly #options: IcebergSinkOptions;
  readonly #context: CallContext;
  readonly #catalog: Catalog;
  /** Tables as they were last inspected: writers take partitioning and properties from them. */
  readonly #inspected = new Map<string, TableState | 'absent'>();
  readonly #manifests = new Map<string, StagedManifest>();

  constructor(options: IcebergSinkOptions, context: CallContext) {
    this.#options = options;
    this.#context = context;
    this.#catalog = options.catalog.open();
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
    return access.kind === 'spark' ? { ...access, uri: this.describe(target).location } : access;
  }

  async inspect(target: Json): Promise<TableState | 'absent'> {
    const { table } = targetOf(target);
    const loaded = await this.#catalog.load(parseIdentifier(table));
    const state = loaded === 'absent' ? 'absent' : tableState(loaded);
    this.#inspected.set(table, state);
    return state;
  }

  planChanges(state: TableState | 'absent', fields: readonly Field[], target: Json): ChangePlan {
    const validated = targetOf(target);
    return planChanges(state, fields, validated, newTableLocation(this.#options, validated.table));
  }

  describe(target: Json): { name: string; location: string } {
    const { table } = targetOf(target);
    const state = this.#inspected.get(table);
    const known = state && state !== 'absent' ? (state.raw as { location: string }).location : null;
    return { name: table, location: known ?? newTableLocation(this.#options, table) };
  }

  async *read(target: Json, request: ReadRequest): AsyncGenerator<ColumnBatch> {
    const loaded = await this.#catalog.load(parseIdentifier(targetOf(target).table));
    if (loaded !== 'absent') yield* readTable(loaded.metadata, request);
  }

  writer(program: Program, intent: CommitIntent, output: string): Portable<TableWriter, WriterPorts> {
    const { target, planned, journaled } = outputOf({ ...intent, program }, output);
    const configuration = writerConfiguration(intent, {
      target,
      fields: planned.fields,
      state: journaled.identity === 'absent' ? 'absent' : this.#stateOf(target.table),
      location: newTableLocation(this.#options, target.table),
    });
    const config = configuration as unknown as Json;
    const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
    return {
      module: new URL(`./datafile/table-writer.${extension}`, import.meta.url).href,
      exportName: 'createTableWriter',
      config,
      create: (context, ports) => createTableWriter(config, context, ports),
    };
  }

  openOutput(name: string): Promise<OutputFile> {
    return createFile(name);
  }

  prepare(intent: CommitIntent, output: string): Promise<Prepared> {
    return prepareCommit(intent, output, {
      catalog: this.#catalog,
      environment: this.#context.environment,
      locationOf: (table) => newTableLocation(this.#options, table),
      manifests: this.#manifests,
    });
  }

  send(request: Json): Promise<CommitOutcome> {
    return sendCommit(request, { catalog: this.#catalog, environment: this.#context.environment });
  }

  async evidence(target: Json, key: LedgerKey): Promise<TableEvidence | null> {
    const loaded = await this.#catalog.load(parseIdentifier(targetOf(target).table));
    return loaded === 'absent' ? null : tableEvidence(loaded.metadata, key);
  }

  async stagedFilesExist(intent: CommitIntent, output: string): Promise<boolean> {
    for (const file of stagedFiles(outputOf(intent, output).journaled)) {
      if ((await fileSize(file.path)) !== file.sizeBytes) return false;
    }
    return true;
  }

  abandon(intent: CommitIntent, output: string): Promise<void> {
    return abandonOutput(intent, output, this.#catalog);
  }

  async close(): Promise<void> {
    this.#catalog.close();
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
