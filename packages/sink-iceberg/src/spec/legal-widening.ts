import type { ColumnType } from '@calve/core/plugin';

/**
 * True when a column of type `from` may become `to` without rewriting files: int to long, float to double, and a decimal to more
 * digits of the same scale.
 *
 * @see https://iceberg.apache.org/spec/#schema-evolution
 */
export function isLegalWidening(from: ColumnType, to: ColumnType): boolean {
  if (from.kind === 'decimal' && to.kind === 'decimal') return from.scale === to.scale && from.precision < to.precision;
  return (from.kind === 'int32' && to.kind === 'int64') || (from.kind === 'float32' && to.kind === 'float64');
}
