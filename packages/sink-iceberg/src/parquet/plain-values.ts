import { offsetInArena } from '@calve/core/plugin';
import type { ColumnValues } from './column-values.ts';
import { packBytes } from './definition-levels.ts';
import type { EncoderKernels } from './encoder-kernels.ts';
import { encoderKernels } from './encoder-kernels.ts';
import type { GrowingBytes } from './growing-bytes.ts';
import type { PhysicalType } from './physical-type.ts';

// Past this length a call that copies is faster than a loop.
const LONG = 64;
// Most texts are one step long: whatever their length is, the processor guesses right.
const STEP = 16;

/**
 * Appends values in the encoding PLAIN.
 *
 * @param rows Row numbers of the column; `null`: the numbers themselves, `[start, end)`.
 * @param start First of `rows` that is taken. @param end Behind the last.
 */
export function plainValues(
  out: GrowingBytes,
  type: PhysicalType,
  values: ColumnValues,
  rows: Int32Array | null,
  start: number,
  end: number,
): void {
  const size = storedBytes(type, values, rows, start, end);
  // Texts are copied in steps, and so written a few bytes too far.
  out.reserve(size + STEP);
  const compiled = encoderKernels.current;
  if (compiled === null || !compiledValues(compiled, out, type, values, rows, start, end))
    writeValues(out.bytes, out.length, type, values, rows, start, end);
  out.length += size;
}

/** @returns False: there is no kernel for it, or it does not see the memory, and nothing was written. */
function compiledValues(
  compiled: EncoderKernels,
  out: GrowingBytes,
  { form, width, storedWidth }: PhysicalType,
  { bytes, offsets }: ColumnValues,
  rows: Int32Array | null,
  start: number,
  end: number,
): boolean {
  const page = offsetInArena(out.bytes);
  const values = offsetInArena(bytes);
  const rowNumbers = rows === null ? 0 : offsetInArena(rows);
  if (page < 0 || values < 0 || rowNumbers < 0) return false;
  const target = page + out.length;
  if (form === 'lengths') {
    const places = offsetInArena(offsets!);
    if (places < 0) return false;
    compiled.plainTexts(values, places, rowNumbers, start, end, target);
  } else if (form === 'low-word') compiled.lowWords(values, rowNumbers, start, end, target);
  else if (form === 'big-endian') compiled.bigEndian(values, storedWidth, rowNumbers, start, end, target);
  else if (form === 'copy' && rows !== null) compiled.gathered(values, width, rowNumbers, start, end, target);
  else return false;
  return true;
}

function writeValues(
  target: Uint8Array,
  at: number,
  { form, width, storedWidth }: PhysicalType,
  { bytes, offsets }: ColumnValues,
  rows: Int32Array | null,
  start: number,
  end: number,
): void {
  if (form === 'lengths') lengthsAndBytes(target, at, bytes, offsets!, rows, start, end);
  else if (form === 'bits') packBits(target, at, bytes, rows, start, end);
  else if (form === 'low-word') lowWords(target, at, bytes, rows, start, end);
  else if (form === 'big-endian') reversed(target, at, bytes, width, storedWidth, rows, start, end);
  else if (rows === null) target.set(bytes.subarray(start * width, end * width), at);
  else gathered(target, at, bytes, width, rows, start, end);
}

function storedBytes(
  { form, storedWidth }: PhysicalType,
  { offsets }: ColumnValues,
  rows: Int32Array | null,
  start: number,
  end: number,
): number {
  if (form === 'bits') return (end - start + 7) >> 3;
  return offsets === null ? (end - start) * storedWidth : textBytes(offsets, rows, start, end);
}

function textBytes(offsets: Int32Array, rows: Int32Array | null, start: number, end: number): number {
  const lengths = (end - start) * 4;
  if (rows === null) return offsets[end]! - offsets[start]! + lengths;
  let sum = 0;
  for (let at = start; at < end; at++) sum += offsets[rows[at]! + 1]! - offsets[rows[at]!]!;
  return sum + lengths;
}

function packBits(target: Uint8Array, at: number, bytes: Uint8Array, rows: Int32Array | null, start: number, end: number): void {
  if (rows === null) {
    packBytes(bytes, start, end, target, at);
    return;
  }
  target.fill(0, at, at + ((end - start + 7) >> 3));
  for (let bit = 0; bit < end - start; bit++) target[at + (bit >> 3)]! |= bytes[rows[start + bit]!]! << (bit & 7);
}

/** Sixteen bytes at a time, also past the end of a value: what comes after it in the page is written later. */
function lengthsAndBytes(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  offsets: Int32Array,
  rows: Int32Array | null,
  start: number,
  end: number,
): void {
  const source64 = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const target64 = new DataView(target.buffer, target.byteOffset, target.byteLength);
  const lastStep = bytes.length - STEP;
  let to = at;
  for (let i = start; i < end; i++) {
    const row = rows === null ? i : rows[i]!;
    let from = offsets[row]!;
    const last = offsets[row + 1]!;
    const length = last - from;
    target64.setInt32(to, length, true);
    to += 4;
    const next = to + length;
    if (length > LONG) target.set(bytes.subarray(from, last), to);
    else if (last > lastStep) while (to < next) target[to++] = bytes[from++]!;
    else
      for (; to < next; to += STEP, from += STEP) {
        target64.setBigInt64(to, source64.getBigInt64(from, true), true);
        target64.setBigInt64(to + 8, source64.getBigInt64(from + 8, true), true);
      }
    to = next;
  }
}

function gathered(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  width: number,
  rows: Int32Array,
  start: number,
  end: number,
): void {
  let to = at;
  for (let i = start; i < end; i++) {
    const from = rows[i]! * width;
    for (let byte = 0; byte < width; byte++) target[to + byte] = bytes[from + byte]!;
    to += width;
  }
}

function lowWords(target: Uint8Array, at: number, bytes: Uint8Array, rows: Int32Array | null, start: number, end: number): void {
  let to = at;
  for (let i = start; i < end; i++) {
    const from = (rows === null ? i : rows[i]!) * 8;
    target[to] = bytes[from]!;
    target[to + 1] = bytes[from + 1]!;
    target[to + 2] = bytes[from + 2]!;
    target[to + 3] = bytes[from + 3]!;
    to += 4;
  }
}

function reversed(
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  width: number,
  storedWidth: number,
  rows: Int32Array | null,
  start: number,
  end: number,
): void {
  let to = at;
  for (let i = start; i < end; i++) {
    const from = (rows === null ? i : rows[i]!) * width;
    for (let byte = storedWidth - 1; byte >= 0; byte--) target[to++] = bytes[from + byte]!;
  }
}
