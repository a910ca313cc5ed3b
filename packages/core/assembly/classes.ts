// Twin of packages/core/src/schema/classify-cell.ts, for the cells that most columns consist of.
import { areDigits } from './digits.ts';
import { isoDate, noOffset, notADate, zoneOffset } from './moments.ts';

// Slots of the histogram: cells of one slot are counted alike, and differ in nothing that is told of them.
const BOOLEAN = 0;
const DATE = 1;
const TIMESTAMP = 2;
const TIMESTAMP_UTC = 3;
const TEXT = 4;
/** Behind it a slot for every number of integer digits, of digits of the fraction, of those without zeros at the end; each twice. */
const NUMBERS = 8;
/** Most digits of a number, and one more. */
const DIGITS = 19;
/** No slot: the twin has to look at the cell. */
const HARD = -1;

/**
 * Counts the cells of a column by slots.
 *
 * @param states One byte per row: cells of the state `plain` are what they look like, those of the state `quoted` a moment or text; others are
 *   passed over. 255: there is no such state, and without `quoted` a bracket is text too.
 * @param countsTexts 1: another text tells nothing new.
 * @param histogram `u32` by slot, all zero; 8 + 2 * 19^3 of them.
 * @param met For every slot that was met, in order: the slot and its first row, `u32` both.
 * @param hard Its first word becomes the number of rows that the twin has to look at; they follow.
 * @returns How many slots were met.
 */
export function countClasses(
  source: i32,
  starts: i32,
  ends: i32,
  states: i32,
  rows: i32,
  plain: i32,
  quoted: i32,
  countsTexts: i32,
  histogram: i32,
  met: i32,
  hard: i32,
): i32 {
  let slots = 0;
  let left = 0;
  for (let row = 0; row < rows; row++) {
    const state = <i32>load<u8>(states + row);
    if (state != plain && state != quoted) continue;
    const start = source + load<i32>(starts + (row << 2));
    const end = source + load<i32>(ends + (row << 2));
    let slot = start == end ? HARD : state == plain ? plainSlot(start, end, quoted != 255) : quotedSlot(start, end);
    if (slot == TEXT && countsTexts == 0) slot = HARD;
    if (slot == HARD) {
      left++;
      store<i32>(hard + (left << 2), row);
      continue;
    }
    const at = histogram + (slot << 2);
    const count = load<i32>(at);
    store<i32>(at, count + 1);
    if (count > 0) continue;
    store<i32>(met + (slots << 3), slot);
    store<i32>(met + (slots << 3) + 4, row);
    slots++;
  }
  store<i32>(hard, left);
  return slots;
}

// @ts-ignore: a decorator of the compiler
@inline
function isDigit(byte: u32): bool {
  return byte - 0x30 <= 9;
}

function quotedSlot(start: i32, end: i32): i32 {
  const first = <u32>load<u8>(start);
  if (isDigit(first)) return momentSlot(start, end);
  // Signs and points may begin something that only the twin knows.
  return first == 0x2b || first == 0x2d || first == 0x2e ? HARD : TEXT;
}

function plainSlot(start: i32, end: i32, isJson: bool): i32 {
  const first = <u32>load<u8>(start);
  if (isDigit(first) || first == 0x2d) return numberSlot(start, end);
  if (first == 0x2b || first == 0x2e) return HARD;
  if (isJson && (first == 0x7b || first == 0x5b)) return HARD;
  return isBoolean(start, end) ? BOOLEAN : TEXT;
}

function isBoolean(start: i32, end: i32): bool {
  const length = end - start;
  if (length == 4) return (load<u32>(start) | 0x20202020) == 0x65757274;
  return length == 5 && (load<u32>(start) | 0x20202020) == 0x736c6166 && (load<u8>(start + 4) | 0x20) == 0x65;
}

function numberSlot(start: i32, end: i32): i32 {
  const from = load<u8>(start) == 0x2d ? start + 1 : start;
  let at = from;
  let value: u64 = 0;
  for (let byte = <u32>load<u8>(at); at < end && isDigit(byte); byte = <u32>load<u8>(at)) {
    value = value * 10 + byte - 0x30;
    at++;
  }
  const whole = at - from;
  // Behind an integer of more digits the value above means nothing.
  if (whole == 0 || whole >= DIGITS) return HARD;
  const isZero = load<u8>(from) == 0x30;
  if (isZero && whole > 1) return at < end && from == start ? momentSlot(start, end) : HARD;
  let scale = 0;
  let needed = 0;
  // Zeros of the fraction in front of its first other digit.
  let zeros = 0;
  if (at < end) {
    if (load<u8>(at) != 0x2e) return from == start ? momentSlot(start, end) : HARD;
    const point = at;
    at++;
    let isAhead = true;
    for (let byte = <u32>load<u8>(at); at < end && isDigit(byte); byte = <u32>load<u8>(at)) {
      at++;
      if (byte != 0x30) {
        isAhead = false;
        needed = at - point - 1;
      } else if (isAhead) zeros++;
    }
    scale = at - point - 1;
    if (at < end || scale == 0 || whole + scale >= DIGITS) return HARD;
  }
  const digits = isZero ? 0 : whole;
  const significant = digits + needed - (isZero ? zeros : 0);
  const isBeyond =
    digits == 16 ? value > 9007199254740992 || (value == 9007199254740992 && needed > 0) : digits > 16;
  const isNotDouble = significant > 17 || isBeyond;
  return NUMBERS + (((digits * DIGITS + scale) * DIGITS + needed) << 1) + (isNotDouble ? 1 : 0);
}

/** A date or a timestamp of ISO 8601; everything else is for the twin. */
function momentSlot(start: i32, end: i32): i32 {
  const length = end - start;
  if (length == 10) return isoDate(start) == notADate ? HARD : DATE;
  if (length < 19) return HARD;
  const separator = load<u8>(start + 10);
  if ((separator != 0x54 && separator != 0x20) || isoDate(start) == notADate) return HARD;
  const clock = load<u64>(start + 11);
  // The colons are the bytes 2 and 5; in their place stand zeros.
  if ((clock & 0x0000ff0000ff0000) != 0x00003a00003a0000) return HARD;
  const word = (clock & 0xffff00ffff00ffff) | 0x0000300000300000;
  if (!areDigits(word)) return HARD;
  const hour = <i32>(word & 0xf) * 10 + <i32>((word >> 8) & 0xf);
  if (hour > 23 || (word >> 24 & 0xf) > 5 || (word >> 48 & 0xf) > 5) return HARD;
  let at = start + 19;
  if (at < end && load<u8>(at) == 0x2e) {
    at++;
    const fraction = at;
    while (at < end && isDigit(<u32>load<u8>(at))) at++;
    if (at == fraction || at - fraction > 9) return HARD;
  }
  if (at == end) return TIMESTAMP;
  if (end - at == 1) return load<u8>(at) == 0x5a ? TIMESTAMP_UTC : HARD;
  return zoneOffset(at, end) == noOffset ? HARD : TIMESTAMP_UTC;
}
