// Twin of `cellStates` in packages/format-csv/src/cell-columns.ts.

const QUOTED: i8 = 1;
const NULL: i8 = 3;

const HAS_QUOTED = 1;
const HAS_NULL = 2;

/**
 * What is among the kinds of some cells, and which of them are not null. Up to 15 kinds behind the last one are read and mean nothing.
 *
 * @param kinds A byte each.
 * @param validity A bit each, in whole bytes.
 * @returns 1 when there is a quoted one, plus 2 when there is one that is null.
 */
export function cellStates(kinds: i32, rows: i32, validity: i32): i32 {
  const quoted = i8x16.splat(QUOTED);
  const none = i8x16.splat(NULL);
  let found = 0;
  let bits = <usize>validity;
  for (let row = 0; row < rows; row += 16, bits += 2) {
    const inside = rows - row < 16 ? (1 << (rows - row)) - 1 : 0xffff;
    const kind = v128.load(<usize>(kinds + row));
    const nulls = i8x16.bitmask(i8x16.eq(kind, none)) & inside;
    if ((i8x16.bitmask(i8x16.eq(kind, quoted)) & inside) != 0) found |= HAS_QUOTED;
    if (nulls != 0) found |= HAS_NULL;
    const valid = ~nulls & inside;
    if (rows - row > 8) store<u16>(bits, <u16>valid);
    else store<u8>(bits, <u8>valid);
  }
  return found;
}
