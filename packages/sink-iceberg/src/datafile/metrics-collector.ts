import type { ColumnType, Field } from '@calve/core/plugin';
import type { ExtremeRows } from '../parquet/extreme-rows.ts';
import { BOUND_LENGTH } from '../spec/bounds.ts';
import { toHex } from '../spec/hex.ts';
import type { DataFileDescription } from './data-file.ts';
import type { FixedBuffer } from './fixed-buffer.ts';
import type { MetricsMode } from './metrics-mode.ts';
import { MEASURED_COLUMNS } from './metrics-mode.ts';
import type { TextBuffer } from './text-buffer.ts';
import type { ValueRangeState } from './value-range.ts';
import { ValueRange } from './value-range.ts';

const USUAL: MetricsMode = BOUND_LENGTH;

/** What the values of a file say of it, keyed by field id as text. */
export type ValueMetrics = Pick<DataFileDescription, 'valueCounts' | 'nullCounts' | 'nanCounts' | 'lowerBounds' | 'upperBounds'>;

/** What a collector has of one column; survives a structured clone. */
interface PartialMetrics {
  values: number;
  nulls: number;
  notNumbers: number;
  range: ValueRangeState;
}

/** What a collector has taken in, by field id: for the collector of a file in another thread. */
export type PartMetrics = ReadonlyMap<number, PartialMetrics>;

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
  readonly #modes: Readonly<Record<string, MetricsMode>>;
  readonly #leaves = new Map<number, LeafMetrics>();

  /** @param modes By field id, where they are not the usual ones. */
  constructor(modes: Readonly<Record<string, MetricsMode>> = {}) {
    this.#modes = modes;
  }

  /**
   * Takes in the rows of one column of a row group, or of a member of its structs; nothing of them is kept.
   *
   * @param index Of the column among the fields. @param field The column, or the member.
   * @param counts Of the row group.
   * @param buffer Holds the values, each of them at least once. @param extremes Rows of it.
   */
  add(
    index: number,
    { id, type }: Field,
    { rows, nulls }: { rows: number; nulls: number },
    buffer: FixedBuffer | TextBuffer,
    extremes: ExtremeRows,
  ): void {
    if (id === undefined) return;
    const mode = this.#modes[id] ?? usualMode(index);
    if (mode === 'none') return;
    let leaf = this.#leaves.get(id);
    if (leaf === undefined) {
      const length = mode === 'full' ? Number.POSITIVE_INFINITY : mode === 'counts' ? 0 : mode;
      leaf = emptyLeaf(type, length);
      this.#leaves.set(id, leaf);
    }
    leaf.values += rows;
    leaf.nulls += nulls;
    leaf.notNumbers += extremes.notNumbers;
    leaf.range.take(buffer, extremes);
  }

  /** What was taken in so far; nothing of it is left here. */
  take(): PartMetrics {
    const taken = new Map<number, PartialMetrics>();
    for (const [id, { range, ...counts }] of this.#leaves) taken.set(id, { ...counts, range: range.state });
    this.#leaves.clear();
    return taken;
  }

  /** Takes in what a collector of the same columns took in. */
  merge(part: PartMetrics): void {
    for (const [id, { values, nulls, notNumbers, range }] of part) {
      const leaf = this.#leaves.get(id) ?? emptyLeaf(range.type, range.length);
      this.#leaves.set(id, leaf);
      leaf.values += values;
      leaf.nulls += nulls;
      leaf.notNumbers += notNumbers;
      if (range.extremes !== null) leaf.range.widen(range.extremes);
    }
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
}

function emptyLeaf(type: ColumnType, length: number): LeafMetrics {
  return { values: 0, nulls: 0, notNumbers: 0, range: new ValueRange(type, length) };
}

function usualMode(index: number): MetricsMode {
  return index < MEASURED_COLUMNS ? USUAL : 'none';
}
