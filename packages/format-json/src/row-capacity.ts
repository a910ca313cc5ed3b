/** Rows that buffers have room for at first. */
const FIRST_ROWS = 64;

/** For how many rows a buffer is made that has to hold `rows`: a power of two, so that few sizes are in use. */
export function rowCapacity(rows: number): number {
  let capacity = FIRST_ROWS;
  while (capacity < rows) capacity *= 2;
  return capacity;
}
