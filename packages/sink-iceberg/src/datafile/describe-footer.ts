import type { Field } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';
import type { FileMetaData } from 'hyparquet';
import type { DataFileDescription } from './data-file.ts';

/**
 * What the footer of a data file says of it.
 *
 * @param fields The stored columns, with ids.
 * @returns `columnSizes`: compressed bytes per leaf, keyed by field id as text. `splitOffsets`: where each row group begins, ascending.
 */
export function describeFooter(
  metadata: FileMetaData,
  fields: readonly Field[],
): Pick<DataFileDescription, 'rows' | 'columnSizes' | 'splitOffsets'> {
  const ids = leafIds(fields);
  const columnSizes: Record<string, number> = {};
  let rows = 0;
  for (const group of metadata.row_groups) {
    rows += Number(group.num_rows);
    for (const [index, chunk] of group.columns.entries()) {
      const id = ids[index];
      if (id === undefined || chunk.meta_data === undefined)
        throw new CalveError(
          'INTERNAL',
          `The footer of a data file describes ${group.columns.length} columns; ${ids.length} were written.`,
        );
      columnSizes[id] = (columnSizes[id] ?? 0) + Number(chunk.meta_data.total_compressed_size);
    }
  }
  const splitOffsets = metadata.row_groups.map(({ columns }) => {
    const { dictionary_page_offset, data_page_offset } = columns[0]!.meta_data!;
    return Number(dictionary_page_offset ?? data_page_offset);
  });
  return { rows, columnSizes, splitOffsets };
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
