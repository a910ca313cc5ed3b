import type { Field } from '@calve/core/plugin';
import { BOUND_LENGTH } from '../spec/bounds.ts';
import { toHex } from '../spec/hex.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import type { DataFileDescription } from './data-file.ts';
import { FixedBuffer } from './fixed-buffer.ts';
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

  /** Takes in the rows of one row group; nothing of them is kept. @param columns One per stored column. */
  add(columns: readonly ColumnBuffer[]): void {
    for (const [index, field] of this.#fields.entries())
      this.#addColumn(field, columns[index]!, index < MEASURED_COLUMNS ? USUAL : 'none');
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

  #addColumn({ id, type }: Field, buffer: ColumnBuffer, usual: MetricsMode): void {
    if (buffer instanceof StructBuffer && type.kind === 'struct')
      for (const [index, child] of type.fields.entries()) this.#addColumn(child, buffer.children[index]!, usual);
    if (id === undefined || !(buffer instanceof FixedBuffer || buffer instanceof TextBuffer)) return;
    const mode = this.#modes[id] ?? usual;
    if (mode === 'none') return;
    let leaf = this.#leaves.get(id);
    if (leaf === undefined) {
      const length = mode === 'full' ? Number.POSITIVE_INFINITY : mode === 'counts' ? 0 : mode;
      leaf = { values: 0, nulls: 0, notNumbers: 0, range: new ValueRange(type, length) };
      this.#leaves.set(id, leaf);
    }
    leaf.values += buffer.rows;
    leaf.nulls += buffer.nulls;
    leaf.notNumbers += leaf.range.add(buffer);
  }
}
