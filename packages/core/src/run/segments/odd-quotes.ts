import { giveBytesBack, offsetInArena, takeBytes } from '../../columns/arena.ts';
import { NodeBuffer } from '../../columns/node-buffer.ts';
import { projectionKernels } from '../../projection/compiled-kernels.ts';

/** Where quotes are nearer to each other, a loop over all bytes is done sooner than searches. */
const LEAST_DISTANCE = 1024;
/** A few may stand together, as in a header. */
const MOST_TOGETHER = 8;
const NO_WORDS = new Uint32Array(0);

/**
 * Whether a byte stands in `bytes[0, to)` an odd number of times.
 *
 * Most files have few quotes, and Node's search is native. In the others a kernel counts them, where there is one.
 */
export function hasOddNumber(bytes: Uint8Array, to: number, quote: number): boolean {
  const searched = NodeBuffer?.from(bytes.buffer, bytes.byteOffset, to);
  let from = 0;
  let count = 0;
  while (searched && count <= MOST_TOGETHER + from / LEAST_DISTANCE) {
    const at = searched.indexOf(quote, from);
    if (at < 0) return (count & 1) === 1;
    count += 1;
    from = at + 1;
  }
  const rest = countCompiled(bytes, from, to, quote) ?? oddByWords(bytes, from, to, quote);
  return ((count + rest) & 1) === 1;
}

/** Kernels see only what is in the arena; so much stays in the processor's cache while it is copied and counted. */
const COPIED_BYTES = 64 * 1024;

/** @returns null: there is no kernel, or no memory that it sees. */
function countCompiled(bytes: Uint8Array, from: number, to: number, quote: number): number | null {
  const compiled = projectionKernels.current;
  if (compiled === null || to - from < LEAST_DISTANCE) return null;
  const copy = takeBytes(Math.min(COPIED_BYTES, to - from));
  try {
    const offset = offsetInArena(copy);
    if (offset < 0) return null;
    let count = 0;
    for (let at = from; at < to; at += COPIED_BYTES) {
      const end = Math.min(to, at + COPIED_BYTES);
      copy.set(bytes.subarray(at, end));
      count += compiled.countByte(offset, offset + end - at, quote);
    }
    return count;
  } finally {
    giveBytesBack(copy);
  }
}

/**
 * Four bytes at a time: each lane of `marks` says whether that byte was the quote an odd number of times.
 *
 * @returns 0 for an even number of quotes in `bytes[from, to)`, 1 for an odd one.
 */
function oddByWords(bytes: Uint8Array, from: number, to: number, quote: number): number {
  const aligned = (from + 3) & -4;
  const first = Math.min(to, aligned);
  const words = aligned < to ? new Uint32Array(bytes.buffer, bytes.byteOffset + aligned, (to - aligned) >> 2) : NO_WORDS;
  const pattern = quote * 0x01010101;
  let marks = 0;
  for (let at = 0; at < words.length; at += 1) {
    const other = (words[at] as number) ^ pattern;
    // The high bit of a lane is clear where the byte is the quote. No lane carries into the next one.
    marks ^= ((other & 0x7f7f7f7f) + 0x7f7f7f7f) | other;
  }
  // Every word set the high bits of the lanes that are something else.
  if ((words.length & 1) === 1) marks = ~marks;
  let count = ((marks >>> 7) & 1) + ((marks >>> 15) & 1) + ((marks >>> 23) & 1) + ((marks >>> 31) & 1);
  for (let at = from; at < first; at += 1) if (bytes[at] === quote) count += 1;
  for (let at = first + words.length * 4; at < to; at += 1) if (bytes[at] === quote) count += 1;
  return count & 1;
}
