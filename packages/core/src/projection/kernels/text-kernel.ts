import type { ColumnData } from '../../columns/column-data.ts';
import type { TextCells } from './text-cells.ts';

/**
 * Turns the prepared texts of one column into values of one type, by the strict grammar.
 *
 * A cell that is not of the type gets the state `cellIsBad` and is counted in `cells.bad`; it is null in the result, like null and
 * too-long cells. The result has `cells.rows` rows and memory of its own.
 *
 * Each kernel repeats the short loop over the rows: one loop that took the reading of a cell as an argument would serve every type, and so
 * call it through a pointer that the compiler cannot see through, once per cell.
 */
export interface TextKernel {
  convert(cells: TextCells): ColumnData;
}
