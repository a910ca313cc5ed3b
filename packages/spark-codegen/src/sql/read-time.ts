import type { PatternPart, TextParse } from '@calve/core/plugin';
import { flattened, parsePattern } from '@calve/core/plugin';
import { sqlString } from './literal.ts';
import { isLike, literally } from './read-number.ts';

/** SQL, or why there is none. */
export type Printed = { sql: string } | { problem: string };

const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const CLOCK = '[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?';
const OFFSET = '(Z|[+-][0-9]{2}:[0-9]{2})';
const LOCAL = `\\A${DATE}[T ]${CLOCK}\\z`;
const ZONED = `\\A${DATE}[T ]${CLOCK}${OFFSET}\\z`;

/** Largest epoch of each unit that Spark takes without failing the job. */
const EPOCHS = {
  s: { call: 'timestamp_seconds', most: '9223372036854' },
  ms: { call: 'timestamp_millis', most: '9223372036854775' },
  us: { call: 'timestamp_micros', most: '9223372036854775807' },
} as const;

/** DATE, by ISO 8601 or by patterns, of which the first that fits reads the text. */
export function readDate(x: string, formats: readonly string[]): Printed {
  if (formats.length === 0) return { sql: `CASE WHEN ${isLike(x, `\\A${DATE}\\z`)} THEN try_cast(${x} AS DATE) END` };
  return readPatterns(x, formats, false, (moment) => `CAST(${moment} AS DATE)`);
}

/** TIMESTAMP_NTZ, by ISO 8601 or by patterns. */
export function readLocalTimestamp(x: string, formats: readonly string[], { unit }: TextParse): Printed {
  if (unit !== undefined) return { problem: 'an epoch is a moment in UTC, not a local time' };
  if (formats.length === 0) return { sql: `CASE WHEN ${isLike(x, LOCAL)} THEN try_cast(${x} AS TIMESTAMP_NTZ) END` };
  return readPatterns(x, formats, false, (moment) => `CAST(${moment} AS TIMESTAMP_NTZ)`);
}

/** TIMESTAMP, by ISO 8601, by patterns, or as an epoch. `zone`: texts without a zone are wall time there. */
export function readTimestamp(x: string, formats: readonly string[], { zone, unit }: TextParse): Printed {
  if (unit !== undefined) return readEpoch(x, unit);
  if (formats.length > 0) {
    return readPatterns(x, formats, zone === undefined, (moment) =>
      zone === undefined ? moment : `to_utc_timestamp(${moment}, ${sqlString(zone)})`,
    );
  }
  const zoned = `WHEN ${isLike(x, ZONED)} THEN try_cast(${x} AS TIMESTAMP)`;
  // A cast to TIMESTAMP_NTZ drops an offset without a word, hence two branches.
  const local =
    zone === undefined ? `try_cast(${x} AS TIMESTAMP)` : `to_utc_timestamp(try_cast(${x} AS TIMESTAMP_NTZ), ${sqlString(zone)})`;
  return { sql: `CASE ${zoned} WHEN ${isLike(x, LOCAL)} THEN ${local} END` };
}

function readEpoch(x: string, unit: NonNullable<TextParse['unit']>): Printed {
  if (unit === 'ns') return { problem: 'Spark reads no epoch in nanoseconds' };
  const { call, most } = EPOCHS[unit];
  const number = `try_cast(${x} AS BIGINT)`;
  const guard = `${isLike(x, '\\A[+-]?[0-9]{1,19}\\z')} AND ${number} BETWEEN -${most} AND ${most}`;
  return { sql: `CASE WHEN ${guard} THEN ${call}(${number}) END` };
}

function readPatterns(x: string, formats: readonly string[], takesOffset: boolean, convert: (moment: string) => string): Printed {
  const readings: string[] = [];
  for (const format of formats) {
    const parsed = parsePattern(format);
    if ('problem' in parsed) return { problem: `the pattern ${JSON.stringify(format)} ${parsed.problem}` };
    if (!takesOffset && flattened(parsed.parts).some(({ kind }) => kind === 'offset'))
      return { problem: `the pattern ${JSON.stringify(format)} has an offset, which Spark would apply to a value without one` };
    const moment = `try_to_timestamp(${x}, ${sqlString(format)})`;
    readings.push(`WHEN ${isLike(x, `\\A${guardOf(parsed.parts)}\\z`)} AND ${moment} IS NOT NULL THEN ${convert(moment)}`);
  }
  return { sql: `CASE ${readings.join(' ')} END` };
}

/** What a text must look like: without it Spark takes other cases and foreign letters in literals and names. */
function guardOf(parts: readonly PatternPart[]): string {
  return parts.map(partGuard).join('');
}

function partGuard(part: PatternPart): string {
  switch (part.kind) {
    case 'literal':
      return literally(part.text);
    case 'number':
      return part.fewest === part.most ? `[0-9]{${part.most}}` : `[0-9]{${part.fewest},${part.most}}`;
    case 'month-name':
      return `(?i:${MONTHS.map((name) => (part.isFull ? name : name.slice(0, 3))).join('|')})`;
    case 'half-day':
      return '(?i:AM|PM)';
    case 'fraction':
      return `[0-9]{1,${part.most}}`;
    case 'offset':
      return part.takesZ ? `(Z|${OFFSETS[part.form]})` : OFFSETS[part.form];
    case 'optional':
      return `(${guardOf(part.parts)})?`;
  }
}

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const OFFSETS = {
  hours: '[+-][0-9]{2}([0-9]{2})?',
  basic: '[+-][0-9]{4}',
  extended: '[+-][0-9]{2}:[0-9]{2}',
} as const;
