import type { ColumnBatch } from '../columns/column-batch.ts';
import { type ColumnData, isValid } from '../columns/column-data.ts';
import { type CellSlice, createCellSlice, readCell } from '../columns/read-cell.ts';
import { CalveError } from '../errors/calve-error.ts';

/** One version of a file, as rows name it. */
export interface RowOrigin {
  uri: string;
  version: string;
  /** How many rows name it, by the kind of table that they are in. */
  accepted: number;
  rejected: number;
}

/**
 * Counts the rows of tables by the file version that they name. Rows of one file mostly stand together, so a text is made once for each run of
 * them and not for each row. Memory: one entry for each version.
 */
export class RowOrigins {
  readonly #byUri = new Map<string, Map<string, RowOrigin>>();
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** Rows that name no file, or no version: another writer added them. */
  nameless = 0;

  /** @param batch Two columns: the file and its version. */
  add(batch: ColumnBatch, kind: 'accepted' | 'rejected'): void {
    const [uris, versions] = batch.columns;
    if (!uris || !versions) throw new CalveError('INTERNAL', 'Rows were to be read with the columns that tell their origin.');
    const here = [createCellSlice(), createCellSlice()] as const;
    const start = [createCellSlice(), createCellSlice()] as const;
    let rows = 0;
    for (let row = 0; row < batch.rows; row += 1) {
      if (!pointAt(uris, row, here[0]) || !pointAt(versions, row, here[1])) {
        this.nameless += 1;
        continue;
      }
      if (rows > 0 && isSame(here[0], start[0]) && isSame(here[1], start[1])) {
        rows += 1;
        continue;
      }
      if (rows > 0) this.#count(start, kind, rows);
      for (const at of [0, 1] as const)
        Object.assign(start[at], { bytes: here[at].bytes, start: here[at].start, end: here[at].end });
      rows = 1;
    }
    if (rows > 0) this.#count(start, kind, rows);
  }

  /** What was counted of one version; undefined: no row names it. */
  find(uri: string, version: string): RowOrigin | undefined {
    return this.#byUri.get(uri)?.get(version);
  }

  *[Symbol.iterator](): Generator<RowOrigin> {
    for (const versions of this.#byUri.values()) yield* versions.values();
  }

  #count([file, of]: readonly [CellSlice, CellSlice], kind: 'accepted' | 'rejected', rows: number): void {
    const uri = this.#text(file);
    const version = this.#text(of);
    const versions = this.#byUri.get(uri) ?? new Map<string, RowOrigin>();
    this.#byUri.set(uri, versions);
    const origin = versions.get(version) ?? { uri, version, accepted: 0, rejected: 0 };
    versions.set(version, origin);
    origin[kind] += rows;
  }

  #text({ bytes, start, end }: CellSlice): string {
    return this.#decoder.decode(bytes.subarray(start, end));
  }
}

/** @returns False: there is no value. */
function pointAt(column: ColumnData, row: number, slice: CellSlice): boolean {
  if (!isValid(column, row)) return false;
  if (column.layout === 'dictionary') return pointAt(column.values, column.indexes[row]!, slice);
  if (column.layout !== 'offsets' && column.layout !== 'cells')
    throw new CalveError(
      'INTERNAL',
      `A column that tells the origin of rows holds no text, but is laid out as "${column.layout}".`,
    );
  readCell(column, row, slice);
  return true;
}

function isSame(a: CellSlice, b: CellSlice): boolean {
  if (a.end - a.start !== b.end - b.start) return false;
  if (a.bytes === b.bytes && a.start === b.start) return true;
  for (let at = 0; at < a.end - a.start; at += 1) if (a.bytes[a.start + at] !== b.bytes[b.start + at]) return false;
  return true;
}
