import type { ColumnData } from '../../columns/column-data.ts';
import { writeInt64Micros, writeInt64Nanos } from '../../columns/int64-words.ts';
import { validityOf } from './cells-with-text.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** Unit of an epoch. */
export type EpochUnit = 's' | 'ms' | 'us' | 'ns';

/** How many of a unit are one second. */
const perSecond: Record<EpochUnit, number> = { s: 1, ms: 1e3, us: 1e6, ns: 1e9 };
/** Whole seconds that 64 bits hold: of microseconds, and of nanoseconds. */
const mostSeconds = { micros: 9_223_372_036_854, nanos: 9_223_372_036 };

/**
 * Moments in UTC as `[+-]?[0-9]{1,19}` units since 1970-01-01 00:00. A moment that 64 bits cannot hold in the unit of the column is
 * bad. Nanoseconds in a column of microseconds are cut towards the past, as a fraction is.
 */
export function epochKernel(unit: EpochUnit, kept: 'micros' | 'nanos'): TextKernel {
  const reader = new EpochReader(unit, kept);
  return {
    convert(cells: TextCells): ColumnData {
      const values = new Uint8Array(cells.rows * 8);
      const view = new DataView(values.buffer);
      convertRows(reader, cells.source, cellInSource, cells, view);
      if (cells.scratchLength > 0) convertRows(reader, cells.scratch, cellInScratch, cells, view);
      return { layout: 'fixed', width: 8, values, ...validityOf(cells) };
    },
  };
}

function convertRows(reader: EpochReader, bytes: Uint8Array, wanted: number, cells: TextCells, view: DataView): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted || reader.read(bytes, starts[row]!, ends[row]!, view, row * 8)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

class EpochReader {
  readonly #perSecond: number;
  readonly #isMicros: boolean;
  readonly #mostSeconds: number;
  /** Most units below a second that may follow the most seconds. */
  readonly #mostRest: number;

  constructor(unit: EpochUnit, kept: 'micros' | 'nanos') {
    this.#perSecond = perSecond[unit];
    this.#isMicros = kept === 'micros';
    // An int64 of nanoseconds ends before one of microseconds does.
    this.#mostSeconds = unit === 'ns' ? mostSeconds.nanos : mostSeconds[kept];
    const digits = unit === 'ns' || kept === 'nanos' ? 854_775_807 / 1e9 : 775_807 / 1e6;
    this.#mostRest = Math.floor(digits * this.#perSecond + 1e-7);
  }

  read(bytes: Uint8Array, start: number, end: number, view: DataView, at: number): boolean {
    let from = start;
    const first = start < end ? bytes[start]! : 0;
    if (first === 0x2d || first === 0x2b) from++;
    if (from === end || end - from > 19) return false;
    // Nine digits and ten: each half is exact.
    let high = 0;
    let low = 0;
    const split = end - 9;
    for (; from < split; from++) {
      const digit = bytes[from]! - 0x30;
      if (digit < 0 || digit > 9) return false;
      high = high * 10 + digit;
    }
    for (; from < end; from++) {
      const digit = bytes[from]! - 0x30;
      if (digit < 0 || digit > 9) return false;
      low = low * 10 + digit;
    }
    const units = this.#perSecond;
    let seconds = high * (1e9 / units) + Math.floor(low / units);
    const rest = low % units;
    if (seconds > this.#mostSeconds || (seconds === this.#mostSeconds && rest > this.#mostRest)) return false;
    let nanos = rest * (1e9 / units);
    if (first === 0x2d) {
      seconds = nanos === 0 ? -seconds : -seconds - 1;
      nanos = nanos === 0 ? 0 : 1e9 - nanos;
    }
    if (!this.#isMicros) return writeInt64Nanos(view, at, seconds, nanos);
    writeInt64Micros(view, at, seconds, Math.floor(nanos / 1_000));
    return true;
  }
}
