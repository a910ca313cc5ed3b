import { notADate, readIsoDate, readTwoDigits } from './iso-date.ts';

/** What `IsoTimestamp.read` found. */
export const notATimestamp = 0;
export const withoutZone = 1;
export const withZone = 2;

/** What the last of so many digits of a fraction is worth, in nanoseconds. */
const nanosOfDigits = Int32Array.from({ length: 10 }, (_, digits) => 10 ** (9 - digits));

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
