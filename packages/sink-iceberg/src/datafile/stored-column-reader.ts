import type { ColumnData, Field } from '@calve/core/plugin';
import { CalveError, columnBuffers, gatherRows } from '@calve/core/plugin';
import type { FileMetaData, RowGroup } from 'hyparquet';
import { parquetScan } from 'hyparquet';
import { decompressors } from './decompression.ts';
import type { FileBytes } from './file-bytes.ts';
import type { FileProjection } from './file-projection.ts';
import { fromParquetColumn } from './from-parquet-column.ts';
import type { PageLocation } from './page-locations.ts';
import { pageLocations } from './page-locations.ts';
import type { StoredColumn, StoredNode } from './stored-schema.ts';
import { columnMetadata } from './stored-schema.ts';

/** Bytes of decoded rows that may wait until they are asked for, all columns of a file together. */
export interface AheadBudget {
  left: number;
}

/** Where a column is and how it is read. */
export interface StoredColumnPlace {
  file: FileBytes;
  metadata: FileMetaData;
  rowGroup: RowGroup;
  column: StoredColumn;
  field: Field;
  /** For the members of the column. */
  within: FileProjection;
}

/** The pages of a column, by the paths of its leaves; where a leaf is left out they are not known. */
type Layout = Record<string, PageLocation[]>;

/**
 * Reads a column of one row group from front to back, some rows at a time. Only the pages that hold them are decoded, each of them once if what is
 * decoded beyond those rows may wait. Where pages do not say which rows they hold, the whole column is decoded at once.
 */
export class StoredColumnReader {
  readonly #place: StoredColumnPlace;
  readonly #budget: AheadBudget;
  readonly #rows: number;
  #metadata: FileMetaData | null = null;
  #layout: Layout | null = null;
  /** Rows from `#aheadFrom` on that were decoded with those before them. */
  #ahead: ColumnData | null = null;
  #aheadFrom = 0;
  #aheadUntil = 0;
  #aheadBytes = 0;

  constructor(place: StoredColumnPlace, budget: AheadBudget) {
    this.#place = place;
    this.#budget = budget;
    this.#rows = Number(place.rowGroup.num_rows);
  }

  /**
   * @param from Row of the row group: 0, and then the end of the last call.
   * @throws {CalveError} `ICEBERG_DATA_FILE_TYPE`, `ICEBERG_DATA_FILE_MALFORMED`. Others: the file is damaged.
   */
  async read(from: number, until: number): Promise<ColumnData> {
    if (from === 0 && until === this.#rows) return this.#decode(0, until, null);
    if (this.#ahead && until <= this.#aheadUntil) return this.#takeAhead(from, until);
    this.#dropAhead();
    const layout = await this.#pages();
    const end = layout === null ? this.#rows : this.#worthDecoding(layout, from, until);
    const decoded = await this.#decode(layout === null ? 0 : from, end, layout);
    if (layout !== null && end === until) return decoded;
    this.#ahead = decoded;
    this.#aheadFrom = layout === null ? 0 : from;
    this.#aheadUntil = end;
    this.#aheadBytes = bytesOf(decoded);
    this.#budget.left -= this.#aheadBytes;
    return this.#takeAhead(from, until);
  }

  #takeAhead(from: number, until: number): ColumnData {
    const rows = new Uint32Array(until - from);
    for (let row = 0; row < rows.length; row++) rows[row] = from - this.#aheadFrom + row;
    const taken = gatherRows(this.#ahead!, rows);
    if (until === this.#aheadUntil) this.#dropAhead();
    return taken;
  }

  #dropAhead(): void {
    this.#ahead = null;
    this.#budget.left += this.#aheadBytes;
    this.#aheadBytes = 0;
  }

  /** Where the last page ends of which rows are wanted, if all of it may wait; otherwise only those rows are decoded now. */
  #worthDecoding(layout: Layout, from: number, until: number): number {
    let end = until;
    for (const pages of Object.values(layout)) {
      const next = pages.find(({ first_row_index }) => Number(first_row_index) >= until);
      end = Math.max(end, next === undefined ? this.#rows : Number(next.first_row_index));
    }
    const { column, rowGroup } = this.#place;
    let stored = 0;
    for (const [index] of column.paths.entries())
      stored += Number(rowGroup.columns[column.firstChunk + index]?.meta_data?.total_uncompressed_size ?? 0);
    const estimate = (end - from) * Math.max(stored / this.#rows, 16 * column.paths.length);
    return estimate <= this.#budget.left ? end : until;
  }

  /** null: nothing but the whole column can be decoded. */
  async #pages(): Promise<Layout | null> {
    if (this.#layout) return this.#layout;
    const { file, column } = this.#place;
    const [rowGroup] = this.#columnMetadata().row_groups;
    const repeated = repeatedLeaves(column);
    const layout: Layout = {};
    for (const [index, { meta_data, offset_index_offset }] of rowGroup!.columns.entries()) {
      const isRepeated = repeated[index] === true;
      // Found by hyparquet itself.
      if (isRepeated && offset_index_offset) continue;
      const pages = await pageLocations(file, meta_data!, this.#rows, isRepeated);
      if (pages === null) return null;
      layout[meta_data!.path_in_schema.join('.')] = pages;
    }
    this.#layout = layout;
    return layout;
  }

  #columnMetadata(): FileMetaData {
    const { metadata, rowGroup, column } = this.#place;
    this.#metadata ??= columnMetadata(metadata, rowGroup, column);
    return this.#metadata;
  }

  async #decode(from: number, until: number, layout: Layout | null): Promise<ColumnData> {
    const { file, column, field, within } = this.#place;
    const { key } = column;
    const options = {
      file,
      metadata: this.#columnMetadata(),
      columns: [key],
      compressors: decompressors,
      utf8: false,
      geoparquet: false,
      // INT96 is the one physical type that hyparquet converts on its own.
      parsers: { timestampFromNanoseconds: (nanos: bigint) => nanos },
      // As hyparquet gives it to itself after it has read an index of pages.
      ...(layout === null ? {} : { pageLocationsByGroup: [layout] }),
    };
    const scan = await parquetScan(options);
    const values = await scan.readColumn({ column: key, rowStart: from, rowEnd: until });
    if (values.length === until - from) return fromParquetColumn(values, field.type, column, within);
    throw new CalveError(
      'ICEBERG_DATA_FILE_MALFORMED',
      `A data file has ${values.length} of ${until - from} values in the column "${field.name}".`,
      { recovery: 'fix-input', context: { column: field.name, values: values.length, rows: until - from } },
    );
  }
}

/** Bytes of a column in memory. */
export function bytesOf(column: ColumnData): number {
  return columnBuffers(column).reduce((sum, { byteLength }) => sum + byteLength, 0);
}

/** Which leaves of a column are inside something repeated, in the order of the schema. */
function repeatedLeaves(column: StoredColumn): boolean[] {
  const leaves: boolean[] = [];
  const visit = ({ element, children }: StoredNode, isInside: boolean): void => {
    const isRepeated = isInside || element.repetition_type === 'REPEATED';
    if (children.length === 0) leaves.push(isRepeated);
    for (const child of children) visit(child, isRepeated);
  };
  visit(column, false);
  return leaves;
}
