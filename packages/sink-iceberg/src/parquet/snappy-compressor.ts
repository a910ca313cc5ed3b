import { offsetInArena } from '@calve/core/plugin';
import { encoderKernels } from './encoder-kernels.ts';
import { PageBytes } from './page-bytes.ts';
import { ReusableBytes } from './reusable-bytes.ts';

// A fragment is compressed on its own, so that distances fit in two bytes.
const FRAGMENT = 65_536;
const MOST_SLOTS = 16_384;
const FEWEST_SLOTS = 256;
// The search stops this far before the end of a fragment: it looks ahead by words.
const MARGIN = 15;
const LONG_LITERAL = 60;

/**
 * Compresses in Snappy's block format. Its memory is used again: a result holds until the next call.
 *
 * @see https://github.com/google/snappy/blob/main/format_description.txt
 */
export class SnappyCompressor {
  readonly #out = new PageBytes(1024);
  /** Where four bytes with this hash were last seen, from the start of the fragment. */
  readonly #slots = new ReusableBytes();

  compress(input: Uint8Array): Uint8Array {
    const out = this.#out;
    out.clear();
    // What cannot be compressed grows by a sixth at most.
    out.reserve(32 + input.length + Math.ceil(input.length / 6));
    out.varint(input.length);
    for (let start = 0; start < input.length; start += FRAGMENT) {
      const end = Math.min(input.length, start + FRAGMENT);
      const slots = this.#slots.takeUint16(slotCount(end - start)).fill(0);
      out.length = fragment(input, start, end, out.bytes, out.length, slots);
    }
    return out.view();
  }

  /** Gives the memory back; it can be used again afterwards. */
  release(): void {
    this.#out.release();
    this.#slots.release();
  }
}

/** Compresses `source[start, end)` to `target` from `first` on. @param slots All zero. @returns The end of it. */
function fragment(source: Uint8Array, start: number, end: number, target: Uint8Array, first: number, slots: Uint16Array): number {
  const compiled = encoderKernels.current;
  const from = offsetInArena(source);
  const page = offsetInArena(target);
  const table = offsetInArena(slots);
  if (compiled !== null && from >= 0 && page >= 0 && table >= 0)
    return compiled.snappyFragment(from + start, from + end, page + first, table, slots.length) - page;
  const shift = Math.clz32(slots.length) + 1;
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const limit = end - MARGIN;
  let to = first;
  let pending = start;
  let at = start + 1;
  while (at <= limit) {
    // The longer nothing is found, the larger the steps.
    let candidate = start;
    for (let patience = 32; at <= limit; at += patience >>> 5, patience++) {
      const slot = slotOf(view, at, shift);
      candidate = start + slots[slot]!;
      slots[slot] = at - start;
      if (view.getInt32(candidate, true) === view.getInt32(at, true)) break;
    }
    if (at > limit) break;
    to = literal(source, pending, at, target, to);
    do {
      const length = 4 + equalBytes(view, candidate + 4, at + 4, end);
      to = copies(target, to, at - candidate, length);
      at += length;
      pending = at;
      if (at > limit) break;
      slots[slotOf(view, at - 1, shift)] = at - 1 - start;
      const slot = slotOf(view, at, shift);
      candidate = start + slots[slot]!;
      slots[slot] = at - start;
    } while (view.getInt32(candidate, true) === view.getInt32(at, true));
    at += 1;
  }
  return literal(source, pending, end, target, to);
}

function slotCount(bytes: number): number {
  let count = FEWEST_SLOTS;
  while (count < bytes && count < MOST_SLOTS) count *= 2;
  return count;
}

function slotOf(view: DataView, at: number, shift: number): number {
  return Math.imul(view.getInt32(at, true), 0x1e35_a7bd) >>> shift;
}

/** How many bytes at `a` and at `b`, which ends at `end`, are the same; four at a time while they are. */
function equalBytes(view: DataView, a: number, b: number, end: number): number {
  let length = 0;
  while (b + length + 4 <= end && view.getInt32(a + length) === view.getInt32(b + length)) length += 4;
  while (b + length < end && view.getUint8(a + length) === view.getUint8(b + length)) length += 1;
  return length;
}

function literal(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  const length = end - start;
  if (length === 0) return at;
  let to = at;
  const last = length - 1;
  if (last < LONG_LITERAL) target[to++] = last << 2;
  else if (last < 256) {
    target[to++] = LONG_LITERAL << 2;
    target[to++] = last;
  } else {
    target[to++] = (LONG_LITERAL + 1) << 2;
    target[to++] = last & 0xff;
    target[to++] = last >> 8;
  }
  if (length > 48) target.set(source.subarray(start, end), to);
  else for (let from = start, copy = to; from < end; from++, copy++) target[copy] = source[from]!;
  return to + length;
}

/** Copies of at most 64 bytes, none shorter than 4. */
function copies(target: Uint8Array, at: number, distance: number, length: number): number {
  let to = at;
  let left = length;
  while (left >= 68) {
    to = copy(target, to, distance, 64);
    left -= 64;
  }
  if (left > 64) {
    to = copy(target, to, distance, 60);
    left -= 60;
  }
  return copy(target, to, distance, left);
}

function copy(target: Uint8Array, at: number, distance: number, length: number): number {
  if (length < 12 && distance < 2048) {
    target[at] = 1 | ((length - 4) << 2) | ((distance >> 8) << 5);
    target[at + 1] = distance & 0xff;
    return at + 2;
  }
  target[at] = 2 | ((length - 1) << 2);
  target[at + 1] = distance & 0xff;
  target[at + 2] = distance >> 8;
  return at + 3;
}
