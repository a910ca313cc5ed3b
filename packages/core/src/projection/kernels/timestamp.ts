import { writeInt64Micros, writeInt64Nanos } from '../../columns/int64-words.ts';
import { type FixedReading, fixedColumn } from './fixed-cells.ts';
import { IsoTimestamp, notATimestamp, withoutZone, withZone } from './iso-timestamp.ts';
import { notAMoment, readFraction, readIsoSeconds } from './iso-words.ts';
import type { TextCells } from './text-cells.ts';
import { cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** What a kernel of timestamps needs to know of a zone: see `ZoneClock`. */
export interface WallClock {
  toUtc(wall: number): number;
}

/** How timestamps are read and kept. */
export interface TimestampForm {
  /** Nanoseconds reach from 1677-09-21 to 2262-04-11; a moment outside is bad. */
  unit: 'micros' | 'nanos';
  zone: 'utc' | 'none';
  /** UTC only: texts without a zone are wall time there. Null: they are in UTC. */
  clock: WallClock | null;
}

/**
 * timestamp: `yyyy-MM-dd[T ]HH:mm:ss[.f{1,9}]`, in UTC also with `Z` or an offset up to 18:00. In microseconds the fraction is cut to
 * six digits, before 1970 too. Without zone in the type a text with one is bad.
 */
export function timestampKernel(form: TimestampForm): TextKernel {
  const timestamp = new IsoTimestamp();
  const takesZone = form.zone === 'utc' ? 1 : 0;
  const takesNoZone = form.clock === null ? 1 : 0;
  const reading: FixedReading = {
    width: 8,
    readRows: (cells, bytes, wanted, view) => readRows(timestamp, form, cells, bytes, wanted, view),
    readCell: (bytes, start, end, view, row) => readTimestamp(timestamp, form, bytes, start, end, view, row * 8),
  };
  if (form.unit === 'micros')
    reading.compiled = (kernels, at, first, rows, values) =>
      kernels.timestampCells(at.source, at.scratch, at.starts, at.ends, at.states, first, rows, values, takesZone, takesNoZone);
  return { convert: (cells) => fixedColumn(cells, reading) };
}

function readRows(
  timestamp: IsoTimestamp,
  form: TimestampForm,
  cells: TextCells,
  bytes: Uint8Array,
  wanted: number,
  view: DataView,
): void {
  const { starts, ends, states, rows } = cells;
  const text = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isMicros = form.unit === 'micros';
  const takesZone = form.zone === 'utc';
  const takesNoZone = form.clock === null;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted) continue;
    const start = starts[row]!;
    const end = ends[row]!;
    const isUtc = bytes[end - 1] === 0x5a;
    if (isMicros && (isUtc ? takesZone : takesNoZone) && readUsual(text, start, isUtc ? end - 1 : end, view, row * 8)) continue;
    if (readTimestamp(timestamp, form, bytes, start, end, view, row * 8)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

/** Takes `yyyy-MM-dd[T ]HH:mm:ss` with a fraction of three, six or no digits, as most moments are written, and leaves everything else. */
function readUsual(text: DataView, start: number, end: number, view: DataView, at: number): boolean {
  const length = end - start;
  if (length !== 23 && length !== 26 && length !== 19) return false;
  const seconds = readIsoSeconds(text, start);
  const micros = length === 19 ? 0 : readFraction(text, start + 19, length === 26);
  if (seconds === notAMoment || micros < 0) return false;
  writeInt64Micros(view, at, seconds, micros);
  return true;
}

/** Writes the moment that stands in `bytes[start, end)`; false, and nothing is written, when it is none. */
function readTimestamp(
  timestamp: IsoTimestamp,
  { unit, zone, clock }: TimestampForm,
  bytes: Uint8Array,
  start: number,
  end: number,
  view: DataView,
  at: number,
): boolean {
  const found = timestamp.read(bytes, start, end);
  if (found === notATimestamp || (found === withZone && zone === 'none')) return false;
  const seconds = found === withoutZone && clock !== null ? clock.toUtc(timestamp.seconds) : timestamp.seconds;
  if (unit === 'nanos') return writeInt64Nanos(view, at, seconds, timestamp.nanos);
  writeInt64Micros(view, at, seconds, (timestamp.nanos / 1_000) | 0);
  return true;
}
