import type { ColumnBatch } from '../columns/column-batch.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { Position } from '../source/position.ts';

/** Most bytes of a rejected record that are kept. */
const longestRawRecord = 64 * 1024;

interface RowFailure {
  codes: string[];
  columns: string[];
}

/** What is wrong with the rows of one batch. Costs nothing for rows that are right. */
export class RowFailures {
  readonly #rejected = new Map<number, RowFailure>();
  readonly #nulled: number[] = [];
  readonly #rescued = new Map<number, Set<string>>();

  /** Row `row` breaks a rule of `column`; it will be rejected. Columns come in the order of the rules; a code counts once per row. */
  reject(row: number, column: string, code: string): void {
    const failure = this.#rejected.get(row);
    if (failure === undefined) {
      this.#rejected.set(row, { codes: [code], columns: [column] });
      return;
    }
    if (failure.codes.includes(code)) return;
    failure.codes.push(code);
    if (failure.columns.at(-1) !== column) failure.columns.push(column);
  }

  /** A value of row `row` could not be typed and became null. */
  nullify(row: number): void {
    this.#nulled.push(row);
  }

  /** A value of column `source` of the batch could not be typed and became null; the whole column of this row is kept aside as it came. */
  rescue(row: number, source: string): void {
    const sources = this.#rescued.get(row);
    if (sources === undefined) this.#rescued.set(row, new Set([source]));
    else sources.add(source);
  }

  /** The columns of the batch that are kept aside for a row, in the order of the rules; `undefined`: none. */
  rescuedOf(row: number): ReadonlySet<string> | undefined {
    return this.#rescued.get(row);
  }

  /** True when a value of any row is kept aside. */
  hasRescued(): boolean {
    return this.#rescued.size > 0;
  }

  /** True when the row will be rejected for a value of this column. */
  isRejectedBy(row: number, column: string): boolean {
    return this.#rejected.get(row)?.columns.includes(column) ?? false;
  }

  /** True when the row will be rejected. */
  isRejected(row: number): boolean {
    return this.#rejected.has(row);
  }

  /** Values that became null in rows that were not rejected. */
  nulledValues(): number {
    if (this.#rejected.size === 0) return this.#nulled.length;
    return this.#nulled.reduce((count, row) => count + (this.#rejected.has(row) ? 0 : 1), 0);
  }

  /** The rows that stay, in order; `null` when all do. */
  keptRows(rows: number): Uint32Array | null {
    if (this.#rejected.size === 0) return null;
    const kept = new Uint32Array(rows - this.#rejected.size);
    let count = 0;
    for (let row = 0; row < rows; row++) if (!this.#rejected.has(row)) kept[count++] = row;
    return kept;
  }

  /** The rejected rows in order, with their bytes copied. */
  records(batch: ColumnBatch): RejectedRecord[] {
    const rows = [...this.#rejected.entries()].sort(([a], [b]) => a - b);
    return rows.map(([row, { codes, columns }]) => ({
      position: rowPosition(batch, row),
      codes,
      columns,
      ...rawRecord(batch, row),
    }));
  }
}

/** Where a row of a batch stands in its unit, as far as the batch knows. */
export function rowPosition(batch: ColumnBatch, row: number): Position {
  const byteOffset = batch.byteOffsets?.[row];
  const line = batch.records?.lines?.[row];
  return {
    unit: '',
    ...(byteOffset === undefined ? {} : { byteOffset }),
    record: batch.firstRecordInRange + row + 1,
    ...(line === undefined ? {} : { line }),
  };
}

function rawRecord({ records }: ColumnBatch, row: number): Pick<RejectedRecord, 'raw' | 'truncated'> {
  if (records === undefined) return { raw: new Uint8Array(0), truncated: false };
  const start = records.starts[row]!;
  const end = records.ends[row]!;
  return { raw: records.source.slice(start, Math.min(end, start + longestRawRecord)), truncated: end - start > longestRawRecord };
}
