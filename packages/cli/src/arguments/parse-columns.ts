import { isDeepStrictEqual } from 'node:util';
import { CalveError, type ColumnSpec, type ColumnType, typeText } from '@calve/core';
import { nearestNames, PLAIN_TYPES, parseTypeText } from '@calve/core/plugin';
import { argumentError } from './argument-error.ts';

/** Types that consist of others: `list<string>`. */
const NESTED = /^(struct|list|map)\s*</;

/** Types that take a pattern: `date(dd/MM/yyyy)`. */
const PATTERN_TYPES: readonly string[] = ['date', 'time', 'timestamp', 'timestamp_ns'];

const EXAMPLE = "such as 'amount=decimal(12,2),note=string'";

/**
 * The columns that a text such as `amount=decimal(12,2),note=string` declares.
 *
 * Types are written as plans print them: `decimal(12,2)`, `timestamp (UTC)`, `list<struct<sku: string>>`. Dates, times and timestamps without zone take a pattern,
 * `date(dd/MM/yyyy)`, and bytes their encoding, `binary(base64)`; what else can be said of a column is for a spec. A name that holds one of `,"()<>`, or begins or ends with a
 * space, stands in double quotes, and a double quote in it is doubled. What follows the last `=` that is in no quotes is the type.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): what is wrong with which column, and the nearest type.
 */
export function parseColumns(text: string): Record<string, ColumnSpec> {
  const columns = new Map<string, ColumnSpec>();
  for (const entry of splitEntries(text)) {
    const { name, word } = parseEntry(entry);
    if (columns.has(name)) throw argumentError(`--columns declares ${JSON.stringify(name)} twice.`);
    columns.set(name, parseType(word, name));
  }
  // Not by assignment: a column may be called "__proto__".
  return Object.fromEntries(columns);
}

/**
 * One column as `parseColumns` reads it.
 *
 * @returns null: what is said of the column has no word there.
 */
export function columnEntry(name: string, spec: ColumnSpec): string | null {
  const word = wordOf(spec);
  if (word === null) return null;
  const needsQuotes = /[,"()<>]|^[\s-]|\s$|^$/.test(name);
  return `${needsQuotes ? `"${name.replaceAll('"', '""')}"` : name}=${word}`;
}

function wordOf({ type, formats = [], ...rest }: ColumnSpec): string | null {
  if (type === undefined || Object.keys(rest).length > 0 || formats.length > 1) return null;
  const word = typeText(type);
  const [pattern] = formats;
  if (NESTED.test(word)) return pattern === undefined && isTold(type, word) ? word : null;
  if (pattern === undefined) return type.kind === 'decimal' || type.kind === 'fixed' || PLAIN_TYPES.has(word) ? word : null;
  return PATTERN_TYPES.includes(word) && !/["()=]/.test(pattern) ? `${word}(${pattern})` : null;
}

/** True when nothing is lost: members that the table may not have as null, and ids, are in no text. */
function isTold(type: ColumnType, word: string): boolean {
  try {
    return isDeepStrictEqual(parseTypeText(word), type);
  } catch (error) {
    if (CalveError.is(error) && error.code === 'SPEC_INVALID') return false;
    throw error;
  }
}

/** Divides at the commas that stand in neither quotes nor parentheses, nor between the brackets of a nested type. */
function splitEntries(text: string): string[] {
  const entries: string[] = [];
  let start = 0;
  let depth = 0;
  let brackets = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') isQuoted = !isQuoted;
    else if (isQuoted) continue;
    else if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === '<' && /\b(struct|list|map)\s*$/.test(text.slice(start, at))) brackets += 1;
    else if (character === '>' && brackets > 0) brackets -= 1;
    else if (brackets > 0) continue;
    else if (character === ',' && depth <= 0) {
      entries.push(text.slice(start, at));
      start = at + 1;
      depth = 0;
    }
  }
  if (isQuoted) throw argumentError(`--columns has a double quote that is not closed: ${text.slice(start)}`);
  return [...entries, text.slice(start)];
}

function parseEntry(entry: string): { name: string; word: string } {
  // What stands in quotes keeps its length.
  const equals = entry.replace(/"[^"]*"/g, (quoted) => '"'.repeat(quoted.length)).lastIndexOf('=');
  if (entry.trim() === '') throw argumentError(`--columns has an empty entry; write <column>=<type>, ${EXAMPLE}.`);
  if (equals === -1) {
    throw argumentError(`--columns: "${entry.trim()}" names no type; write <column>=<type>, ${EXAMPLE}.`);
  }
  const written = entry.slice(0, equals).trim();
  const quoted = /^"((?:[^"]|"")*)"$/.exec(written)?.[1];
  const name = quoted === undefined ? written : quoted.replaceAll('""', '"');
  if (quoted === undefined && written.includes('"')) {
    throw argumentError(
      `--columns: ${written} has a double quote inside; put the whole name into double quotes and double that one.`,
    );
  }
  if (name === '') throw argumentError(`--columns: "${entry.trim()}" names no column; write <column>=<type>, ${EXAMPLE}.`);
  return { name, word: entry.slice(equals + 1).trim() };
}

function parseType(word: string, column: string): ColumnSpec {
  const plain = PLAIN_TYPES.get(word);
  if (plain) return { type: plain };
  if (NESTED.test(word)) return { type: parseNested(word, column) };
  const [, before, inside = ''] = /^([a-z_]+)\((.*)\)$/.exec(word) ?? [];
  const patterned = before !== undefined && PATTERN_TYPES.includes(before) ? PLAIN_TYPES.get(before) : undefined;
  // "timestamp(UTC)" is the type that plans print as "timestamp (UTC)".
  if (patterned && inside !== '' && inside !== 'UTC') return { type: patterned, formats: [inside] };
  if (before === 'binary' && (inside === 'base64' || inside === 'hex'))
    return { type: { kind: 'binary' }, parse: { encoding: inside } };
  if (before === 'fixed' && /^[1-9]\d{0,8}$/.test(inside)) return { type: { kind: 'fixed', bytes: Number(inside) } };
  const numbers = /^decimal\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)$/.exec(word);
  if (numbers) {
    const [precision, scale] = [Number(numbers[1]), Number(numbers[2])];
    if (precision >= 1 && precision <= 38 && scale <= precision) return { type: { kind: 'decimal', precision, scale } };
    throw argumentError(
      `--columns: ${column}=${word}: a decimal has 1 to 38 digits, and from 0 to all of them stand after the point, such as decimal(12,2).`,
    );
  }
  if (/^decimal\b/.test(word)) {
    throw argumentError(
      `--columns: ${column}=${word}: write decimal(<digits>,<digits after the point>), such as decimal(12,2); in a shell, in quotes.`,
    );
  }
  const known = [...PLAIN_TYPES.keys(), 'decimal(12,2)', 'fixed(16)', 'binary(base64)', 'date(dd/MM/yyyy)', 'list<string>'];
  const [nearest] = nearestNames(word, known, { limit: 1, maximumDistance: 4 });
  const hint = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  throw argumentError(`--columns: ${column}=${word}: there is no type "${word}".${hint} The types: ${known.join(', ')}.`);
}

function parseNested(word: string, column: string): ColumnType {
  try {
    return parseTypeText(word);
  } catch (error) {
    throw CalveError.is(error) && error.code === 'SPEC_INVALID' ? argumentError(`--columns: ${column}=${error.message}`) : error;
  }
}
