import type { ColumnBatch } from '../columns/column-batch.ts';
import type { ColumnData } from '../columns/column-data.ts';
import { isValid } from '../columns/column-data.ts';
import { sameType, typeText } from '../columns/column-type.ts';
import { allRows, gatherRows } from '../columns/gather-rows.ts';
import { nullColumn } from '../columns/null-column.ts';
import { CalveError } from '../errors/calve-error.ts';
import { failValue } from './fail-value.ts';
import type { ColumnRule } from './projection.ts';
import type { RowFailures } from './row-failures.ts';
import { nullRule } from './strict-rules.ts';

/**
 * Copies a column that already has the type of its target; one that the batch lacks is null in every row.
 *
 * @throws {CalveError} `SCHEMA_TYPE_CONFLICT`: the types differ. `VALUE_REJECTED`: a null in a required column whose policy is to fail.
 */
export function copyTyped(rule: Extract<ColumnRule, { kind: 'typed' }>, batch: ColumnBatch, failures: RowFailures): ColumnData {
  const { target, source } = rule;
  const index = batch.fields.findIndex((field) => field.name === source[0]);
  const field = batch.fields[index];
  if (field !== undefined && !sameType(field.type, target.type))
    throw new CalveError(
      'SCHEMA_TYPE_CONFLICT',
      `Column "${target.name}" is ${typeText(target.type)}, but "${field.name}" of the file is ${typeText(field.type)}; make a new plan.`,
      { recovery: 'replan', context: { column: target.name, source: field.name } },
    );
  const column = batch.columns[index];
  const copy = column === undefined ? nullColumn(target.type, batch.rows) : gatherRows(column, allRows(batch.rows));
  if (target.required && copy.validity !== undefined) {
    for (let row = 0; row < batch.rows; row++) {
      if (isValid(copy, row)) continue;
      if (rule.onFailure === 'fail-unit' || rule.onFailure === 'fail-run') failValue(batch, undefined, row, rule);
      failures.reject(row, target.name, `${target.name}:${nullRule}`);
    }
  }
  return copy;
}
