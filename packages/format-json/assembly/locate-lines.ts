import { readRecord, startChunk, tail, tailTo } from './read-record.ts';

// The control block, in words of four: places are relative to `source`.
const SOURCE: usize = 0;
/** Where the next line begins: given, and answered with. */
const FROM: usize = 4;
/** Behind the last unescaped text: given, and answered with. */
const TAIL: usize = 8;
/** The root of the places. */
const RECORD: usize = 12;
/** The first row, and the row that has to be left free. */
const ROW: usize = 16;
const MOST_ROWS: usize = 20;
/** No record may end behind it, as if the texts that are unescaped meanwhile stood in it. */
const BOUND: usize = 24;
/** Bytes of one record. */
const LONGEST: usize = 28;
/** Where each record begins and ends, `u32` by row. */
const ROW_STARTS: usize = 32;
const ROW_ENDS: usize = 36;
/** The state that what says null gets. */
const NULL_STATE: usize = 40;

/**
 * Reads line after line into the places, as long as each is one object of the structure that the places have, in standard JSON, and ends in LF or
 * CR LF. The first other line ends it; what its row holds then has to be taken back.
 *
 * @param control Offset of the control block.
 * @returns The first row that was not read.
 */
export function locateLines(control: i32): i32 {
  const block = <usize>control;
  const source = <usize>load<u32>(block, SOURCE);
  const record = <usize>load<u32>(block, RECORD);
  const mostRows = load<i32>(block, MOST_ROWS);
  const longest = <usize>load<u32>(block, LONGEST);
  const rowStarts = <usize>load<u32>(block, ROW_STARTS);
  const rowEnds = <usize>load<u32>(block, ROW_ENDS);
  const firstTail = source + load<u32>(block, TAIL);
  const bound = source + load<u32>(block, BOUND);
  let from = source + load<u32>(block, FROM);
  let row = load<i32>(block, ROW);
  startChunk(source, firstTail, <u8>load<u32>(block, NULL_STATE));
  let goodTail = firstTail;
  while (row < mostRows && load<u8>(from) == 0x7b) {
    const end = readRecord(record, row, from);
    if (end == 0 || end - from > longest || end + (tail - firstTail) > bound) break;
    const byte = load<u8>(end);
    let next = end + 1;
    if (byte == 0x0d && load<u8>(next) == 0x0a) next++;
    else if (byte != 0x0a) break;
    store<u32>(rowStarts + (<usize>row << 2), <u32>(from - source));
    store<u32>(rowEnds + (<usize>row << 2), <u32>(end - source));
    goodTail = tail;
    from = next;
    row++;
  }
  tailTo(goodTail);
  store<u32>(block, <u32>(from - source), FROM);
  store<u32>(block, <u32>(goodTail - source), TAIL);
  return row;
}
