import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';

/** The error for null where the table allows none. @param path Names of the column and of the members down to it, with points. */
export function requiredNull(path: string): CalveError {
  return new CalveError(
    'ICEBERG_REQUIRED_NULL',
    `The column "${path}" of the table is required, but a row has no value for it.`,
    {
      recovery: 'fix-input',
      context: { column: path },
    },
  );
}

/** The error for a decimal with more digits than its type. @param value Unscaled. */
export function outOfRange(type: ColumnType, path: string, value: bigint): CalveError {
  return new CalveError(
    'ICEBERG_VALUE_RANGE',
    `The column "${path}" is ${typeText(type)} and cannot hold the unscaled value ${value}.`,
    {
      recovery: 'report',
      context: { column: path, value: value.toString() },
    },
  );
}
