import type { ColumnData } from '../../columns/column-data.ts';
import { writeInt64Micros, writeInt64Nanos, writeInt64Number } from '../../columns/int64-words.ts';
import type { PatternReader } from '../patterns/pattern-reader.ts';
import { validityOf } from './cells-with-text.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';
import type { TimestampForm } from './timestamp.ts';

/** Writes the value that a reader has just found; false when the column cannot hold it. */
type WriteValue = (reader: PatternReader, view: DataView, at: number) => boolean;

/** date by patterns: the first one that fits reads the text. A time of day must be one, and is left out. */
export function patternedDateKernel(readers: readonly PatternReader[]): TextKernel {
  return patternedKernel(readers, 4, ({ days }, view, at) => {
    view.setInt32(at, days, true);
    return true;
  });
}

/** time by patterns: the first one that fits reads the text. */
export function patternedTimeKernel(readers: readonly PatternReader[]): TextKernel {
  return patternedKernel(readers, 8, ({ secondOfDay, nanos }, view, at) => {
    writeInt64Number(view, at, secondOfDay * 1_000_000 + Math.floor(nanos / 1_000));
    return true;
  });
}

/** timestamp by patterns: the first one that fits reads the text. An offset in the text counts more than the zone of the column. */
export function patternedTimestampKernel(readers: readonly PatternReader[], { unit, clock }: TimestampForm): TextKernel {
  return patternedKernel(readers, 8, ({ days, secondOfDay, nanos, hasOffset, offset }, view, at) => {
    const wall = days * 86_400 + secondOfDay;
    const seconds = hasOffset || clock === null ? wall - offset : clock.toUtc(wall);
    if (unit === 'nanos') return writeInt64Nanos(view, at, seconds, nanos);
    writeInt64Micros(view, at, seconds, Math.floor(nanos / 1_000));
    return true;
  });
}

function patternedKernel(readers: readonly PatternReader[], width: number, write: WriteValue): TextKernel {
  return {
    convert(cells: TextCells): ColumnData {
      const { starts, ends, states, rows, source, scratch } = cells;
      const values = new Uint8Array(rows * width);
      const view = new DataView(values.buffer);
      for (let row = 0; row < rows; row++) {
        const state = states[row];
        if (state !== cellInSource && state !== cellInScratch) continue;
        const bytes = state === cellInSource ? source : scratch;
        if (readAny(readers, bytes, starts[row]!, ends[row]!, write, view, row * width)) continue;
        states[row] = cellIsBad;
        cells.bad += 1;
      }
      return { layout: 'fixed', width, values, ...validityOf(cells) };
    },
  };
}

function readAny(
  readers: readonly PatternReader[],
  bytes: Uint8Array,
  start: number,
  end: number,
  write: WriteValue,
  view: DataView,
  at: number,
): boolean {
  for (let index = 0; index < readers.length; index++) {
    const reader = readers[index]!;
    if (reader.read(bytes, start, end)) return write(reader, view, at);
  }
  return false;
}
