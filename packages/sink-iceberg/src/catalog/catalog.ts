import type { CalveErrorData, Environment, ExternalAccess } from '@calve/core/plugin';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { TableRequirement } from '../metadata/table-requirement.ts';
import type { TableUpdate } from '../metadata/table-update.ts';
import type { TableIdentifier } from '../spec/table-identifier.ts';

/** A table as one `load` found it. */
export interface LoadedTable {
  /** URI of the metadata file. */
  metadataLocation: string;
  metadata: TableMetadata;
}

/** A change of one table: applied as a whole when every requirement holds, otherwise not at all. */
export interface TableCommit {
  requirements: TableRequirement[];
  updates: TableUpdate[];
}

/**
 * How one commit ended. `conflict`: somebody else was first, or the catalog was busy; nothing was changed. `unknown`: it may have
 * been applied, so nothing may be deleted.
 */
export type CatalogOutcome =
  | ({ kind: 'committed' } & LoadedTable)
  | { kind: 'conflict'; reason: string }
  | { kind: 'refused' | 'unknown'; error: CalveErrorData };

/**
 * How the evidence of commits is kept in the tables of a catalog: `property` where properties of ours stay as they were set, `tag` where the catalog
 * refuses or drops them. `unknown`: the first commit of an ingestion finds out.
 */
export type EvidenceKeeping = 'property' | 'tag' | 'unknown';

/** A connection to one catalog. Calls may be concurrent. */
export interface Catalog {
  /** Default `unknown`: every catalog may be used without saying anything. */
  readonly evidence?: EvidenceKeeping;
  /**
   * @throws {CalveError} `ICEBERG_CATALOG_UNAVAILABLE` (retry), `ICEBERG_METADATA_INVALID`, `ICEBERG_FILE_MISSING`
   *   (fix-input): the catalog points to a metadata file that is gone.
   */
  load(identifier: TableIdentifier): Promise<LoadedTable | 'absent'>;
  /**
   * The names of all tables, in the order of their text; views are none. A catalog that does not exist yet has no tables.
   *
   * @throws {CalveError} `ICEBERG_CATALOG_UNAVAILABLE` (retry).
   */
  list(): Promise<TableIdentifier[]>;
  /**
   * Exactly one attempt to move the table's pointer. Everything that the updates name must be durable already. Never throws for
   * a lost answer: that is `unknown`.
   */
  commit(identifier: TableIdentifier, commit: TableCommit, environment: Environment): Promise<CatalogOutcome>;
  /** Called once, after all other calls have ended. */
  close(): void;
}

/** A catalog that is not opened yet: what a host passes to `icebergSink`. */
export interface CatalogFactory {
  /** Name of the catalog; other engines must use the same one: `calve`. */
  readonly name: string;
  /** Where it is, for people: a path. */
  readonly location: string;
  /** Changes nothing by itself: plan and preview open a catalog too. */
  open(): Catalog;
  /**
   * How Spark reaches the catalog.
   *
   * @param warehouse URI of the warehouse.
   */
  access(warehouse: string): ExternalAccess;
}
