import type { ColumnData } from '../../columns/column-data.ts';

/** Gives memory for so many bytes, which may hold anything. */
export type TakeBytes = (bytes: number) => Uint8Array;

const ofHeap: TakeBytes = (bytes) => new Uint8Array(bytes);

/** Valid where both are; `undefined` stands for "everywhere". Nothing is changed. */
export function commonValidity(
  a: Uint8Array | undefined,
  b: Uint8Array | undefined,
  length: number,
  take = ofHeap,
): { validity?: Uint8Array } {
  if (a === undefined) return b === undefined ? {} : { validity: b };
  if (b === undefined) return { validity: a };
  const bytes = (length + 7) >> 3;
  const validity = take(bytes);
  for (let index = 0; index < bytes; index++) validity[index] = a[index]! & b[index]!;
  return { validity };
}

/** The column with null at some more places. The column itself stays as it is. */
export function withNulls(column: ColumnData, length: number, places: Iterable<number>): ColumnData {
  const validity = column.validity?.slice(0, (length + 7) >> 3) ?? allValid(length);
  for (const place of places) validity[place >> 3]! &= ~(1 << (place & 7));
  return { ...column, validity };
}

/** Validity of a column without nulls, padded with zeros. */
export function allValid(length: number): Uint8Array {
  const validity = new Uint8Array((length + 7) >> 3).fill(0xff);
  if ((length & 7) !== 0) validity[validity.length - 1] = (1 << (length & 7)) - 1;
  return validity;
}
