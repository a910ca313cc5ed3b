import { giveBytesBack, offsetInArena, takeBytes } from '../columns/arena.ts';
import { projectionKernels } from '../projection/compiled-kernels.ts';

/** Texts of a column, for counting: row `i` is `bytes[starts[i], ends[i])` when its state is one of the two that are given. */
export interface SeenCells {
  bytes: Uint8Array;
  starts: Uint32Array;
  ends: Uint32Array;
  states: Uint8Array;
  rows: number;
  /** State of a text that is what it looks like: a cell of a delimited file, or a lexeme of JSON. */
  plain: number;
  /** State of the text of a JSON string. Absent: the column is not out of JSON. */
  quoted?: number;
}

/** Cells to look at, by row, and how many others after each are like it in everything that is counted. */
export interface CountedCells {
  rows: Uint32Array;
  others: Uint32Array;
}

/** Fewer cells are looked at faster than they are counted. */
const leastRows = 64;
const noState = 255;
/** Slots of the histogram, as packages/core/assembly/classes.ts has them. */
const slots = 8 + 2 * 19 ** 3;

/**
 * Counts cells by compiled code, by what would be noted of them.
 *
 * @param countsTexts Another text tells nothing new, so that texts are counted too; otherwise each of them is one to look at.
 * @returns The cells to look at, by row; `null` where there is no compiled code, or the cells are not where it sees them.
 */
export function countClasses(cells: SeenCells, countsTexts: boolean): CountedCells | null {
  const { bytes, starts, ends, states, rows, plain, quoted = noState } = cells;
  const kernels = projectionKernels.current;
  if (kernels === null || rows < leastRows) return null;
  const [source, startsAt, endsAt, statesAt] = [bytes, starts, ends, states].map(offsetInArena) as [
    number,
    number,
    number,
    number,
  ];
  if (Math.min(source, startsAt, endsAt, statesAt) < 0) return null;
  const block = takeBytes((slots + rows * 3 + 1) * 4);
  try {
    const at = offsetInArena(block);
    if (at < 0) return null;
    const words = new Uint32Array(block.buffer, block.byteOffset, slots + rows * 3 + 1);
    words.fill(0, 0, slots);
    const met = slots;
    const hard = met + rows * 2;
    const metAt = at + met * 4;
    const hardAt = at + hard * 4;
    const texts = countsTexts ? 1 : 0;
    const count = kernels.countClasses(source, startsAt, endsAt, statesAt, rows, plain, quoted, texts, at, metAt, hardAt);
    return inOrder(words.subarray(met, met + count * 2), words.subarray(hard + 1, hard + 1 + words[hard]!), words);
  } finally {
    giveBytesBack(block);
  }
}

/** Both by row: slots with their first rows, and rows that have none. */
function inOrder(met: Uint32Array, hard: Uint32Array, histogram: Uint32Array): CountedCells {
  const rows = new Uint32Array(met.length / 2 + hard.length);
  const others = new Uint32Array(rows.length);
  let left = 0;
  let cells = 0;
  for (let index = 0; index < met.length; index += 2) {
    const row = met[index + 1]!;
    while (left < hard.length && hard[left]! < row) rows[cells++] = hard[left++]!;
    others[cells] = histogram[met[index]!]! - 1;
    rows[cells++] = row;
  }
  rows.set(hard.subarray(left), cells);
  return { rows, others };
}
