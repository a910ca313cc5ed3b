import { CalveError } from '@calve/core';
import {
  type Catalog,
  type CatalogFactory,
  type CatalogOutcome,
  type EvidenceKeeping,
  sqliteCatalog,
  type TableCommit,
} from '@calve/sink-iceberg';

/** What a catalog does with properties that it does not know; or it refuses everything, for reasons of its own. */
export type Narrowness = 'drops' | 'refuses' | 'keeps' | 'refuses-all';

/** What happens to the answer of one commit. */
export type AnswerFault = 'lost-before' | 'lost-after';

/** A real catalog in a SQLite file behind one that treats the properties of evidence as some services do. */
export interface NarrowCatalog extends CatalogFactory {
  /** Taken from the front, one for each commit that is not refused. */
  readonly faults: AnswerFault[];
  /** How many commits were refused for a property. */
  readonly refusals: number;
}

/** @param evidence What the catalog says of itself. */
export function narrowCatalog(path: string, narrowness: Narrowness, evidence: EvidenceKeeping = 'unknown'): NarrowCatalog {
  const below = sqliteCatalog(path);
  const faults: AnswerFault[] = [];
  let refusals = 0;
  const commit = async (
    catalog: Catalog,
    ...[identifier, given, environment]: Parameters<Catalog['commit']>
  ): Promise<CatalogOutcome> => {
    if (narrowness === 'refuses-all' || (narrowness === 'refuses' && hasEvidence(given))) {
      refusals += 1;
      return { kind: 'refused', error: failure('400 Bad Request: the property is not allowed', 'fix-access') };
    }
    const fault = faults.shift();
    const lost: CatalogOutcome = { kind: 'unknown', error: failure('504 Gateway Timeout', 'verify') };
    if (fault === 'lost-before') return lost;
    const outcome = await catalog.commit(identifier, narrowness === 'drops' ? withoutEvidence(given) : given, environment);
    return fault === 'lost-after' ? lost : outcome;
  };
  return {
    name: below.name,
    location: below.location,
    access: (warehouse) => below.access(warehouse),
    open() {
      const catalog = below.open();
      return {
        evidence,
        load: (identifier) => catalog.load(identifier),
        list: () => catalog.list(),
        commit: (...call) => commit(catalog, ...call),
        close: () => catalog.close(),
      };
    },
    faults,
    get refusals() {
      return refusals;
    },
  };
}

function hasEvidence({ updates }: TableCommit): boolean {
  return updates.some((update) => update.action === 'set-properties' && Object.keys(update.updates).some(isEvidence));
}

function withoutEvidence({ requirements, updates }: TableCommit): TableCommit {
  return {
    requirements,
    updates: updates.map((update) =>
      update.action === 'set-properties'
        ? { ...update, updates: Object.fromEntries(Object.entries(update.updates).filter(([name]) => !isEvidence(name))) }
        : update,
    ),
  };
}

function isEvidence(name: string): boolean {
  return name.startsWith('ingest.');
}

function failure(message: string, recovery: 'fix-access' | 'verify') {
  return new CalveError('ICEBERG_CATALOG_UNAVAILABLE', message, { recovery }).toJSON();
}
