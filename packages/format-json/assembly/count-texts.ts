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

/** How many rows have a state. */
export function countState(states: i32, rows: i32, state: i32): i32 {
  let count = 0;
  for (let row = 0; row < rows; row++) if (<i32>load<u8>(states + row) == state) count++;
  return count;
}
