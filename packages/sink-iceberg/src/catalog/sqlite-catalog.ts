import { resolve } from 'node:path';
import type { Environment, ExternalAccess } from '@calve/core/plugin';
import { CalveError, errorData } from '@calve/core/plugin';
import { deleteFile } from '../files/local-files.ts';
import { checkRequirements } from '../metadata/check-requirements.ts';
import { withPreviousFile } from '../metadata/metadata-log.ts';
import { reduceMetadata } from '../metadata/reduce-metadata.ts';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import type { TableIdentifier } from '../spec/table-identifier.ts';
import { identifierText } from '../spec/table-identifier.ts';
import type { Catalog, CatalogFactory, CatalogOutcome, LoadedTable, TableCommit } from './catalog.ts';
import { unknownOutcome } from './map-sqlite-error.ts';
import { MetadataCache } from './metadata-cache.ts';
import { deleteUnlisted, readMetadataFile, writeMetadataFile } from './metadata-files.ts';
import { sparkAccess } from './spark-access.ts';
import { SqliteFile } from './sqlite-file.ts';

/** How a SQLite catalog is set up. */
export interface SqliteCatalogOptions {
  /** Name of the catalog inside the file. Other engines must use the same one. Default `calve`. */
  name?: string;
}

/**
 * A catalog in one SQLite file, which PyIceberg's SqlCatalog and Iceberg's JdbcCatalog open as their own. Safe for several
 * processes on one machine. The file is created by the first commit.
 *
 * @param path Of the file: `./lake/catalog.db`.
 * @throws {CalveError} `CONFIGURATION_INVALID`: the name is empty, or no plain name.
 *
 * @example
 * icebergSink({ catalog: sqliteCatalog('./lake/catalog.db'), warehouse: './lake/warehouse' })
 */
export function sqliteCatalog(path: string, options: SqliteCatalogOptions = {}): CatalogFactory {
  const { name = 'calve' } = options;
  if (!/^[A-Za-z][A-Za-z0-9_]{0,254}$/.test(name))
    throw new CalveError(
      'CONFIGURATION_INVALID',
      `"${name}" cannot be the name of a catalog: a letter, then letters, digits or _.`,
      { recovery: 'fix-input' },
    );
  const location = resolve(path);
  const cache = new MetadataCache();
  return {
    name,
    location,
    open: () => new SqliteCatalog(new SqliteFile(location, name), location, cache),
    access: (warehouse): ExternalAccess => sparkAccess(name, location, warehouse),
  };
}

class SqliteCatalog implements Catalog {
  /** Metadata files are written here as they are. */
  readonly evidence = 'property';
  readonly #file: SqliteFile;
  readonly #location: string;
  readonly #cache: MetadataCache;

  constructor(file: SqliteFile, location: string, cache: MetadataCache) {
    this.#file = file;
    this.#location = location;
    this.#cache = cache;
  }

  async load(identifier: TableIdentifier): Promise<LoadedTable | 'absent'> {
    const pointer = this.#file.pointer(identifier);
    if (pointer === null) return 'absent';
    const table = identifierText(identifier);
    const known = this.#cache.find(table, pointer);
    if (known) return known;
    try {
      const loaded = await readMetadataFile(pointer);
      this.#cache.keep(table, loaded);
      return loaded;
    } catch (error) {
      throw CalveError.is(error) && error.code === 'ICEBERG_FILE_MISSING' ? this.#dangling(identifier, pointer, error) : error;
    }
  }

  async list(): Promise<TableIdentifier[]> {
    return this.#file.identifiers();
  }

  async commit(identifier: TableIdentifier, commit: TableCommit, environment: Environment): Promise<CatalogOutcome> {
    let base: LoadedTable | 'absent';
    let metadata: TableMetadata;
    try {
      base = await this.load(identifier);
      const failures = checkRequirements(base === 'absent' ? null : base.metadata, commit.requirements);
      if (failures.length > 0) return { kind: 'conflict', reason: `${identifierText(identifier)}: ${failures.join('; ')}` };
      const reduced = reduceMetadata(base === 'absent' ? null : base.metadata, commit.updates, BigInt(environment.now()));
      const lost = base === 'absent' ? [] : lostReferences(base.metadata, reduced, commit.updates);
      if (lost.length > 0)
        return {
          kind: 'conflict',
          reason: `${identifierText(identifier)}: ${lost.join(', ')} still needs a snapshot that would expire`,
        };
      metadata = base === 'absent' ? reduced : withPreviousFile(reduced, base);
    } catch (error) {
      return { kind: 'refused', error: errorData(error) };
    }
    return this.#publish(identifier, base === 'absent' ? null : base, metadata, environment);
  }

  close(): void {
    this.#file.close();
  }

  #dangling(identifier: TableIdentifier, pointer: string, cause: CalveError): CalveError {
    const table = identifierText(identifier);
    return new CalveError(
      'ICEBERG_FILE_MISSING',
      `The catalog ${this.#location} says that the table ${table} is at ${pointer}, but that file is gone. Nothing was changed. ` +
        'Restore the warehouse folder from a backup; to load everything again, use another table and another ingestion id, or begin with an empty lake.',
      {
        recovery: {
          kind: 'decide',
          choices: [
            'restore the warehouse folder',
            'load everything into another table under another ingestion id',
            'begin with an empty lake',
          ],
        },
        context: { table, catalog: this.#location, metadataLocation: pointer },
        cause,
      },
    );
  }

  async #publish(
    identifier: TableIdentifier,
    base: LoadedTable | null,
    metadata: TableMetadata,
    environment: Environment,
  ): Promise<CatalogOutcome> {
    const previous = base?.metadataLocation ?? null;
    await environment.step('iceberg.send.metadata');
    let next: string;
    try {
      next = await writeMetadataFile(metadata, previous, environment);
    } catch (error) {
      return { kind: 'refused', error: errorData(error) };
    }
    await environment.step('iceberg.send.pointer');
    try {
      const swap = this.#file.swap(identifier, previous, next);
      if (swap.kind === 'moved') {
        this.#cache.keep(identifierText(identifier), { metadataLocation: next, metadata });
        await deleteUnlisted(base?.metadata ?? null, metadata);
        return { kind: 'committed', metadataLocation: next, metadata };
      }
      if (swap.kind === 'unknown') return { kind: 'unknown', error: unknownOutcome(swap.error, this.#location) };
      return { kind: 'conflict', reason: `${identifierText(identifier)}: ${swap.reason}${await removeUnused(next)}` };
    } catch (error) {
      return { kind: 'refused', error: errorData(error) };
    }
  }
}

/** Tags and branches that nobody asked to remove: somebody made one, after a commit had chosen the snapshots that expire with it. */
function lostReferences(before: TableMetadata, after: TableMetadata, updates: readonly TableUpdate[]): string[] {
  const removed = new Set(updates.flatMap((update) => (update.action === 'remove-snapshot-ref' ? [update['ref-name']] : [])));
  return Object.keys(before.refs ?? {}).filter((name) => !(name in (after.refs ?? {})) && !removed.has(name));
}

/** Deletes a metadata file that surely nobody knows, since the pointer did not move. One that stays does no harm. */
async function removeUnused(location: string): Promise<string> {
  try {
    await deleteFile(location);
    return '';
  } catch (error) {
    return `; the unused file ${location} could not be deleted: ${errorData(error).message}`;
  }
}
