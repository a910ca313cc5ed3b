/** What can be written as a Python literal: JSON. */
export type PythonValue = null | boolean | number | string | readonly PythonValue[] | { readonly [key: string]: PythonValue };

const WIDTH = 110;

/**
 * A value as a Python literal: text in double quotes, one line where it fits into 110 characters, else one member per line. Keys keep their
 * order. Pure.
 *
 * @param indent Blanks before the line on which the literal begins.
 */
export function pythonLiteral(value: PythonValue, indent = 0): string {
  const line = oneLine(value);
  if (indent + line.length <= WIDTH || value === null || typeof value !== 'object') return line;
  const inner = ' '.repeat(indent + 4);
  const isList = isArray(value);
  const members = isList
    ? value.map((member) => `${inner}${pythonLiteral(member, indent + 4)},\n`)
    : Object.entries(value).map(([key, member]) => `${inner}${pythonString(key)}: ${pythonLiteral(member, indent + 4)},\n`);
  return `${isList ? '[' : '{'}\n${members.join('')}${' '.repeat(indent)}${isList ? ']' : '}'}`;
}

function oneLine(value: PythonValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return pythonString(value);
  if (isArray(value)) return `[${value.map(oneLine).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, member]) => `${pythonString(key)}: ${oneLine(member)}`)
    .join(', ')}}`;
}

function isArray(value: PythonValue): value is readonly PythonValue[] {
  return Array.isArray(value);
}

/** What JSON leaves as it is and a Python source should not show. */
const HIDDEN = /[\p{Cc}\u2028\u2029\ufeff]/gu;

/** A text as a Python literal in double quotes. The escapes of JSON mean the same in Python. */
export function pythonString(text: string): string {
  return JSON.stringify(text).replace(HIDDEN, escaped);
}

/** What must not stand in a Python source, beside the line feed. */
const UNREADABLE = /(?!\n)[\p{Cc}\u2028\u2029\ufeff]/gu;

/** SQL as a Python literal over several lines, with every backslash doubled. A statement with three double quotes in a row is one long line. */
export function pythonSql(sql: string): string {
  if (sql.includes('"""') || sql.endsWith('"') || !sql.isWellFormed()) return pythonString(sql);
  return `"""${sql.replaceAll('\\', '\\\\').replace(UNREADABLE, escaped)}"""`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
