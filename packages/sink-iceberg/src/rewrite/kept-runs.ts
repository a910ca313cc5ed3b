import type { ColumnData } from '@calve/core/plugin';
import { gatherRows } from '@calve/core/plugin';
import type { RowMemory } from '../datafile/row-memory.ts';
import { takeBits, takeInt32 } from '../datafile/row-memory.ts';

/** Rows of a batch that stay, as runs of rows that follow each other. */
export class KeptRuns {
  /** How many rows stay. */
  rows = 0;
  /** How many runs they are. */
  count = 0;
  /** First row of each run, and the row behind its last. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;

  /** @param most So many runs can be there. */
  constructor(most: number) {
    this.starts = new Int32Array(most);
    this.ends = new Int32Array(most);
  }

  /** Rows `[start, end)` stay; runs come in ascending order. */
  add(start: number, end: number): void {
    if (start >= end) return;
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
    this.rows += end - start;
  }

  /** The numbers of the rows. */
  numbers(): Uint32Array {
    const numbers = new Uint32Array(this.rows);
    let to = 0;
    for (let run = 0; run < this.count; run++)
      for (let row = this.starts[run]!; row < this.ends[run]!; row++) numbers[to++] = row;
    return numbers;
  }
}

/** What stays of `rows` rows when some go. @param gone Their numbers in ascending order, of which those of `[from, until)` count, less `first`. */
export function runsBetween(rows: number, gone: Uint32Array, from: number, until: number, first: number): KeptRuns {
  const runs = new KeptRuns(until - from + 1);
  let start = 0;
  for (let at = from; at < until; at++) {
    const row = gone[at]! - first;
    runs.add(start, row);
    start = row + 1;
  }
  runs.add(start, rows);
  return runs;
}

/**
 * Copies the rows of a column that stay, run by run.
 *
 * @param memory Where simple values go. What a dictionary or cells point to is not copied: it is that of `column`.
 */
export function keepRuns(column: ColumnData, runs: KeptRuns, memory: RowMemory): ColumnData {
  const { count, rows } = runs;
  const validity = column.validity ? { validity: keepBits(column.validity, runs, memory) } : {};
  switch (column.layout) {
    case 'fixed': {
      const { width, values } = column;
      if (width === 0) return { layout: 'fixed', width, values: keepBits(values, runs, memory), ...validity };
      const kept = memory.take(rows * width);
      for (let run = 0, to = 0; run < count; run++) {
        const part = values.subarray(runs.starts[run]! * width, runs.ends[run]! * width);
        kept.set(part, to);
        to += part.length;
      }
      return { layout: 'fixed', width, values: kept, ...validity };
    }
    case 'offsets':
      return { ...keepTexts(column.offsets, column.bytes, runs, memory), ...validity };
    case 'dictionary': {
      const indexes = takeInt32(memory, rows);
      for (let run = 0, to = 0; run < count; run++) {
        const part = column.indexes.subarray(runs.starts[run], runs.ends[run]);
        indexes.set(part, to);
        to += part.length;
      }
      return { layout: 'dictionary', indexes, values: column.values, ...validity };
    }
    case 'struct':
      return { layout: 'struct', children: column.children.map((child) => keepRuns(child, runs, memory)), ...validity };
    default:
      return gatherRows(column, runs.numbers());
  }
}

/** What lies under a null comes along. */
function keepTexts(offsets: Int32Array, bytes: Uint8Array, runs: KeptRuns, memory: RowMemory): ColumnData {
  const kept = takeInt32(memory, runs.rows + 1);
  kept[0] = 0;
  let row = 0;
  let length = 0;
  for (let run = 0; run < runs.count; run++) {
    const [start, end] = [runs.starts[run]!, runs.ends[run]!];
    const shift = length - offsets[start]!;
    for (let from = start + 1; from <= end; from++) kept[++row] = offsets[from]! + shift;
    length = kept[row]!;
  }
  const packed = memory.take(length);
  for (let run = 0, to = 0; run < runs.count; run++) {
    const part = bytes.subarray(offsets[runs.starts[run]!]!, offsets[runs.ends[run]!]!);
    packed.set(part, to);
    to += part.length;
  }
  return { layout: 'offsets', offsets: kept, bytes: packed };
}

function keepBits(bits: Uint8Array, runs: KeptRuns, memory: RowMemory): Uint8Array {
  const kept = takeBits(memory, runs.rows);
  let to = 0;
  for (let run = 0; run < runs.count; run++)
    for (let row = runs.starts[run]!; row < runs.ends[run]!; row++, to++)
      if ((bits[row >> 3]! & (1 << (row & 7))) !== 0) kept[to >> 3]! |= 1 << (to & 7);
  return kept;
}
