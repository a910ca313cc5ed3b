import { daysOf, notADate } from './iso-date.ts';

/** What `readIsoSeconds` answers for a text that is no moment: no year of four digits comes near it. */
export const notAMoment = Number.NEGATIVE_INFINITY;

const highBits = 0xf0f0_f0f0 | 0;

// Dates and times are looked at four bytes at a time. By exclusive or with what is expected, digits become 0 to 9 and signs 0. Added to six, what is
// above nine reaches 16, and so does what is above zero by fifteen: then one of the higher bits of a byte is set, as it is in bytes that are neither.

/** Days since 1970-01-01 of the ten bytes `yyyy-MM-dd` at `start`, or `notADate`: as `readIsoDate` reads them. */
export function readIsoDays(text: DataView, start: number): number {
  const year = text.getInt32(start, true) ^ 0x3030_3030;
  const month = text.getInt32(start + 4, true) ^ 0x2d30_302d;
  const day = text.getUint16(start + 8, true) ^ 0x3030;
  const found = year | (year + 0x0606_0606) | month | (month + 0x0f06_060f) | day | (day + 0x0606);
  if ((found & highBits) !== 0) return notADate;
  const century = twoDigits(year);
  return daysOf(century * 100 + twoDigits(year >>> 16), twoDigits(month >>> 8), twoDigits(day));
}

/** Seconds since 1970-01-01 00:00 of the nineteen bytes `yyyy-MM-dd[T ]HH:mm:ss` at `start`, or `notAMoment`. */
export function readIsoSeconds(text: DataView, start: number): number {
  const days = readIsoDays(text, start);
  const separator = text.getUint8(start + 10);
  const hours = text.getInt32(start + 11, true) ^ 0x303a_3030;
  const seconds = text.getInt32(start + 15, true) ^ 0x3030_3a30;
  const found = hours | (hours + 0x060f_0606) | seconds | (seconds + 0x0606_0f06);
  if (days === notADate || (found & highBits) !== 0 || (separator !== 0x54 && separator !== 0x20)) return notAMoment;
  const hour = twoDigits(hours);
  const minute = (hours >>> 24) * 10 + (seconds & 0xf);
  const second = twoDigits(seconds >>> 16);
  if (hour > 23 || minute > 59 || second > 59) return notAMoment;
  return days * 86_400 + hour * 3_600 + minute * 60 + second;
}

/** The microseconds of a point and three digits, or six; -1 for anything else. */
export function readFraction(text: DataView, start: number, hasSix: boolean): number {
  const first = text.getInt32(start, true) ^ 0x3030_302e;
  // The lowest byte is the third digit again.
  const last = hasSix ? text.getInt32(start + 3, true) ^ 0x3030_3030 : 0;
  const found = first | (first + 0x0606_060f) | last | (last + 0x0606_0606);
  return (found & highBits) === 0 ? threeDigits(first >>> 8) * 1_000 + threeDigits(last >>> 8) : -1;
}

function threeDigits(bytes: number): number {
  return twoDigits(bytes) * 10 + (bytes >>> 16);
}

/** Of the two lowest bytes, digits from 0 to 9. */
function twoDigits(bytes: number): number {
  return (bytes & 0xf) * 10 + ((bytes >>> 8) & 0xf);
}
