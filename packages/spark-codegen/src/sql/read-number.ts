import type { SpecialNumber, TextParse } from '@calve/core/plugin';
import { sqlString } from './literal.ts';

const NUMBER = '[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)';
const PLAIN = `\\A${NUMBER}\\z`;
const ZERO = '\\A[+-]?(0+([.]0*)?|[.]0+)([eE][+-]?[0-9]{1,2})?\\z';

/** True when all of `x` is as the regular expression says. */
export function isLike(x: string, pattern: string): string {
  return `${x} RLIKE ${sqlString(pattern)}`;
}

/** INT or BIGINT: up to 19 digits; null when the number is too large. */
export function readInteger(x: string, type: string): string {
  return `CASE WHEN ${isLike(x, '\\A[+-]?[0-9]{1,19}\\z')} THEN try_cast(${x} AS ${type}) END`;
}

/** DECIMAL: rounded half up on the exact value, or, with `exact`, null when a digit other than zero would be lost. */
export function readDecimal(x: string, scale: number, type: string, exact: boolean): string {
  const guard = exact
    ? `${isLike(x, PLAIN)} AND ${isLike(x, `\\A[^.]*([.][0-9]{0,${scale}}0*)?\\z`)}`
    : isLike(x, `\\A${NUMBER}([eE][+-]?[0-9]{1,2})?\\z`);
  // Spark 3.5 and 4.0 read 0e38 to 0e99 as null, 4.1 as 0.
  return `CASE WHEN ${guard} THEN CASE WHEN ${isLike(x, ZERO)} THEN CAST(0 AS ${type}) ELSE try_cast(${x} AS ${type}) END END`;
}

/**
 * DOUBLE or FLOAT: null when digits mean more than the type holds. A FLOAT is a DOUBLE rounded once more, as in JavaScript. Words for NaN
 * and the infinities are compared before separators are taken out.
 */
export function readFloating(x: string, type: 'DOUBLE' | 'FLOAT', parse: TextParse): string {
  const plain = plainNumber(x, parse);
  const value = type === 'DOUBLE' ? `try_cast(${plain} AS DOUBLE)` : `CAST(try_cast(${plain} AS DOUBLE) AS FLOAT)`;
  const guard = isLike(plain, `\\A${NUMBER}([eE][+-]?[0-9]{1,3})?\\z`);
  const words = specialTexts(parse.special).map(
    ([text, meaning]) => `WHEN ${x} = ${sqlString(text)} THEN CAST(${sqlString(meaning)} AS ${type}) `,
  );
  return `CASE ${words.join('')}WHEN ${guard} AND abs(${value}) < CAST('Infinity' AS ${type}) THEN ${value} END`;
}

function specialTexts(special: TextParse['special']): [text: string, meaning: SpecialNumber][] {
  if (special === undefined || special === false) return [];
  if (special === true) return [['NaN', 'NaN'], ['Infinity', 'Infinity'], ['-Infinity', '-Infinity']]; // biome-ignore format: one line
  return Object.entries(special);
}

/**
 * A number as people write it, `1.234,50`, in the form that Spark reads, `1234.50`; null when it is not written so. Groups have three digits,
 * the first one to three; a number has all of its groups or none.
 */
export function plainNumber(x: string, { decimal = '.', group }: Pick<TextParse, 'decimal' | 'group'>): string {
  if (decimal === '.' && group === undefined) return x;
  const grouped = group === undefined ? '' : `[0-9]{1,3}(${literally(group)}[0-9]{3})+|`;
  const guard = isLike(x, `\\A[+-]?(${grouped}[0-9]*)(${literally(decimal)}[0-9]*)?([eE][+-]?[0-9]{1,3})?\\z`);
  const joined = group === undefined ? x : `replace(${x}, ${sqlString(group)}, '')`;
  const pointed = decimal === '.' ? joined : `replace(${joined}, ${sqlString(decimal)}, '.')`;
  return `CASE WHEN ${guard} THEN ${pointed} END`;
}

/** The same for a whole number: it has no fraction, so that a point may stand between its groups. */
export function plainWhole(x: string, { group }: Pick<TextParse, 'group'>): string {
  return group === undefined ? x : plainNumber(x, { group, decimal: group === '.' ? ',' : '.' });
}

/** A text as a regular expression that matches exactly it. */
export function literally(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
}
