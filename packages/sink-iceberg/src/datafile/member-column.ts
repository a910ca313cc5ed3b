import type { ColumnData } from '@calve/core/plugin';
import { isValid } from '@calve/core/plugin';
import { layoutMisfit } from './validity-buffer.ts';

/**
 * The column of a member of structs, null wherever one of the structs around it is.
 *
 * @param column Of the first level. Borrowed; the result may lie in its memory.
 * @param indexes Position of the member per level below it; none: the column itself.
 */
export function memberColumn(column: ColumnData, indexes: readonly number[], rows: number): ColumnData {
  let result = column;
  for (const index of indexes) {
    if (result.layout !== 'struct') throw layoutMisfit('structs', result);
    const { children, validity } = result;
    const child = children[index];
    if (child === undefined) throw layoutMisfit(`a struct of more than ${index} members`, result);
    result = validity === undefined ? child : { ...child, validity: bothValid(result, child, rows) };
  }
  return result;
}

function bothValid(a: ColumnData, b: ColumnData, rows: number): Uint8Array {
  const bits = new Uint8Array((rows + 7) >> 3);
  for (let row = 0; row < rows; row++) if (isValid(a, row) && isValid(b, row)) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}
