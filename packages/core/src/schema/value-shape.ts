import type { ColumnStatistics, ExampleCell } from './column-statistics.ts';

/**
 * What was seen at one place of nested data, over all records of one or several units: a member, the elements of a list, the values of
 * a map. Plain JSON; merging is adding, earlier examples win. Formats collect it, core alone decides types from it.
 */
export interface ValueShape {
  /** How many values of each kind were there. An absent member counts as nothing; `nulls` are those that say null. */
  nulls: number;
  scalars: number;
  objects: number;
  arrays: number;
  /** Of the scalars. */
  statistics?: ColumnStatistics;
  /** The first value of each kind, at most 200 characters of its text: the evidence when kinds are mixed. */
  first: { scalar?: ExampleCell; object?: ExampleCell; array?: ExampleCell };
  /**
   * Of the objects: what stands under each key, in order of first appearance. At most `LARGEST_MEMBERS` keys of one place; where there are
   * more, all values are merged in `anyMember`, and `members` keeps those seen until then.
   */
  members?: { name: string; shape: ValueShape }[];
  anyMember?: ValueShape;
  /** Of the arrays: all elements together. */
  element?: ValueShape;
}

/** More keys than these at one place are data, not names: the place is a map, or text. */
export const LARGEST_MEMBERS = 1_000;
