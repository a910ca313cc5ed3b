import type { ColumnType, TextParse } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import { sqlString } from './literal.ts';
import { isLike, plainNumber, plainWhole, readDecimal, readFloating, readInteger } from './read-number.ts';
import type { Printed } from './read-time.ts';
import { readDate, readLocalTimestamp, readTimestamp } from './read-time.ts';

export type { Printed } from './read-time.ts';

/** How a text is read, besides its type. */
export interface TextReading {
  formats: readonly string[];
  parse?: TextParse;
}

/** Longest text of a number, boolean, date or timestamp, in characters: longer ones are never converted, in either engine. */
const LONGEST_TYPED_TEXT = 1_000;

/**
 * The strict grammar as SQL: an expression that is the value of the text `x`, and null when `x` is no such value or null. The same grammar as
 * core's projection, value by value; the expressions were measured on Spark 3.5, 4.0 and 4.1.
 *
 * @param x An expression of type STRING. It is repeated: a column or a variable, no computation.
 */
export function readText(x: string, type: ColumnType, { formats, parse = {} }: TextReading): Printed {
  const read = readShort(x, type, formats, parse);
  if ('problem' in read || !hasLongestText(type)) return read;
  return { sql: `CASE WHEN length(${x}) <= ${LONGEST_TYPED_TEXT} THEN ${read.sql} END` };
}

/** A condition that is true when `x` is too long for its type; null: no text is. */
export function isTooLong(x: string, type: ColumnType): string | null {
  return hasLongestText(type) ? `length(${x}) > ${LONGEST_TYPED_TEXT}` : null;
}

function hasLongestText({ kind }: ColumnType): boolean {
  return kind !== 'string' && kind !== 'binary';
}

function readShort(x: string, type: ColumnType, formats: readonly string[], parse: TextParse): Printed {
  switch (type.kind) {
    case 'string':
      return { sql: x };
    case 'boolean':
      return { sql: readBoolean(x, parse.true ?? ['true'], parse.false ?? ['false']) };
    case 'int32':
      return { sql: readInteger(plainWhole(x, parse), 'INT') };
    case 'int64':
      return { sql: readInteger(plainWhole(x, parse), 'BIGINT') };
    case 'decimal': {
      const { precision, scale } = type;
      return { sql: readDecimal(plainNumber(x, parse), scale, `DECIMAL(${precision},${scale})`, parse.exact ?? false) };
    }
    case 'float32':
      return { sql: readFloating(x, 'FLOAT', parse) };
    case 'float64':
      return { sql: readFloating(x, 'DOUBLE', parse) };
    case 'date':
      return readDate(x, formats);
    case 'timestamp':
      if (type.unit === 'nanos') return { problem: `Spark cannot write ${typeText(type)}` };
      return type.zone === 'utc' ? readTimestamp(x, formats, parse) : readLocalTimestamp(x, formats, parse);
    case 'binary':
      return { sql: readBinary(x, parse.encoding) };
    default:
      return { problem: `Spark cannot write ${typeText(type)}` };
  }
}

function readBoolean(x: string, yes: readonly string[], no: readonly string[]): string {
  const branch = (texts: readonly string[], value: string): string =>
    texts.length === 0
      ? ''
      : `WHEN lower(${x}) IN (${texts.map((text) => sqlString(text.toLowerCase())).join(', ')}) THEN ${value} `;
  const branches = branch(yes, 'true') + branch(no, 'false');
  return branches === '' ? 'CAST(NULL AS BOOLEAN)' : `CASE ${branches}END`;
}

function readBinary(x: string, encoding: TextParse['encoding']): string {
  switch (encoding) {
    case undefined:
      return `CAST(${x} AS BINARY)`;
    case 'base64':
      return `CASE WHEN ${isLike(x, '\\A[A-Za-z0-9+/]*={0,2}\\z')} AND length(${x}) % 4 = 0 THEN unbase64(${x}) END`;
    case 'hex':
      return `CASE WHEN ${isLike(x, '\\A[0-9A-Fa-f]*\\z')} AND length(${x}) % 2 = 0 THEN unhex(${x}) END`;
  }
}
