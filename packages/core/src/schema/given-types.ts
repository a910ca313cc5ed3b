import type { ColumnType } from '../columns/column-type.ts';

/** A type that somebody decided for a column, so that nobody needs to find out which one it has. */
export interface GivenType {
  type: ColumnType;
  /** Decimals lose no digit. Otherwise only their digits before the point have to fit. */
  exact: boolean;
}

/**
 * Columns of files by name in lower case, and the types that their values should fit. No types: whatever the values are, nobody will ask.
 * A column that is not in it gets the type that its values show.
 */
export type GivenTypes = ReadonlyMap<string, readonly GivenType[]>;
