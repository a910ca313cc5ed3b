import { daysFromCivil, daysInMonth } from '../../columns/calendar.ts';
import { CalveError } from '../../errors/calve-error.ts';
import { type NumberField, type PatternPart, parsePattern } from './parse-pattern.ts';

// A pattern becomes a program: four numbers per instruction, the first says which. A cell is read by walking over them.
const literal = 0;
const number = 1;
const monthName = 2;
const halfDay = 3;
const fraction = 4;
const offsetOf = 5;
const optionalBegins = 6;
const optionalEnds = 7;
const size = 4;

const month = 1;
const half = 7;
const nanosField = 8;
const offsetField = 9;
const fieldCount = 10;
const places: Record<NumberField, number> = { year: 0, month, day: 2, hour: 3, 'half-hour': 4, minute: 5, second: 6 };
const nothing = -0x8000_0000;

const encoder = new TextEncoder();
const months = 'january february march april may june july august september october november december'
  .split(' ')
  .map((name) => encoder.encode(name));

/** Reads one text after another by a pattern, on its bytes. The members describe the last text that `read` accepted. */
export class PatternReader {
  /** Since 1970-01-01. */
  days = 0;
  /** 0 to 86,399. */
  secondOfDay = 0;
  /** 0 to 999,999,999. */
  nanos = 0;
  /** The text said how far it is from UTC. */
  hasOffset = false;
  /** Seconds east of UTC; 0 without offset. */
  offset = 0;
  readonly #program: Int32Array;
  readonly #literals: Uint8Array;
  readonly #fields = new Int32Array(fieldCount);
  /** Per open section: the fields as they were, the place in the text, and where the program goes on. */
  readonly #saved: Int32Array;

  /** @throws {CalveError} `SPEC_INVALID` (fix-input): the pattern is none; `parsePattern` says so beforehand. */
  constructor(pattern: string) {
    const parsed = parsePattern(pattern);
    if ('problem' in parsed)
      throw new CalveError('SPEC_INVALID', `The pattern "${pattern}" ${parsed.problem}.`, { recovery: 'fix-input' });
    const program: number[] = [];
    const literals: number[] = [];
    const depth = compile(parsed.parts, program, literals);
    this.#program = Int32Array.from(program);
    this.#literals = Uint8Array.from(literals);
    this.#saved = new Int32Array(depth * (fieldCount + 2));
  }

  /** True when all of `bytes[start, end)` is a date or time by the pattern, one that the calendar has. */
  read(bytes: Uint8Array, start: number, end: number): boolean {
    const program = this.#program;
    const fields = this.#fields;
    const saved = this.#saved;
    fields.fill(nothing);
    let at = start;
    let open = 0;
    let step = 0;
    while (step < program.length) {
      const kind = program[step]!;
      if (kind === optionalBegins) {
        saved.set(fields, open);
        saved[open + fieldCount] = at;
        saved[open + fieldCount + 1] = program[step + 1]!;
        open += fieldCount + 2;
        step += size;
        continue;
      }
      if (kind === optionalEnds) {
        open -= fieldCount + 2;
        step += size;
        continue;
      }
      at = this.#readPart(kind, step, bytes, at, end);
      if (at >= 0) {
        step += size;
        continue;
      }
      // A section that does not fit is as if it were not there.
      if (open === 0) return false;
      open -= fieldCount + 2;
      fields.set(saved.subarray(open, open + fieldCount));
      at = saved[open + fieldCount]!;
      step = saved[open + fieldCount + 1]!;
    }
    return at === end && this.#resolve();
  }

