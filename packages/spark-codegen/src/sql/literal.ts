import { refuseText } from '../refusal.ts';

/** Characters that a SQL text never shows as they are: control characters, line separators of Unicode, lone surrogates. */
const HIDDEN = /[\p{Cc}\u2028\u2029]/u;

/**
 * A text as a literal of Spark SQL. Quotes and backslashes get a backslash (a doubled quote is two texts on Spark 3.5), `$` is hidden from
 * variable substitution, which looks into literals too. Pure ASCII control characters become `\uXXXX`.
 *
 * @throws {CalveError} `SPARK_UNSUPPORTED`: a lone surrogate, which no SQL text can hold.
 */
export function sqlString(text: string): string {
  if (!text.isWellFormed()) throw refuseText(text, 'holds a lone surrogate');
  return `'${Array.from(text, escaped).join('')}'`;
}

function escaped(character: string): string {
  switch (character) {
    case '\\':
      return '\\\\';
    case "'":
      return "\\'";
    case '\n':
      return '\\n';
    case '\r':
      return '\\r';
    case '\t':
      return '\\t';
  }
  if (character === '$' || HIDDEN.test(character)) return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return character;
}

/**
 * A name as an identifier of Spark SQL, always in backticks.
 *
 * @throws {CalveError} `SPARK_UNSUPPORTED`: an empty name, a control character, or a lone surrogate.
 */
export function sqlName(name: string): string {
  if (name === '') throw refuseText(name, 'is empty');
  if (!name.isWellFormed()) throw refuseText(name, 'holds a lone surrogate');
  if (HIDDEN.test(name)) throw refuseText(name, 'holds a control character');
  return `\`${name.replaceAll('`', '``')}\``;
}
