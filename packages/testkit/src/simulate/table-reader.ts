import { type AvroValue, readAvroFile } from './avro-reader.ts';

/** What a catalog says of a table, reduced to what a reader needs. Ids as digits. */
export interface CheckedTable {
  head: string | null;
  snapshots: readonly { id: string; manifestList: string; summary: Readonly<Record<string, string>> }[];
}

/** Storage as the checker sees it. */
export interface CheckedFiles {
  /** Content by URI; undefined: there is no such file. */
  bytes(location: string): Uint8Array | undefined;
  /** Ids of the rows of a data file. */
  rows(location: string): readonly string[] | Promise<readonly string[]>;
}

/** Everything that one snapshot needs, found by following its own references. */
export interface SnapshotFiles {
  /** Manifest list and manifests. */
  metadata: string[];
  data: string[];
  /** References to files that are not there. */
  missing: string[];
}

type AvroRecord = Record<string, AvroValue>;

/** Reads tables from their files alone: metadata, manifest list, manifests. Knows neither the writer nor its code. */
export class TableReader {
  readonly #files: CheckedFiles;
  /** Metadata files never change. */
  readonly #read = new Map<string, AvroRecord[]>();

  constructor(files: CheckedFiles) {
    this.#files = files;
  }

  /** The files of a snapshot. */
  files({ manifestList }: CheckedTable['snapshots'][number]): SnapshotFiles {
    const found: SnapshotFiles = { metadata: [manifestList], data: [], missing: [] };
    for (const { manifest_path: manifest } of this.#records(manifestList, found)) {
      found.metadata.push(String(manifest));
      for (const { status, data_file: file } of this.#records(String(manifest), found)) {
        if (status === 2) continue;
        const path = String((file as AvroRecord)['file_path']);
        found.data.push(path);
        if (!this.#files.bytes(path)) found.missing.push(path);
      }
    }
    return found;
  }

  /** The ids of all rows that a reader of the table sees now, as often as it sees them. */
  async rows(table: CheckedTable | null): Promise<string[]> {
    const head = table?.snapshots.find(({ id }) => id === table.head);
    const rows: string[] = [];
    for (const path of head ? this.files(head).data : []) {
      if (this.#files.bytes(path)) rows.push(...(await this.#files.rows(path)));
    }
    return rows;
  }

  /** Every file that any snapshot of a table needs. */
  referenced(table: CheckedTable | null): Set<string> {
    const all = (table?.snapshots ?? []).map((snapshot) => this.files(snapshot));
    return new Set(all.flatMap(({ metadata, data }) => [...metadata, ...data]));
  }

  #records(path: string, found: SnapshotFiles): AvroRecord[] {
    const known = this.#read.get(path);
    const bytes = this.#files.bytes(path);
    if (!bytes) found.missing.push(path);
    const records = known ?? (bytes ? (readAvroFile(bytes) as AvroRecord[]) : []);
    if (bytes) this.#read.set(path, records);
    return records;
  }
}