  /** The end of the part, -1 when something else stands there. */
  #readPart(kind: number, step: number, bytes: Uint8Array, at: number, end: number): number {
    const a = this.#program[step + 1]!;
    const b = this.#program[step + 2]!;
    switch (kind) {
      case literal:
        return this.#readLiteral(a, b, bytes, at, end);
      case number:
        return this.#readNumber(a, b, this.#program[step + 3]!, bytes, at, end);
      case monthName:
        return this.#readMonthName(a === 1, bytes, at, end);
      case halfDay: {
        if (end - at < 2 || (bytes[at + 1]! | 0x20) !== 0x6d) return -1;
        const letter = bytes[at]! | 0x20;
        if (letter !== 0x61 && letter !== 0x70) return -1;
        return this.#set(half, letter === 0x70 ? 1 : 0) ? at + 2 : -1;
      }
      case fraction:
        return this.#readFraction(a, bytes, at, end);
      default:
        return this.#readOffset(a, b === 1, bytes, at, end);
    }
  }

  #readLiteral(from: number, to: number, bytes: Uint8Array, start: number, end: number): number {
    const literals = this.#literals;
    if (end - start < to - from) return -1;
    let at = start;
    for (let index = from; index < to; index++, at++) if (bytes[at] !== literals[index]) return -1;
    return at;
  }

  /** @param most Negative: no further digit may follow. */
  #readNumber(field: number, fewest: number, most: number, bytes: Uint8Array, start: number, end: number): number {
    let value = 0;
    let at = start;
    const last = Math.min(end, start + Math.abs(most));
    while (at < last) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
      at++;
    }
    if (at - start < fewest || (most < 0 && at < end && isDigit(bytes[at]!))) return -1;
    return this.#set(field, field === 0 && fewest === 2 ? 2_000 + value : value) ? at : -1;
  }

  #readMonthName(isFull: boolean, bytes: Uint8Array, start: number, end: number): number {
    for (let index = 0; index < 12; index++) {
      const name = months[index]!;
      const length = isFull ? name.length : 3;
      if (end - start < length) continue;
      let matched = 0;
      while (matched < length && (bytes[start + matched]! | 0x20) === name[matched]) matched++;
      if (matched === length) return this.#set(month, index + 1) ? start + length : -1;
    }
    return -1;
  }

  #readFraction(most: number, bytes: Uint8Array, start: number, end: number): number {
    let value = 0;
    let unit = 100_000_000;
    let at = start;
    const last = Math.min(end, start + most);
    while (at < last) {
      const digit = bytes[at]! - 0x30;
      if (digit < 0 || digit > 9) break;
      value += digit * unit;
      unit /= 10;
      at++;
    }
    return at > start && this.#set(nanosField, value) ? at : -1;
  }

  /** @param form 0 `+02` or `+0200`, 1 `+0200`, 2 `+02:00`. */
  #readOffset(form: number, takesZ: boolean, bytes: Uint8Array, start: number, end: number): number {
    const sign = start < end ? bytes[start]! : 0;
    if (sign === 0x5a && takesZ) return this.#set(offsetField, 0) ? start + 1 : -1;
    if (sign !== 0x2b && sign !== 0x2d) return -1;
    const hours = twoDigits(bytes, start + 1, end);
    if (hours < 0) return -1;
    let at = start + 3;
    if (form === 2) {
      if (at >= end || bytes[at] !== 0x3a) return -1;
      at++;
    }
    let minutes = twoDigits(bytes, at, end);
    if (minutes >= 0) at += 2;
    else if (form === 0) minutes = 0;
    else return -1;
    if (minutes > 59 || hours * 60 + minutes > 18 * 60) return -1;
    const seconds = hours * 3_600 + minutes * 60;
    return this.#set(offsetField, sign === 0x2d ? -seconds : seconds) ? at : -1;
  }

  /** False when another part of the text said otherwise. */
  #set(field: number, value: number): boolean {
    const known = this.#fields[field]!;
    this.#fields[field] = value;
    return known === nothing || known === value;
  }

  /** What is missing is that of 1970-01-01 00:00. */
  #resolve(): boolean {
    const year = this.#field(0, 1970);
    const monthOfYear = this.#field(month, 1);
    const day = this.#field(2, 1);
    const halfHour = this.#field(4, 12);
    const hour = this.#field(3, (halfHour % 12) + this.#field(half, 0) * 12);
    const minute = this.#field(5, 0);
    const second = this.#field(6, 0);
    if (monthOfYear < 1 || monthOfYear > 12 || day < 1 || day > daysInMonth(year, monthOfYear)) return false;
    if (halfHour < 1 || halfHour > 12 || hour > 23 || minute > 59 || second > 59) return false;
    this.days = daysFromCivil(year, monthOfYear, day);
    this.secondOfDay = hour * 3_600 + minute * 60 + second;
    this.nanos = this.#field(nanosField, 0);
    this.offset = this.#field(offsetField, 0);
    this.hasOffset = this.#fields[offsetField] !== nothing;
    return true;
  }

  #field(field: number, otherwise: number): number {
    const value = this.#fields[field]!;
    return value === nothing ? otherwise : value;
  }
}

/** Appends the instructions of some parts. @returns How deep sections are nested. */
function compile(parts: readonly PatternPart[], program: number[], literals: number[]): number {
  let depth = 0;
  for (const [index, part] of parts.entries()) {
    switch (part.kind) {
      case 'literal': {
        const from = literals.length;
        literals.push(...encoder.encode(part.text));
        program.push(literal, from, literals.length, 0);
        break;
      }
      case 'number':
        program.push(number, places[part.field], part.fewest, endsOpenRun(parts, index) ? -part.most : part.most);
        break;
      case 'month-name':
        program.push(monthName, part.isFull ? 1 : 0, 0, 0);
        break;
      case 'half-day':
        program.push(halfDay, 0, 0, 0);
        break;
      case 'fraction':
        program.push(fraction, part.most, 0, 0);
        break;
      case 'offset':
        program.push(offsetOf, ['hours', 'basic', 'extended'].indexOf(part.form), part.takesZ ? 1 : 0, 0);
        break;
      case 'optional': {
        const begin = program.length;
        program.push(optionalBegins, 0, 0, 0);
        depth = Math.max(depth, 1 + compile(part.parts, program, literals));
        program.push(optionalEnds, 0, 0, 0);
        program[begin + 1] = program.length;
        break;
      }
    }
  }
  return depth;
}

/**
 * True for the last of a run of numbers that `java.time` reads as far as there are digits, and then refuses: no digit may follow. These
 * are runs that begin with `yyyy`, and numbers of one letter.
 */
function endsOpenRun(parts: readonly PatternPart[], index: number): boolean {
  const part = parts[index];
  if (part?.kind !== 'number' || parts[index + 1]?.kind === 'number') return false;
  if (part.fewest !== part.most) return true;
  let first = index;
  while (parts[first - 1]?.kind === 'number') first--;
  const begin = parts[first];
  return begin?.kind === 'number' && begin.fewest === 4;
}

function twoDigits(bytes: Uint8Array, start: number, end: number): number {
  if (end - start < 2) return -1;
  const tens = bytes[start]! - 0x30;
  const ones = bytes[start + 1]! - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
