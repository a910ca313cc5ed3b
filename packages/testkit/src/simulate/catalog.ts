import { CalveError, type CalveErrorData } from '@calve/core/plugin';
import type { CommitFault } from './history.ts';
import type { CallWay, SimulatedProcess } from './process.ts';
import {
  BadRequest,
  brokenRequirement,
  type SimulatedMetadata,
  type SimulatedRequirement,
  type SimulatedUpdate,
  updatedMetadata,
} from './table-metadata.ts';

/** Name of a table. */
export interface SimulatedIdentifier {
  namespace: readonly string[];
  name: string;
}

/** A table as one look found it. Nobody changes what this gives. */
export interface SimulatedTable {
  metadataLocation: string;
  metadata: SimulatedMetadata;
}

/** A change of one table. */
export interface SimulatedCommit {
  requirements: readonly SimulatedRequirement[];
  updates: readonly SimulatedUpdate[];
}

/** How one commit ended, for the one who sent it. */
export type SimulatedOutcome =
  | ({ kind: 'committed' } & SimulatedTable)
  | { kind: 'conflict'; reason: string }
  | { kind: 'refused' | 'unknown'; error: CalveErrorData };

/** What one process does with the catalog. */
export interface CatalogConnection {
  load(identifier: SimulatedIdentifier): Promise<SimulatedTable | 'absent'>;
  list(): Promise<SimulatedIdentifier[]>;
  commit(identifier: SimulatedIdentifier, commit: SimulatedCommit): Promise<SimulatedOutcome>;
  close(): void;
}

/** A catalog server: compare-and-set on table metadata with the requirements of the REST protocol, behind a network that loses answers. */
export class SimulatedCatalog {
  readonly #now: () => number;
  /** Versions of each table by name, the newest last. */
  readonly #tables = new Map<string, SimulatedTable[]>();
  /** Called when a commit arrives, before it is applied or not. */
  onArrival: (table: string, commit: SimulatedCommit) => void = () => {};

  /** @param now Virtual milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** Past all faults: a table as it is now. */
  current(table: string): SimulatedTable | null {
    return this.#tables.get(table)?.at(-1) ?? null;
  }

  /** The catalog as a process reaches it. */
  connect(process: SimulatedProcess): CatalogConnection {
    return {
      load: (identifier) => this.#load(textOf(identifier), process),
      list: () =>
        process.call(() => [...this.#tables.keys()].sort().map((name) => ({ namespace: name.split('.').slice(0, -1), name }))),
      commit: (identifier, commit) => {
        const number = process.count('commit');
        const fault = process.takeFault('commit', ({ nth }) => nth === number)?.answer;
        return process.call(() => this.#apply(textOf(identifier), commit), wayOf(fault));
      },
      close: () => {},
    };
  }

  #load(table: string, process: SimulatedProcess): Promise<SimulatedTable | 'absent'> {
    const number = process.count('load');
    const fault = process.takeFault('load', ({ nth }) => nth === number)?.answer;
    const back = fault === 'stale' ? -2 : -1;
    const look = (): SimulatedTable | 'absent' => {
      const versions = this.#tables.get(table);
      return versions?.at(back) ?? versions?.[0] ?? 'absent';
    };
    return process.call(look, fault === 'unavailable' ? { isDropped: true, answerWithout: cannotBeReached } : {});
  }

  #apply(table: string, commit: SimulatedCommit): SimulatedOutcome {
    this.onArrival(table, commit);
    const before = this.current(table);
    try {
      const broken = brokenRequirement(before?.metadata ?? null, commit.requirements);
      if (broken) return { kind: 'conflict', reason: `${broken.type} does not hold` };
      const metadata = updatedMetadata(before?.metadata ?? null, commit.updates, this.#now());
      const versions = this.#tables.get(table) ?? [];
      const metadataLocation = `${metadata.location}/metadata/${versions.length}.metadata.json`;
      this.#tables.set(table, [...versions, { metadataLocation, metadata }]);
      return { kind: 'committed', metadataLocation, metadata };
    } catch (error) {
      if (error instanceof BadRequest) return refused(error.message);
      throw error;
    }
  }
}

/** How a commit goes wrong. */
export function wayOf(fault: CommitFault | undefined): CallWay<SimulatedOutcome> {
  switch (fault) {
    case undefined:
      return { latency: 40 };
    case 'conflict':
      return { isDropped: true, answerWithout: () => ({ kind: 'conflict', reason: 'another commit is being applied' }) };
    case 'refused':
      return { isDropped: true, answerWithout: () => refused('it is not allowed now') };
    case 'refused-applied':
      return { answer: () => refused('commit validation failed') };
    case 'lost-before':
      return { isDropped: true, answerWithout: () => unknown('the connection was reset') };
    case 'lost-after':
      return { answer: () => unknown('the connection was reset') };
    case 'unavailable-before':
      return { isDropped: true, answerWithout: () => unknown(UNAVAILABLE) };
    case 'unavailable-after':
      return { answer: () => unknown(UNAVAILABLE) };
    case 'unavailable-late':
      return { lateBy: 25_000, answerWithout: () => unknown(UNAVAILABLE) };
    case 'late':
      return { lateBy: 25_000, answerWithout: () => unknown('there was no answer in time') };
    case 'twice':
      return { againAfter: 10_000 };
  }
}

/** What the error of a commit that was answered with 503 says. */
export const UNAVAILABLE = '503 Service Unavailable';

function unknown(why: string): SimulatedOutcome {
  const error = new CalveError('ICEBERG_CATALOG_UNAVAILABLE', `The commit was sent, and ${why}.`, { recovery: 'verify' });
  return { kind: 'unknown', error: error.toJSON() };
}

function refused(why: string): SimulatedOutcome {
  const error = new CalveError('ICEBERG_COMMIT_REFUSED', `The catalog refuses the commit: ${why}.`, { recovery: 'fix-access' });
  return { kind: 'refused', error: error.toJSON() };
}

function cannotBeReached(): never {
  throw new CalveError('ICEBERG_CATALOG_UNAVAILABLE', 'The catalog cannot be reached.', { recovery: 'retry' });
}

function textOf({ namespace, name }: SimulatedIdentifier): string {
  return [...namespace, name].join('.');
}
