/**
 * What is wrong with a record as a whole, as the code that rejected rows carry. Public API, the same in every engine; cells have codes of
 * their own (`<column>:<rule>`).
 */
export const ROW_CODES = {
  /** Delimited text: another number of cells than there are columns. */
  tokenCount: 'row:token-count',
  /** JSON: not one value of standard JSON: single quotes, comments, leading zeros, a missing bracket. */
  json: 'row:json',
  /** JSON: `NaN`, `Infinity` or `-Infinity` where a value is expected: JSON has no such numbers. */
  nan: 'row:nan',
  /** JSON: bytes that are not UTF-8. */
  encoding: 'row:encoding',
  /** JSON: more than 1,000 levels of objects and arrays, the record itself included. */
  tooDeep: 'row:too-deep',
  /** JSON: a number of more than 1,000 characters. */
  longNumber: 'row:long-number',
  /** JSON: the name of a member has more than 50,000 characters. */
  longKey: 'row:long-key',
  /** JSON: the record is no object. */
  notAnObject: 'row:not-an-object',
  /** JSON: a value that is neither null nor what its column is: a number where an object is expected. `columns` names the column. */
  structure: 'row:structure',
} as const;
