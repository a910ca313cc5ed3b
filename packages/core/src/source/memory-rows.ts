import { CalveError } from '../errors/calve-error.ts';
import type { MemoryRow } from './memory-source.ts';

/** Objects and arrays inside each other; formats read no more. */
const MOST_LEVELS = 1_000;

/** Rows that become text before it is turned into bytes. */
const ROWS_AT_ONCE = 1_024;

const encoder = new TextEncoder();

/**
 * The rows of a host as JSON Lines, exactly (`MemoryRow`).
 *
 * @param name Of the file, for messages.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input), naming row and member: a value that JSON cannot hold.
 */
export function jsonLines(rows: readonly MemoryRow[], name: string): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    const lines = rows
      .slice(from, from + ROWS_AT_ONCE)
      .map((row, index) => `${jsonText(row, { name, row: from + index + 1, path: [] })}\n`);
    parts.push(encoder.encode(lines.join('')));
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

interface ValuePlace {
  name: string;
  row: number;
  /** Grows and shrinks while a row is walked. */
  path: (string | number)[];
}

function jsonText(value: unknown, place: ValuePlace): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.toWellFormed());
    case 'boolean':
      return String(value);
    case 'bigint':
      return value.toString();
    case 'number':
      if (!Number.isFinite(value)) return JSON.stringify(String(value));
      return Object.is(value, -0) ? '-0' : String(value);
    case 'object':
      return value === null ? 'null' : objectText(value, place);
    default:
      throw unfit(`is a ${typeof value}`, place);
  }
}

function objectText(value: object, place: ValuePlace): string {
  if (place.path.length >= MOST_LEVELS) throw unfit('is nested too deep, or holds itself', place);
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw unfit('is a Date without a time', place);
    return JSON.stringify(value.toISOString());
  }
  if (value instanceof Uint8Array) return JSON.stringify(base64(value));
  const inside = (step: string | number, member: unknown): string => {
    place.path.push(step);
    const text = jsonText(member, place);
    place.path.pop();
    return text;
  };
  // Not by its own map, which passes over the holes of an array.
  if (Array.isArray(value))
    return `[${Array.from(value, (element: unknown, index) => inside(index, element ?? null)).join(',')}]`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) throw unfit(`is a ${value.constructor?.name ?? 'class'}`, place);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name.toWellFormed())}:${inside(name, member)}`).join(',')}}`;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function unfit(what: string, { name, row, path }: ValuePlace): CalveError {
  const where = path.length === 0 ? 'the row itself' : path.slice(0, 10).join('.');
  const expected = 'text, a number, a bigint, true, false, null, a Date, a Uint8Array, an array or a plain object';
  return new CalveError(
    'CONFIGURATION_INVALID',
    `Row ${row} of "${name}" in memory cannot be read: ${where} ${what}; a value has to be ${expected}.`,
    { recovery: 'fix-input', context: { name, row, path: where } },
  );
}
