import { IS_STRING, IS_VALUE } from './place-table.ts';

/** How many rows hold a text that is a scalar; -1 when one of them holds an object or an array. */
export function countScalars(source: i32, starts: i32, states: i32, rows: i32): i32 {
  let scalars = 0;
  for (let row = 0; row < rows; row++) {
    const state = load<u8>(states + row);
    if (state == IS_STRING) scalars++;
    else if (state == IS_VALUE) {
      const first = load<u8>(source + load<i32>(starts + (row << 2)));
      if (first == 0x7b || first == 0x5b) return -1;
      scalars++;
    }
  }
  return scalars;
}

/** How many rows have a state. Up to 15 bytes behind the states are read. */
export function countState(states: i32, rows: i32, state: i32): i32 {
  const wanted = i8x16.splat(<i8>state);
  let count = 0;
  for (let row = 0; row < rows; row += 16) {
    let bits = i8x16.bitmask(i8x16.eq(v128.load(states + row), wanted));
    if (rows - row < 16) bits &= (1 << (rows - row)) - 1;
    count += popcnt(bits);
  }
  return count;
}

/** The bitmap of the rows that have another state, padded with zeros to a whole byte. Up to 15 bytes behind the states are read. */
export function bitsWithout(states: i32, rows: i32, state: i32, bitmap: i32): void {
  const unwanted = i8x16.splat(<i8>state);
  for (let row = 0; row < rows; row += 16) {
    let bits = i8x16.bitmask(i8x16.ne(v128.load(states + row), unwanted));
    const left = rows - row;
    if (left < 16) bits &= (1 << left) - 1;
    store<u8>(bitmap + (row >> 3), <u8>bits);
    if (left > 8) store<u8>(bitmap + (row >> 3) + 1, <u8>(bits >> 8));
  }
}
