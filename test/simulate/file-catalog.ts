import type { Environment } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { Catalog, CatalogOutcome, TableCommit, TableIdentifier } from '@calve/sink-iceberg';
import type { SimulatedProcess } from '@calve/testkit';

/**
 * The shipped catalog in a file, which a process reaches without a network: answers are lost where a disk or a lock fails, and nothing arrives
 * late or twice. It takes the steps of the commit itself.
 */
export function failingFileCatalog(
  catalog: Catalog,
  process: SimulatedProcess,
  onArrival: (identifier: TableIdentifier, commit: TableCommit) => void,
): Catalog {
  return {
    ...catalog,
    async load(identifier) {
      const number = process.count('load');
      const fault = process.takeFault('load', ({ nth }) => nth === number);
      await process.call(() => {}, { isRemote: false });
      if (fault) throw new CalveError('ICEBERG_CATALOG_UNAVAILABLE', 'The catalog cannot be read.', { recovery: 'retry' });
      return catalog.load(identifier);
    },
    list: () => catalog.list(),
    async commit(identifier: TableIdentifier, commit: TableCommit, environment: Environment): Promise<CatalogOutcome> {
      const number = process.count('commit');
      const fault = process.takeFault('commit', ({ nth }) => nth === number)?.answer;
      switch (fault) {
        case 'conflict':
          return { kind: 'conflict', reason: 'the catalog is locked by another process' };
        case 'refused':
          return { kind: 'refused', error: failure('the disk is full').toJSON() };
        case 'lost-before':
        case 'unavailable-before':
        case 'unavailable-late':
        case 'late':
          return { kind: 'unknown', error: failure('the disk failed').toJSON() };
        default:
      }
      onArrival(identifier, commit);
      const outcome = await catalog.commit(identifier, commit, environment);
      const isLost = fault === 'lost-after' || fault === 'unavailable-after' || fault === 'refused-applied';
      return isLost && outcome.kind === 'committed' ? { kind: 'unknown', error: failure('the disk failed').toJSON() } : outcome;
    },
    close: () => catalog.close(),
  };
}

function failure(why: string): CalveError {
  return new CalveError('ICEBERG_CATALOG_UNAVAILABLE', `The commit was tried, and ${why}.`, { recovery: 'verify' });
}
