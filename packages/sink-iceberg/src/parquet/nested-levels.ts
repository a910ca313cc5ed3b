import { packBytes } from './definition-levels.ts';
import type { GrowingBytes } from './growing-bytes.ts';
import { writeUint32 } from './growing-bytes.ts';
import type { LeafLevels } from './leaf-levels.ts';

/** Appends the levels of slots `[start, end)` as data pages of version 1 have them: repetition, then definition, each left out where it can only be 0. */
export function nestedLevels(out: GrowingBytes, levels: LeafLevels, start: number, end: number): void {
  const { highestDefinition, highestRepetition, definition, repetition } = levels;
  if (repetition !== null) levelRun(out, repetition, highestRepetition, start, end);
  if (definition !== null) levelRun(out, definition, highestDefinition, start, end);
  else if (highestDefinition > 0) {
    const lengthAt = beginLength(out);
    repeatedRun(out, highestDefinition, end - start);
    endLength(out, lengthAt);
  }
}

/** The length, then one run: repeated if all levels are the same, bit-packed otherwise. @param highest 1 to 255. */
function levelRun(out: GrowingBytes, levels: Uint8Array, highest: number, start: number, end: number): void {
  const lengthAt = beginLength(out);
  if (isConstant(levels, start, end)) repeatedRun(out, levels[start]!, end - start);
  else {
    const groups = (end - start + 7) >> 3;
    const width = 32 - Math.clz32(highest);
    out.varint(groups * 2 + 1);
    out.reserve(groups * width);
    if (width === 1) packBytes(levels, start, end, out.bytes, out.length);
    else packLevels(levels, start, end, width, out.bytes, out.length);
    out.length += groups * width;
  }
  endLength(out, lengthAt);
}

function repeatedRun(out: GrowingBytes, level: number, count: number): void {
  out.varint(count * 2);
  out.byte(level);
}

function beginLength(out: GrowingBytes): number {
  out.uint32(0);
  return out.length;
}

function endLength(out: GrowingBytes, from: number): void {
  writeUint32(out.bytes, from - 4, out.length - from);
}

function isConstant(levels: Uint8Array, start: number, end: number): boolean {
  const first = levels[start];
  for (let at = start + 1; at < end; at++) if (levels[at] !== first) return false;
  return true;
}

/** Packs levels least significant bit first, the last group of eight filled with zeros. `target` has room for them. */
function packLevels(levels: Uint8Array, start: number, end: number, width: number, target: Uint8Array, first: number): void {
  const last = first + ((end - start + 7) >> 3) * width;
  let to = first;
  let at = start;
  if (width <= 4)
    for (const whole = end - 7; at < whole; at += 8) {
      let group = levels[at]! | (levels[at + 1]! << width) | (levels[at + 2]! << (width * 2)) | (levels[at + 3]! << (width * 3));
      group |=
        (levels[at + 4]! | (levels[at + 5]! << width) | (levels[at + 6]! << (width * 2)) | (levels[at + 7]! << (width * 3))) <<
        (width * 4);
      for (let byte = 0; byte < width; byte++, group >>>= 8) target[to++] = group & 0xff;
    }
  let bits = 0;
  let filled = 0;
  for (; at < end; at++) {
    bits |= levels[at]! << filled;
    filled += width;
    if (filled >= 8) {
      target[to++] = bits & 0xff;
      bits >>>= 8;
      filled -= 8;
    }
  }
  for (; to < last; bits >>>= 8) target[to++] = bits & 0xff;
}
