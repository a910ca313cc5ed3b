import type { Field } from '@calve/core/plugin';
import { typeText } from '@calve/core/plugin';
import type { SortBy } from '../options/sort-by.ts';
import { sortTransformText } from '../options/sort-by.ts';
import { fieldAt, referenceText } from '../spec/field-path.ts';
import type { SortField } from '../spec/sort-order.ts';
import { parseTransform, transformAccepts } from '../spec/transform.ts';

/**
 * The fields of the sort order that `sortBy` asks for.
 *
 * @param fields All columns, with ids.
 * @returns The fields, or why there are none, in plain words.
 */
export function planSortOrder(sortBy: readonly SortBy[], fields: readonly Field[]): SortField[] | string {
  const result: SortField[] = [];
  for (const by of sortBy) {
    const column = referenceText(by.column);
    const source = fieldAt(fields, by.column)?.field;
    if (source?.id === undefined) return `sortBy names the column "${column}", which the table would not have`;
    const transform = sortTransformText(by);
    if (!transformAccepts(parseTransform(transform), source.type))
      return `the column "${column}" is ${typeText(source.type)}, which cannot be sorted by ${transform === 'identity' ? 'its value' : transform}`;
    if (result.some((field) => field['source-id'] === source.id && field.transform === transform))
      return `sortBy names ${transform === 'identity' ? '' : `${transform} of `}"${column}" twice`;
    const { direction = 'asc' } = by;
    const { nulls = direction === 'asc' ? 'first' : 'last' } = by;
    result.push({ transform, 'source-id': source.id, direction, 'null-order': `nulls-${nulls}` });
  }
  return result;
}
