// Twin of packages/sink-iceberg/src/datafile/text-offsets.ts.

/**
 * Continues the offsets of a column with those of rows that follow each other in another one.
 *
 * @param source Offset of the first of them, `i32` per row; one more stands behind the last.
 * @param valid One byte per row: 1 has a value, 0 null.
 * @param shift What an offset grows by.
 * @param target Where the end of the first row goes.
 * @returns 1: done. 0: something lies under a null.
 */
export function shiftedOffsets(source: usize, valid: usize, rows: i32, shift: i32, target: usize): i32 {
  let previous = load<i32>(source);
  let misfits: i32 = 0;
  for (let row = 0; row < rows; row++) {
    const end = load<i32>(source + (row << 2), 4);
    misfits |= <i32>(end != previous) & (1 - <i32>load<u8>(valid + row));
    store<i32>(target + (row << 2), end + shift);
    previous = end;
  }
  return 1 - misfits;
}
