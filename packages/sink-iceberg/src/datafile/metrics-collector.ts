import type { ColumnType, Field } from '@calve/core/plugin';
import { presentRows } from '../parquet/column-values.ts';
import type { ExtremeRows } from '../parquet/extreme-rows.ts';
import { extremeRows } from '../parquet/extreme-rows.ts';
import { physicalType } from '../parquet/physical-type.ts';
import { BOUND_LENGTH } from '../spec/bounds.ts';
import { toHex } from '../spec/hex.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import type { DataFileDescription } from './data-file.ts';
import { FixedBuffer } from './fixed-buffer.ts';
import { columnValues } from './flat-column.ts';
import type { MetricsMode } from './metrics-mode.ts';
import { MEASURED_COLUMNS } from './metrics-mode.ts';
import { StructBuffer } from './nested-buffer.ts';
import { TextBuffer } from './text-buffer.ts';
import { ValueRange } from './value-range.ts';

const USUAL: MetricsMode = BOUND_LENGTH;

/** What the values of a file say of it, keyed by field id as text. */
export type ValueMetrics = Pick<DataFileDescription, 'valueCounts' | 'nullCounts' | 'nanCounts' | 'lowerBounds' | 'upperBounds'>;

interface LeafMetrics {
  values: number;
  nulls: number;
  notNumbers: number;
  range: ValueRange;
}

/**
 * Counts and bounds of one data file, taken from the values and not from the Parquet footer. The first 100 columns are measured, the
 * members of their structs too, unless the table asks for something else; what is inside lists and maps has none.
 */
export class MetricsCollector {
  readonly #fields: readonly Field[];
  readonly #modes: Readonly<Record<string, MetricsMode>>;
  readonly #leaves = new Map<number, LeafMetrics>();

  /** @param fields The stored columns, with ids, in table order. @param modes By field id, where they are not the usual ones. */
  constructor(fields: readonly Field[], modes: Readonly<Record<string, MetricsMode>> = {}) {
    this.#fields = fields;
    this.#modes = modes;
  }

  /** Takes in the rows of one column of a row group; nothing of them is kept. @param index Of the column among the fields. */
  add(index: number, buffer: ColumnBuffer): void {
    this.#addColumn(this.#fields[index]!, buffer, usualMode(index));
  }

  /**
   * The same for a column without members whose smallest and largest values are known.
   *
   * @param counts Of the row group.
   * @param buffer Holds the values, each of them at least once. @param extremes Rows of it.
   */
  addKnown(
    index: number,
    counts: { rows: number; nulls: number },
    buffer: FixedBuffer | TextBuffer,
    extremes: ExtremeRows,
  ): void {
    this.#addLeaf(this.#fields[index]!, counts, buffer, usualMode(index), extremes);
  }

  /** The metrics of all rows so far. @throws {CalveError} `INTERNAL`: a lower bound above its upper bound. */
  finish(): ValueMetrics {
    const metrics: ValueMetrics = { valueCounts: {}, nullCounts: {}, nanCounts: {}, lowerBounds: {}, upperBounds: {} };
    for (const [id, { values, nulls, notNumbers, range }] of this.#leaves) {
      metrics.valueCounts[id] = values;
      metrics.nullCounts[id] = nulls;
      if (range.isFloating) metrics.nanCounts[id] = notNumbers;
      const { lower, upper } = range.bounds();
      if (lower) metrics.lowerBounds[id] = toHex(lower);
      if (upper) metrics.upperBounds[id] = toHex(upper);
    }
    return metrics;
  }

  #addColumn(field: Field, buffer: ColumnBuffer, usual: MetricsMode): void {
    const { type } = field;
    if (buffer instanceof StructBuffer && type.kind === 'struct')
      for (const [index, child] of type.fields.entries()) this.#addColumn(child, buffer.children[index]!, usual);
    if (buffer instanceof FixedBuffer || buffer instanceof TextBuffer) this.#addLeaf(field, buffer, buffer, usual);
  }

  #addLeaf(
    { id, type }: Field,
    { rows, nulls }: { rows: number; nulls: number },
    buffer: FixedBuffer | TextBuffer,
    usual: MetricsMode,
    known?: ExtremeRows,
  ): void {
    if (id === undefined) return;
    const mode = this.#modes[id] ?? usual;
    if (mode === 'none') return;
    let leaf = this.#leaves.get(id);
    if (leaf === undefined) {
      const length = mode === 'full' ? Number.POSITIVE_INFINITY : mode === 'counts' ? 0 : mode;
      leaf = { values: 0, nulls: 0, notNumbers: 0, range: new ValueRange(type, length) };
      this.#leaves.set(id, leaf);
    }
    const extremes = known ?? extremesOf(type, buffer);
    leaf.values += rows;
    leaf.nulls += nulls;
    leaf.notNumbers += extremes.notNumbers;
    leaf.range.take(buffer, extremes);
  }
}

function usualMode(index: number): MetricsMode {
  return index < MEASURED_COLUMNS ? USUAL : 'none';
}

function extremesOf(type: ColumnType, buffer: FixedBuffer | TextBuffer): ExtremeRows {
  const values = columnValues(buffer);
  const { order, width } = physicalType(type)!;
  return extremeRows(order, values, width, presentRows(values, new Int32Array(0)));
}
