import type { ExternalAccess } from '@calve/core/plugin';
import { type Catalog, type CatalogFactory, sqliteCatalog, type TableCommit } from '@calve/sink-iceberg';
import {
  type CheckedTable,
  type History,
  SimulatedCatalog,
  type SimulatedCommit,
  type SimulatedFiles,
  type SimulatedMetadata,
  type SimulatedProcess,
  type SimulatedScheduler,
} from '@calve/testkit';
import { failingFileCatalog } from './file-catalog.ts';
import { emptyPointers } from './simulated-pointer.ts';

export const LAKE = '/simulated/lake';

/** The catalog of one history, either on a server or in a file. */
export class CatalogOfHistory {
  readonly #server: SimulatedCatalog;
  readonly #pointers = emptyPointers();
  readonly #kind: History['catalog'];
  readonly #files: SimulatedFiles;
  #onArrival: (table: string, commit: SimulatedCommit) => void = () => {};

  constructor(kind: History['catalog'], scheduler: SimulatedScheduler, files: SimulatedFiles) {
    this.#kind = kind;
    this.#files = files;
    this.#server = new SimulatedCatalog(() => scheduler.now);
  }

  /** Called when a commit arrives, before it is applied or not. */
  set onArrival(listener: (table: string, commit: SimulatedCommit) => void) {
    this.#onArrival = listener;
    this.#server.onArrival = listener;
  }

  /** The catalog as a process opens it. */
  factory(process: SimulatedProcess): CatalogFactory {
    const location = `${LAKE}/catalog.db`;
    const access = (): ExternalAccess => ({ kind: 'none', reason: 'It is simulated.' });
    return { name: 'calve', location, access, open: () => this.connect(process) };
  }

  /** A connection of a process. */
  connect(process: SimulatedProcess): Catalog {
    if (this.#kind === 'server') return this.#server.connect(process) as unknown as Catalog;
    return failingFileCatalog(sqliteCatalog(`${LAKE}/catalog.db`).open(), process, ({ namespace, name }, commit: TableCommit) =>
      this.#onArrival([...namespace, name].join('.'), commit as unknown as SimulatedCommit),
    );
  }

  /** What the catalog says of a table now, past all faults; null: there is none. */
  current(table: string): SimulatedMetadata | null {
    if (this.#kind === 'server') return this.#server.current(table)?.metadata ?? null;
    const location = this.#pointers.get(table);
    const bytes = location === undefined ? undefined : this.#files.bytes(pathOf(location));
    return bytes ? (JSON.parse(new TextDecoder().decode(bytes), exactNumber) as SimulatedMetadata) : null;
  }
}

/** The path behind a URI of a local file. */
export function pathOf(location: string): string {
  return location.replace(/^file:\/\//, '');
}

/** Metadata reduced to what the checker needs. */
export function checkedTable(metadata: SimulatedMetadata | null): CheckedTable | null {
  if (!metadata) return null;
  const head = metadata.refs?.['main']?.['snapshot-id'];
  return {
    head: head === undefined ? null : String(head),
    snapshots: (metadata.snapshots ?? []).map((snapshot) => ({
      id: String(snapshot['snapshot-id']),
      manifestList: snapshot['manifest-list'],
      summary: snapshot.summary,
    })),
  };
}

/** Ids of snapshots are larger than a JavaScript number is exact. */
function exactNumber(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && context?.source ? BigInt(context.source) : value;
}
