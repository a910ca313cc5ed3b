import { type BigIntStats, statSync } from 'node:fs';
import type { TableMetadata } from '../metadata/table-metadata.ts';
import type { LoadedTable } from './catalog.ts';
import { pathOf } from './lake-home.ts';

/** What is kept in all: tables, and bytes of their files. Parsed, metadata takes about four times as much. */
const MOST_TABLES = 64;
const MOST_BYTES = 16 * 1024 * 1024;

/** What tells that a file is still the one that was read: a lake may be emptied, and put back, while a process goes on. */
type Stamp = Pick<BigIntStats, 'dev' | 'ino' | 'size' | 'mtimeNs'>;

interface Kept {
  metadataLocation: string;
  metadata: TableMetadata;
  stamp: Stamp;
}

/**
 * The parsed metadata of tables as they were last read or written. Metadata files are never changed, so one that is still the same file need not be
 * read again; a commit would otherwise parse all snapshots of its table half a dozen times. Shared by all connections to one catalog.
 */
export class MetadataCache {
  /** By table, the one that was used longest ago first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  /** The metadata at this place, `null` when it is not kept or the file is not the same any more. */
  find(table: string, metadataLocation: string): LoadedTable | null {
    const kept = this.#kept.get(table);
    if (kept?.metadataLocation !== metadataLocation) return null;
    const now = stampOf(metadataLocation);
    this.#remove(table);
    if (now === null || !isSameFile(kept.stamp, now)) return null;
    this.#add(table, kept);
    return { metadataLocation, metadata: kept.metadata };
  }

  /** Keeps what a file says, in the place of what an earlier one said. */
  keep(table: string, { metadataLocation, metadata }: LoadedTable): void {
    this.#remove(table);
    const stamp = stampOf(metadataLocation);
    if (stamp === null || stamp.size > MOST_BYTES) return;
    this.#add(table, { metadataLocation, metadata, stamp });
    for (const [oldest] of this.#kept) {
      if (this.#kept.size <= MOST_TABLES && this.#bytes <= MOST_BYTES) break;
      this.#remove(oldest);
    }
  }

  #add(table: string, kept: Kept): void {
    this.#kept.set(table, kept);
    this.#bytes += Number(kept.stamp.size);
  }

  #remove(table: string): void {
    const kept = this.#kept.get(table);
    if (!kept) return;
    this.#kept.delete(table);
    this.#bytes -= Number(kept.stamp.size);
  }
}

/** `null`: the file is gone, or cannot be looked at; whoever reads it says why. Like the catalog's own file it is local: no wait worth a thread. */
function stampOf(location: string): Stamp | null {
  const path = pathOf(location);
  if (path === null) return null;
  try {
    return statSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
  } catch {
    // Permission or disk: reading it next gives the error that names it.
    return null;
  }
}

function isSameFile(one: Stamp, other: Stamp): boolean {
  return one.ino === other.ino && one.size === other.size && one.mtimeNs === other.mtimeNs && one.dev === other.dev;
}
