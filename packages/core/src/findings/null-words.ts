import { columnFix, type DeclaredColumn, type Fix } from './column-fixes.ts';

/** What people and programs write where there is no value; compared without case. */
const NULL_WORDS: ReadonlySet<string> = new Set([
  ...['null', 'nil', 'none', 'n/a', 'na', '#n/a', '<na>', 'nan', 'nat', 'missing', 'unknown', 'undefined'],
  ...['-', '--', '.', '?', '\\n', '(null)', '<null>'],
]);

/** True for what people and programs write where there is no value. */
export function isNullWord(text: string): boolean {
  return NULL_WORDS.has(text.trim().toLowerCase());
}

/**
 * The patch that reads words as null; null: some of the values are no such words.
 *
 * @param values All values that do not fit the column, each once.
 * @param known Texts that mean null there already, by the spec of the column or the options of the format.
 */
export function nullWordsFix(
  column: string,
  values: readonly string[],
  declared: DeclaredColumn,
  known: readonly string[],
): Fix | null {
  if (values.length === 0 || !values.every(isNullWord)) return null;
  const words = values.map((value) => JSON.stringify(value)).join(', ');
  return columnFix(`Read ${words} as null in "${column}"`, column, declared, { nulls: [...new Set([...known, ...values])] });
}
