import { daysFromCivil, daysInMonth } from '../../columns/calendar.ts';

/** What `readIsoDate` answers for a text that is no date: no year of four digits comes near it. */
export const notADate = -1_000_000_000;

/** The first days of months that were met, at the place that the last bits of the month's number say: a file has few months. */
const knownMonths = 1024;
const monthNumbers = new Int32Array(knownMonths).fill(-1);
const firstDays = new Int32Array(knownMonths);

/** Days since 1970-01-01 of the ten bytes `yyyy-MM-dd` at `start`, or `notADate`. */
export function readIsoDate(bytes: Uint8Array, start: number): number {
  if (bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return notADate;
  const century = readTwoDigits(bytes, start);
  const ofCentury = readTwoDigits(bytes, start + 2);
  const month = readTwoDigits(bytes, start + 5);
  const day = readTwoDigits(bytes, start + 8);
  if (century < 0 || ofCentury < 0) return notADate;
  return daysOf(century * 100 + ofCentury, month, day);
}

/** Days since 1970-01-01, or `notADate` where the calendar has no such day. @param year 0 to 9999. */
export function daysOf(year: number, month: number, day: number): number {
  if (month < 1 || month > 12 || day < 1) return notADate;
  if (day > 28 && day > daysInMonth(year, month)) return notADate;
  const monthNumber = year * 12 + month;
  const place = monthNumber % knownMonths;
  if (monthNumbers[place] !== monthNumber) {
    monthNumbers[place] = monthNumber;
    firstDays[place] = daysFromCivil(year, month, 1);
  }
  return firstDays[place]! + day - 1;
}

/** 0 to 99, or -1 when one of the two bytes is no digit. */
export function readTwoDigits(bytes: Uint8Array, start: number): number {
  const tens = bytes[start]! - 0x30;
  const ones = bytes[start + 1]! - 0x30;
  return tens >>> 0 <= 9 && ones >>> 0 <= 9 ? tens * 10 + ones : -1;
}
