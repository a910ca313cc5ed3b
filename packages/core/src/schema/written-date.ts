import { daysInMonth } from '../columns/calendar.ts';

const separators = ['/', '.', '-', ' '] as const;
const separatorBytes = separators.map((character) => character.charCodeAt(0));
const monthNames = new TextEncoder().encode('janfebmaraprmayjunjulaugsepoctnovdec');
const times = ['', 'HH:mm', 'HH:mm:ss', 'HH:mm:ss.SSSSSSSSS', 'hh:mm a', 'hh:mm:ss a', 'HH:mm:ss[.SSSSSSSSS]x'] as const;

// The places of the parts of a form.
const dayFirst = 1;
const monthFirst = 2;
const yearFirst = 4;
const isNamed = 1 << 5;
const isLoose = 1 << 6;
const isShortYear = 1 << 7;
const isLooseHour = 1 << 11;
const hasT = 1 << 12;

/** Recognises dates with and without a time of day in other forms than those of ISO 8601. Keeps nothing from one text to the next. */
export class WrittenDate {
  #at = 0;
  #length = 0;

  /**
   * What `writtenPatterns` turns into the patterns that read this text; 0: none that inference knows. The numbers are a date of the
   * calendar by each of the patterns. Texts that begin with a name, quarters and weeks are passed over, and so are offsets
   * other than `+02` and `+0200`.
   */
  formOf(bytes: Uint8Array, start: number, end: number): number {
    if (end - start < 6 || end - start > 32) return 0;
    this.#at = start;
    const first = this.#number(bytes, end, 4);
    const firstLength = this.#length;
    const separator = this.#at < end ? separatorBytes.indexOf(bytes[this.#at]!) : -1;
    if (firstLength === 0 || separator < 0) return 0;
    this.#at += 1;
    const named = this.#monthName(bytes, end);
    const second = named > 0 ? named : this.#number(bytes, end, 2);
    const secondLength = named > 0 ? 2 : this.#length;
    if (secondLength === 0 || this.#at >= end || bytes[this.#at] !== separatorBytes[separator]) return 0;
    this.#at += 1;
    const third = this.#number(bytes, end, 4);
    const thirdLength = this.#length;
    const form =
      firstLength === 4
        ? yearFirstForm(first, second, third, thirdLength, named > 0)
        : firstLength < 3
          ? yearLastForm(first, second, third, thirdLength, named > 0)
          : 0;
    if (form === 0) return 0;
    const loose = firstLength === 1 || secondLength === 1 || thirdLength === 1 ? isLoose : 0;
    const time = this.#timeOf(bytes, end);
    return time < 0 ? 0 : form | loose | (named > 0 ? isNamed : 0) | (separator << 3) | time;
  }

  /** Up to `most` digits; `#length` is how many, 0 also when there are more. */
  #number(bytes: Uint8Array, end: number, most: number): number {
    const start = this.#at;
    let value = 0;
    while (this.#at < end && bytes[this.#at]! >= 0x30 && bytes[this.#at]! <= 0x39) value = value * 10 + bytes[this.#at++]! - 0x30;
    const length = this.#at - start;
    this.#length = length > most ? 0 : length;
    return value;
  }

  /** 1 to 12, and 0 when no short name of a month stands there. */
  #monthName(bytes: Uint8Array, end: number): number {
    if (end - this.#at < 3 || bytes[this.#at]! < 0x41) return 0;
    for (let month = 0; month < 12; month++) {
      let index = 0;
      while (index < 3 && (bytes[this.#at + index]! | 0x20) === monthNames[month * 3 + index]) index++;
      if (index < 3) continue;
      this.#at += 3;
      return month + 1;
    }
    return 0;
  }

  /** The bits of the time of day behind a date, -1 when something else stands there. */
  #timeOf(bytes: Uint8Array, end: number): number {
    if (this.#at === end) return 0;
    const between = bytes[this.#at]!;
    if (between !== 0x20 && between !== 0x54) return -1;
    this.#at += 1;
    const hour = this.#number(bytes, end, 2);
    const hourLength = this.#length;
    if (hourLength === 0 || hour > 23 || !this.#isNext(bytes, end, 0x3a)) return -1;
    if (!this.#isSixtieth(bytes, end)) return -1;
    let kind = 1;
    if (this.#isNext(bytes, end, 0x3a)) {
      if (!this.#isSixtieth(bytes, end)) return -1;
      kind = 2;
      if (this.#isNext(bytes, end, 0x2e)) {
        const start = this.#at;
        this.#number(bytes, end, 9);
        if (this.#at === start || this.#at > start + 9) return -1;
        kind = 3;
      }
    }
    if (kind > 1 && this.#isShortOffset(bytes, end)) kind = 6;
    else if (this.#isNext(bytes, end, 0x20)) {
      const half = this.#at + 2 === end ? bytes[this.#at]! | 0x20 : 0;
      const isHalf = (half === 0x61 || half === 0x70) && (bytes[this.#at + 1]! | 0x20) === 0x6d;
      if (!isHalf || kind === 3 || hour < 1 || hour > 12) return -1;
      this.#at = end;
      kind += 3;
    }
    if (this.#at !== end) return -1;
    return (kind << 8) | (hourLength === 1 ? isLooseHour : 0) | (between === 0x54 ? hasT : 0);
  }

  /** `+02` or `+0200` at the end: what databases write, and ISO 8601 writes with a colon. */
  #isShortOffset(bytes: Uint8Array, end: number): boolean {
    const length = end - this.#at;
    if ((length !== 3 && length !== 5) || (bytes[this.#at] !== 0x2b && bytes[this.#at] !== 0x2d)) return false;
    const start = this.#at + 1;
    this.#at = start;
    const value = this.#number(bytes, end, 4);
    const minutes = this.#length === 4 ? value : value * 100;
    if (this.#at === end && minutes <= 1_800 && minutes % 100 < 60) return true;
    this.#at = start - 1;
    return false;
  }

  /** Two digits up to 59: a minute, a second. */
  #isSixtieth(bytes: Uint8Array, end: number): boolean {
    return this.#number(bytes, end, 2) <= 59 && this.#length === 2;
  }

  #isNext(bytes: Uint8Array, end: number, byte: number): boolean {
    if (this.#at >= end || bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }
}

function yearFirstForm(year: number, month: number, day: number, dayLength: number, named: boolean): number {
  return dayLength > 0 && dayLength < 3 && !named && isDate(year, month, day) ? yearFirst : 0;
}

function yearLastForm(first: number, second: number, year: number, yearLength: number, named: boolean): number {
  if (yearLength !== 4 && yearLength !== 2) return 0;
  const fullYear = yearLength === 2 ? 2_000 + year : year;
  const orders = (isDate(fullYear, second, first) ? dayFirst : 0) | (!named && isDate(fullYear, first, second) ? monthFirst : 0);
  return orders === 0 ? 0 : orders | (yearLength === 2 ? isShortYear : 0);
}

function isDate(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/**
 * The patterns of a form, several when the order of day and month is open: `dd/MM/yyyy`, `MM/dd/yyyy`. A number that had one digit
 * is one letter.
 */
export function writtenPatterns(form: number): string[] {
  const separator = separators[(form >> 3) & 3]!;
  const loose = (form & isLoose) !== 0;
  const day = loose ? 'd' : 'dd';
  const month = form & isNamed ? 'MMM' : loose ? 'M' : 'MM';
  const year = form & isShortYear ? 'yy' : 'yyyy';
  const time = times[(form >> 8) & 7]!;
  const hour = form & isLooseHour ? time.slice(1) : time;
  const behind = time === '' ? '' : `${form & hasT ? "'T'" : ' '}${hour}`;
  const orders = [
    ...(form & dayFirst ? [[day, month, year]] : []),
    ...(form & monthFirst ? [[month, day, year]] : []),
    ...(form & yearFirst ? [[year, month, day]] : []),
  ];
  return orders.map((order) => order.join(separator) + behind);
}
