// Twin of packages/sink-iceberg/src/parquet/dense-values.ts.

/**
 * Copies the values of the rows that have one, without gaps. Up to one value more is written behind them.
 *
 * @param valid One byte per row: 1 has a value, 0 null.
 * @param width Bytes per value, 1 or more.
 * @returns How many there are.
 */
export function denseValues(values: usize, width: i32, valid: usize, rows: i32, target: usize): i32 {
  let count = 0;
  // Always written, kept only where there is a value: no branch for the processor to guess.
  if (width == 8)
    for (let row = 0; row < rows; row++) {
      store<u64>(target + (count << 3), load<u64>(values + (row << 3)));
      count += load<u8>(valid + row);
    }
  else if (width == 4)
    for (let row = 0; row < rows; row++) {
      store<u32>(target + (count << 2), load<u32>(values + (row << 2)));
      count += load<u8>(valid + row);
    }
  else if (width == 1)
    for (let row = 0; row < rows; row++) {
      store<u8>(target + count, load<u8>(values + row));
      count += load<u8>(valid + row);
    }
  else if (width == 16)
    for (let row = 0; row < rows; row++) {
      v128.store(target + (count << 4), v128.load(values + (row << 4)));
      count += load<u8>(valid + row);
    }
  else
    for (let row = 0; row < rows; row++) {
      if (load<u8>(valid + row) == 0) continue;
      memory.copy(target + count * width, values + row * width, width);
      count++;
    }
  return count;
}

/**
 * Copies row numbers in a dictionary as 16 bits, of the rows that have a value. Up to one more is written behind them.
 *
 * @param valid One byte per row; 0: all rows have a value.
 */
export function denseIndexes(indexes: usize, valid: usize, rows: i32, target: usize): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) {
    store<u16>(target + (count << 1), <u16>load<i32>(indexes + (row << 2)));
    count += valid == 0 ? 1 : load<u8>(valid + row);
  }
  return count;
}
