// Twins of packages/core/src/projection/kernels/iso-date.ts and timestamp.ts.
import { cellInScratch, textBase } from './cell-states.ts';
import { areDigits, digitsOf, fewDigitsOf, integerPowerOfTen, notDigits } from './digits.ts';

/** No day of the calendar from year 0 to 9999. */
export const notADate = i32.MIN_VALUE;

/** Days since 1970-01-01 of the ten bytes `yyyy-MM-dd`, or `notADate`. */
export function isoDate(at: i32): i32 {
  const front = load<u64>(at);
  // Both dashes, of the bytes 4 and 7.
  if ((front & 0xff0000ff00000000) != 0x2d00002d00000000) return notADate;
  const word = (front & 0xffffffff) | (((front >> 40) & 0xffff) << 32) | (<u64>load<u16>(at + 8) << 48);
  if (!areDigits(word)) return notADate;
  const pairs = (((word & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8) & 0x00ff00ff00ff00ff;
  const year = <i32>(pairs & 0xff) * 100 + <i32>((pairs >> 16) & 0xff);
  const month = <i32>((pairs >> 32) & 0xff);
  const day = <i32>(pairs >> 48);
  if (month < 1 || month > 12 || day < 1 || (day > 28 && day > daysInMonth(year, month))) return notADate;
  // Years begin in March, so that the leap day is their last; 400 years are added, so that none is negative.
  const shifted = year + 400 - (month <= 2 ? 1 : 0);
  const era = shifted / 400;
  const ofEra = shifted - era * 400;
  const ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  return era * 146097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719468 - 146097;
}

function daysInMonth(year: i32, month: i32): i32 {
  if (month == 2) return (year & 3) == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** `yyyy-MM-dd` as days, 4 bytes per row; returns the first row that is anything else, -1 when none is left. */
export function dateCells(source: i32, scratch: i32, starts: i32, ends: i32, states: i32, first: i32, rows: i32, values: i32): i32 {
  for (let row = first; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) >= <u32>cellInScratch) continue;
    const start = load<i32>(starts + (row << 2));
    if (load<i32>(ends + (row << 2)) - start != 10) return row;
    const days = isoDate(textBase(state, source, scratch) + start);
    if (days == notADate) return row;
    store<i32>(values + (row << 2), days);
  }
  return -1;
}

/**
 * `yyyy-MM-dd[T ]HH:mm:ss[.f{1,9}]`, with `Z` or an offset where that is allowed, as microseconds, 8 bytes per row.
 *
 * @param takesZone 1: a text may have a zone.
 * @param takesNoZone 1: a text may have none, and means UTC or no zone at all.
 * @returns The first row that is anything else, -1 when none is left.
 */
export function timestampCells(
  source: i32,
  scratch: i32,
  starts: i32,
  ends: i32,
  states: i32,
  first: i32,
  rows: i32,
  values: i32,
  takesZone: i32,
  takesNoZone: i32,
): i32 {
  for (let row = first; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (<u32>(state - 1) >= <u32>cellInScratch) continue;
    const base = textBase(state, source, scratch);
    const start = base + load<i32>(starts + (row << 2));
    const end = base + load<i32>(ends + (row << 2));
    if (end - start < 19) return row;
    const separator = load<u8>(start + 10);
    if (separator != 0x54 && separator != 0x20) return row;
    const days = isoDate(start);
    if (days == notADate) return row;
    const clock = load<u64>(start + 11);
    // The colons are the bytes 2 and 5; in their place stand zeros.
    if ((clock & 0x0000ff0000ff0000) != 0x00003a00003a0000) return row;
    const word = (clock & 0xffff00ffff00ffff) | 0x0000300000300000;
    if (!areDigits(word)) return row;
    const hour = <i32>(word & 0xf) * 10 + <i32>((word >> 8) & 0xf);
    const minute = <i32>((word >> 24) & 0xf) * 10 + <i32>((word >> 32) & 0xf);
    const second = <i32>((word >> 48) & 0xf) * 10 + <i32>((word >> 56) & 0xf);
    if (hour > 23 || minute > 59 || second > 59) return row;
    let at = start + 19;
    let micros = 0;
    if (at < end && load<u8>(at) == 0x2e) {
      at++;
      const fraction = at;
      // Most end with `Z`; what is between has to be digits anyway.
      if (load<u8>(end - 1) == 0x5a) at = end - 1;
      else while (at < end && <u32>load<u8>(at) - 0x30 <= 9) at++;
      const digits = at - fraction;
      if (digits < 1 || digits > 9) return row;
      const value = digits <= 8 ? fewDigitsOf(at, digits) : digitsOf(at, digits);
      if (value == notDigits) return row;
      micros = <i32>(digits == 3 ? value * 1000 : digits <= 6 ? value * integerPowerOfTen(6 - digits) : value / integerPowerOfTen(digits - 6));
    }
    let seconds = <i64>days * 86400 + hour * 3600 + minute * 60 + second;
    if (at == end) {
      if (takesNoZone == 0) return row;
    } else if (takesZone == 0) return row;
    else if (end - at != 1 || load<u8>(at) != 0x5a) {
      const offset = zoneOffset(at, end);
      if (offset == noOffset) return row;
      seconds -= offset;
    }
    store<i64>(values + (row << 3), seconds * 1000000 + micros);
  }
  return -1;
}

export const noOffset = i32.MIN_VALUE;

/** Seconds east of UTC of `+HH:mm` up to 18:00, or `noOffset`. */
export function zoneOffset(at: i32, end: i32): i32 {
  const sign = load<u8>(at);
  if (end - at != 6 || (sign != 0x2b && sign != 0x2d) || load<u8>(at + 3) != 0x3a) return noOffset;
  const hours = digitsOf(at + 3, 2);
  const minutes = digitsOf(at + 6, 2);
  if (hours == notDigits || minutes == notDigits || minutes > 59 || hours * 60 + minutes > 1080) return noOffset;
  const offset = <i32>(hours * 3600 + minutes * 60);
  return sign == 0x2b ? offset : -offset;
}
