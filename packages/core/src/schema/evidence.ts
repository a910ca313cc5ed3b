import type { ColumnType } from '../columns/column-type.ts';
import type { Position } from '../source/position.ts';

/** The value that rules a narrower type out: without it, and others like it, the column would have that type. */
export interface Evidence {
  /** The narrower type that this value does not fit. */
  excludes: ColumnType;
  /** The text as it stands in the file, at most 200 characters. */
  value: string;
  at: Position;
}
