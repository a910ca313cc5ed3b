import type { ColumnType } from '../columns/column-type.ts';

/** Name of a column beside one of text that holds its values with a type, `amount_number`; with a number behind it where that is taken, in any case. */
export function freeColumnName(name: string, { kind }: ColumnType, taken: readonly string[]): string {
  const wanted = `${name}_${kind === 'date' ? 'date' : kind === 'timestamp' ? 'time' : kind === 'boolean' ? 'flag' : 'number'}`;
  const folded = new Set(taken.map((other) => other.toLowerCase()));
  let free = wanted;
  for (let number = 2; folded.has(free.toLowerCase()); number++) free = `${wanted}_${number}`;
  return free;
}
