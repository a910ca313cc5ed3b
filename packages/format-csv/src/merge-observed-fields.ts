import type { ColumnStatistics, ExampleCell, ObservedField } from '@calve/core/plugin';
import { decideColumnType, mergeColumnStatistics } from '@calve/core/plugin';

/**
 * The columns of a file of which the head and some later parts were seen: types, evidence and statistics of both together. Cells of the
 * parts are placed by their byte offset alone, since who begins in the middle counts neither records nor lines. A column of which only is known whether
 * its values fit a given type fits in both or does not. Pure.
 *
 * @param parts Same columns in the same order, or none.
 */
export function mergeObservedFields(head: readonly ObservedField[], parts: readonly ObservedField[]): ObservedField[] {
  return head.map((column, index) => {
    const part = parts[index];
    if (column.fits && part?.fits === false) return part;
    const seen = part?.statistics;
    if (!column.statistics || !seen) return column;
    const statistics = mergeColumnStatistics(column.statistics, placedByOffset(seen));
    const { type, evidence } = decideColumnType(statistics);
    return { field: { ...column.field, type }, evidence, statistics };
  });
}

function placedByOffset(statistics: ColumnStatistics): ColumnStatistics {
  const { classes, integerDigits, scale, notDouble, shapes } = statistics;
  return {
    ...statistics,
    classes: Object.fromEntries(Object.entries(classes).map(([name, counted]) => [name, withOffsetOnly(counted)])),
    ...(integerDigits ? { integerDigits: withOffsetOnly(integerDigits) } : {}),
    ...(scale ? { scale: withOffsetOnly(scale) } : {}),
    ...(notDouble ? { notDouble: withOffsetOnly(notDouble) } : {}),
    ...(shapes ? { shapes: shapes.map(withOffsetOnly) } : {}),
  };
}

function withOffsetOnly<T extends { first: ExampleCell }>(counted: T): T {
  const { record: _record, line: _line, ...at } = counted.first.at;
  return { ...counted, first: { ...counted.first, at } };
}
