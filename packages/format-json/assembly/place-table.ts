// One place of packages/format-json/src/place-table.ts: 128 bytes, in words of four.
export const KIND: usize = 0;
/** Of a struct its first member, the others follow; of a list or map its element. */
export const INSIDE: usize = 4;
export const MEMBERS: usize = 8;
/** Of the name, with its closing quote. */
export const KEY_LENGTH: usize = 12;
export const KEY: usize = 16;
export const STATES: usize = 20;
export const STARTS: usize = 24;
export const ENDS: usize = 28;
export const CAPACITY: usize = 32;
export const COUNT: usize = 36;
/** Of the object in which it was met last. */
export const OBJECT: usize = 40;
/** The first 16 bytes of the name, and 0xff where one of them stands. */
export const KEY_HEAD: usize = 48;
export const KEY_MASK: usize = 64;
export const PLACE_BYTES: usize = 128;

export const TEXT: i32 = 0;
export const STRUCT: i32 = 1;
export const LIST: i32 = 2;

export const IS_VALUE: u8 = 0;
export const IS_STRING: u8 = 1;

/** Something stands in row `row`; for a text between two places of the chunk. */
// @ts-ignore: a decorator of the compiler
@inline
export function mark(place: usize, row: i32, state: u8): void {
  store<u8>(<usize>load<u32>(place, STATES) + <usize>row, state);
}

// @ts-ignore: a decorator of the compiler
@inline
export function bound(place: usize, row: i32, start: u32, end: u32): void {
  const at = <usize>row << 2;
  store<u32>(<usize>load<u32>(place, STARTS) + at, start);
  store<u32>(<usize>load<u32>(place, ENDS) + at, end);
}
