import { equalBytes, hashBytes } from '../spec/distinct-bytes.ts';
import type { TextBuffer } from './text-buffer.ts';

const SLOTS = 4096;
const TRIAL = 4096;

/**
 * Views of the values of a text buffer, where equal values share one view if they were seen not long ago: the writer's dictionary
 * recognises it at once. Gives up on columns in which hardly anything repeats.
 */
export function repeatedValues(buffer: TextBuffer): (row: number) => Uint8Array {
  const { bytes, offsets } = buffer;
  const recent = new Array<Uint8Array | undefined>(SLOTS);
  let looked = 0;
  let found = 0;
  return (row) => {
    const start = offsets[row]!;
    const end = offsets[row + 1]!;
    if (looked === TRIAL && found < TRIAL / 8) return bytes.subarray(start, end);
    if (looked < TRIAL) looked += 1;
    const slot = hashBytes(bytes, start, end) & (SLOTS - 1);
    const known = recent[slot];
    if (known !== undefined && equalBytes(known, bytes, start, end)) {
      found += 1;
      return known;
    }
    const view = bytes.subarray(start, end);
    recent[slot] = view;
    return view;
  };
}
