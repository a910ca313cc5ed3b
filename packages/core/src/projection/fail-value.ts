import { cellText } from '../columns/cell-text.ts';
import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import { isValid } from '../columns/column-data.ts';
import type { Field } from '../columns/column-type.ts';
import { typeText } from '../columns/column-type.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Json } from '../json/json.ts';
import type { OnFailure } from './projection.ts';
import { rowPosition } from './row-failures.ts';

/**
 * Ends the unit or the run because of one value.
 *
 * @param rule.root The column of the table that the target is inside of; absent: it is the column itself.
 * @param at Where the value stands in `source`, when that holds the elements of lists.
 * @throws {CalveError} `VALUE_REJECTED`, always. `context` is `{ column, root, required, value, line, policy, position, type }`; `value` is null for a null
 * in a required column, `line` null when the batch does not know it.
 */
export function failValue(
  batch: ColumnBatch,
  source: ColumnData | undefined,
  row: number,
  rule: { target: Field; onFailure: OnFailure; root?: string },
  at: number = row,
): never {
  const column = rule.target.name;
  const position = { ...rowPosition(batch, row), column };
  const isText = source?.layout === 'cells' || source?.layout === 'offsets';
  const value = source !== undefined && isText && isValid(source, at) ? cellText(source, at) : null;
  const where = position.line === undefined ? `record ${position.record}` : `line ${position.line}`;
  const what = value === null ? 'has no value' : `is ${JSON.stringify(value)}`;
  throw new CalveError(
    'VALUE_REJECTED',
    `Column "${column}" ${what} in ${where}, which ${rule.target.required ? 'required ' : ''}${typeText(rule.target.type)} does not take; ` +
      `its policy is "${rule.onFailure}". Correct the value, or choose another policy for the column.`,
    {
      recovery: 'fix-input',
      context: {
        ...{ column, value, line: position.line ?? null, policy: rule.onFailure, position: { ...position } },
        ...{ root: rule.root ?? column, required: rule.target.required },
        type: rule.target.type as unknown as Json,
      },
    },
  );
}
