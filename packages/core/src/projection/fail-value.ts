import { cellText } from '../columns/cell-text.ts';
import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import { isValid } from '../columns/column-data.ts';
import { typeText } from '../columns/column-type.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { ColumnRule } from './projection.ts';
import { rowPosition } from './row-failures.ts';

/**
 * Ends the unit or the run because of one value.
 *
 * @throws {CalveError} `VALUE_REJECTED`, always. `context` is `{ column, value, line, policy, position }`; `value` is null for a null
 * in a required column, `line` null when the batch does not know it.
 */
export function failValue(
  batch: ColumnBatch,
  source: ColumnData | undefined,
  row: number,
  rule: Extract<ColumnRule, { kind: 'text' | 'typed' }>,
): never {
  const column = rule.target.name;
  const position = { ...rowPosition(batch, row), column };
  const isText = source?.layout === 'cells' || source?.layout === 'offsets';
  const value = source !== undefined && isText && isValid(source, row) ? cellText(source, row) : null;
  const where = position.line === undefined ? `record ${position.record}` : `line ${position.line}`;
  const what = value === null ? 'has no value' : `is ${JSON.stringify(value)}`;
  throw new CalveError(
    'VALUE_REJECTED',
    `Column "${column}" ${what} in ${where}, which ${rule.target.required ? 'required ' : ''}${typeText(rule.target.type)} does not take; ` +
      `its policy is "${rule.onFailure}". Correct the value, or choose another policy for the column.`,
    {
      recovery: 'fix-input',
      context: { column, value, line: position.line ?? null, policy: rule.onFailure, position: { ...position } },
    },
  );
}
