import type { Field } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { RowGroup } from '../parquet/file-metadata.ts';
import type { DataFileDescription } from './data-file.ts';

/**
 * What the footer of a data file says of it.
 *
 * @param rowGroups As they stand in the footer.
 * @param fields The stored columns, with ids.
 * @returns `columnSizes`: compressed bytes per leaf, keyed by field id as text. `splitOffsets`: where each row group begins, ascending.
 */
export function describeRowGroups(
  rowGroups: readonly RowGroup[],
  fields: readonly Field[],
): Pick<DataFileDescription, 'rows' | 'columnSizes' | 'splitOffsets'> {
  const ids = leafIds(fields);
  const columnSizes: Record<string, number> = {};
  let rows = 0;
  for (const group of rowGroups) {
    rows += group.rows;
    for (const [index, { compressedBytes }] of group.chunks.entries()) {
      const id = ids[index];
      if (id === undefined)
        throw new CalveError(
          'INTERNAL',
          `The footer of a data file describes ${group.chunks.length} columns; ${ids.length} were written.`,
        );
      columnSizes[id] = (columnSizes[id] ?? 0) + compressedBytes;
    }
  }
  return { rows, columnSizes, splitOffsets: rowGroups.map(({ chunks }) => chunks[0]!.offset) };
}

/** Ids of the leaves in the order of the file's columns: depth first. */
function leafIds(fields: readonly Field[]): (number | undefined)[] {
  return fields.flatMap(({ id, type }) => {
    switch (type.kind) {
      case 'struct':
        return leafIds(type.fields);
      case 'list':
        return leafIds([type.element]);
      case 'map':
        return leafIds([type.key, type.value]);
      default:
        return [id];
    }
  });
}
