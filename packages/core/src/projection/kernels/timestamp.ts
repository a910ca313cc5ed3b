import type { ColumnData } from '../../columns/column-data.ts';
import { writeInt64Micros, writeInt64Nanos } from '../../columns/int64-words.ts';
import { notADate, readIsoDate, readTwoDigits } from './date.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

/** What `IsoTimestamp.read` found. */
export const notATimestamp = 0;
const withoutZone = 1;
export const withZone = 2;

/** What a kernel of timestamps needs to know of a zone: see `ZoneClock`. */
export interface WallClock {
  toUtc(wall: number): number;
}

/** What the last of so many digits of a fraction is worth, in nanoseconds. */
const nanosOfDigits = Int32Array.from({ length: 10 }, (_, digits) => 10 ** (9 - digits));

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
  return {
    convert(cells: TextCells): ColumnData {
      const values = new Uint8Array(cells.rows * 8);
      const view = new DataView(values.buffer);
      convertRows(timestamp, form, cells.source, cellInSource, cells, view);
      if (cells.scratchLength > 0) convertRows(timestamp, form, cells.scratch, cellInScratch, cells, view);
      return { layout: 'fixed', width: 8, values, ...cells.validity() };
    },
  };
}

function convertRows(
  timestamp: IsoTimestamp,
  { unit, zone, clock }: TimestampForm,
  bytes: Uint8Array,
  wanted: number,
  cells: TextCells,
  view: DataView,
): void {
  const { starts, ends, states, rows } = cells;
  const takesZone = zone === 'utc';
  const isMicros = unit === 'micros';
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted) continue;
    const found = timestamp.read(bytes, starts[row]!, ends[row]!);
    if (found === withoutZone || (found === withZone && takesZone)) {
      const seconds = found === withoutZone && clock !== null ? clock.toUtc(timestamp.seconds) : timestamp.seconds;
      if (isMicros) {
        writeInt64Micros(view, row * 8, seconds, (timestamp.nanos / 1_000) | 0);
        continue;
      }
      if (writeInt64Nanos(view, row * 8, seconds, timestamp.nanos)) continue;
    }
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

/** Reads one ISO timestamp after another; the members hold the last one that was found. */
export class IsoTimestamp {
  /** Since 1970-01-01 00:00, the offset applied. */
  seconds = 0;
  /** 0 to 999,999,999, always towards the future. */
  nanos = 0;

  read(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 19) return notATimestamp;
    const separator = bytes[start + 10];
    if ((separator !== 0x54 && separator !== 0x20) || bytes[start + 13] !== 0x3a || bytes[start + 16] !== 0x3a)
      return notATimestamp;
    const days = readIsoDate(bytes, start);
    const hour = readTwoDigits(bytes, start + 11);
    const minute = readTwoDigits(bytes, start + 14);
    const second = readTwoDigits(bytes, start + 17);
    if (days === notADate || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
      return notATimestamp;
    const fractionEnd = this.#readFraction(bytes, start + 19, end);
    if (fractionEnd < 0) return notATimestamp;
    this.seconds = days * 86_400 + hour * 3_600 + minute * 60 + second;
    return fractionEnd === end ? withoutZone : this.#readZone(bytes, fractionEnd, end);
  }

  /** The end of the fraction, `start` when there is none, -1 when a point stands without one to nine digits. */
  #readFraction(bytes: Uint8Array, start: number, end: number): number {
    this.nanos = 0;
    if (start === end || bytes[start] !== 0x2e) return start;
    const first = start + 1;
    const last = Math.min(end, first + 9);
    let at = first;
    let value = 0;
    for (; at < last; at++) {
      const digit = bytes[at]! - 0x30;
      if (digit >>> 0 > 9) break;
      value = value * 10 + digit;
    }
    // A tenth digit is neither the end nor a zone: whoever looks for these refuses it.
    if (at === first) return -1;
    this.nanos = value * nanosOfDigits[at - first]!;
    return at;
  }

  #readZone(bytes: Uint8Array, start: number, end: number): number {
    const sign = bytes[start];
    if (sign === 0x5a) return end - start === 1 ? withZone : notATimestamp;
    if (end - start !== 6 || (sign !== 0x2b && sign !== 0x2d) || bytes[start + 3] !== 0x3a) return notATimestamp;
    const hours = readTwoDigits(bytes, start + 1);
    const minutes = readTwoDigits(bytes, start + 4);
    if (hours < 0 || minutes < 0 || minutes > 59 || hours * 60 + minutes > 18 * 60) return notATimestamp;
    const offset = hours * 3_600 + minutes * 60;
    this.seconds -= sign === 0x2b ? offset : -offset;
    return withZone;
  }
}
