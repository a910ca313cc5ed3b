import type { ColumnBatch, ColumnData, Field, InputFile, Json, OutputFile, TableEvidence, TableState } from '@calve/core/plugin';
import { CalveError, createColumnBatch, nullColumn, readValue } from '@calve/core/plugin';
import { columnFor, decodeMemoryFile } from './memory-table-writer.ts';

/** One state of a table. */
export interface MemorySnapshot {
  id: string;
  parent: string | null;
  /** Paths of all files that are live in it, oldest first. */
  files: readonly string[];
  summary: Readonly<Record<string, string>>;
}

/** A table of the memory sink. */
export interface MemoryTable {
  identity: string;
  fields: Field[];
  schemaId: number;
  head: string | null;
  /** Oldest first. */
  snapshots: MemorySnapshot[];
  /** By the name of the property that would keep it. */
  evidence: Map<string, TableEvidence>;
}

/** Tables and files that all sessions of one memory sink see. */
export class MemoryTables {
  readonly tables = new Map<string, MemoryTable>();
  readonly #files = new Map<string, Uint8Array>();

  /** Names of all files, live or not. */
  get fileNames(): string[] {
    return [...this.#files.keys()];
  }

  stateOf(name: string): TableState | 'absent' {
    const table = this.tables.get(name);
    if (!table) return 'absent';
    const { identity, fields, schemaId, head } = table;
    return structuredClone({ identity, fields, schemaId, partitionSpecId: 0, snapshot: head, raw: null });
  }

  sizeOf(path: string): number | null {
    return this.#files.get(path)?.length ?? null;
  }

  openOutput(path: string): OutputFile {
    if (this.#files.has(path)) throw new CalveError('INTERNAL', `The file ${path} exists already.`);
    this.#files.set(path, new Uint8Array());
    return {
      write: async (chunk) => {
        this.#files.set(path, Buffer.concat([this.#files.get(path) ?? new Uint8Array(), chunk]));
      },
      finish: async () => {},
      abort: async () => this.deleteFile(path),
    };
  }

  openInput(path: string): InputFile {
    const bytes = this.#files.get(path);
    if (!bytes) throw new CalveError('INTERNAL', `The file ${path} is gone.`);
    return {
      sizeBytes: bytes.length,
      read(target, offset) {
        const part = bytes.subarray(offset, offset + target.length);
        target.set(part);
        return part.length;
      },
      close: async () => {},
    };
  }

  deleteFile(path: string): void {
    this.#files.delete(path);
  }

  /** The rows of a snapshot, one batch per batch that was written, in the columns that the table has now. */
  *batches(table: MemoryTable, snapshot: string, fields: readonly Field[]): Generator<ColumnBatch> {
    for (const path of table.snapshots.find(({ id }) => id === snapshot)?.files ?? []) {
      const bytes = this.#files.get(path);
      if (!bytes) throw new CalveError('INTERNAL', `The live file ${path} is gone.`);
      for (const parts of decodeMemoryFile(bytes)) {
        const columns = fields.map(({ name, type }): ColumnData => columnFor(parts, name) ?? nullColumn(type, parts.rows));
        yield createColumnBatch({ fields, columns, rows: parts.rows });
      }
    }
  }

  /** All rows of the current snapshot, in the order of its files. */
  rows(name: string): Record<string, Json>[] {
    const table = this.tables.get(name);
    if (!table || table.head === null) return [];
    return [...this.batches(table, table.head, table.fields)].flatMap(({ fields, columns, rows }) =>
      Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(fields.map(({ name, type }, index) => [name, readValue(columns[index]!, type, row)])),
      ),
    );
  }
}
