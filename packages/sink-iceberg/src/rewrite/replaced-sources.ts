import type { ColumnBatch, ColumnData } from '@calve/core/plugin';
import { CalveError, createCellSlice, isValid, readCell } from '@calve/core/plugin';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** Finds the rows that name one of some files. Rows of one file mostly stand together, so a text is made once for each run of them. */
export class ReplacedSources {
  /** Number of the unit that replaces the rows of a file. */
  readonly #units = new Map<string, number>();
  readonly #column: string;
  readonly #slice = createCellSlice();
  #data: ColumnData | null = null;
  #last = new Uint8Array();
  #lastUnit = -1;
  #hasLast = false;

  /** @param column Name of the column in which rows name their file. */
  constructor(column: string) {
    this.#column = column;
  }

  add(uri: string, unit: number): void {
    this.#units.set(uri, unit);
  }

  get uris(): string[] {
    return [...this.#units.keys()];
  }

  /** The rows that are asked about next. */
  open({ fields, columns }: ColumnBatch): void {
    this.#data = columns[fields.findIndex(({ name }) => name === this.#column)] ?? null;
  }

  /** Number of the unit that replaces a row; -1: none. */
  unitOf(row: number): number {
    const column = this.#data;
    if (column === null || this.#units.size === 0 || !isValid(column, row)) return -1;
    this.#point(column, row);
    const { bytes, start, end } = this.#slice;
    if (!this.#hasLast || !isEqual(this.#last, bytes, start, end)) {
      this.#last = bytes.slice(start, end);
      this.#hasLast = true;
      this.#lastUnit = this.#units.get(decoder.decode(this.#last)) ?? -1;
    }
    return this.#lastUnit;
  }

  #point(column: ColumnData, row: number): void {
    if (column.layout === 'dictionary') this.#point(column.values, column.indexes[row]!);
    else if (column.layout === 'offsets' || column.layout === 'cells') readCell(column, row, this.#slice);
    else throw new CalveError('INTERNAL', `The column "${this.#column}" holds no text, but is laid out as "${column.layout}".`);
  }
}

function isEqual(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
  return true;
}
