import { textBytesOf } from './cells-with-text.ts';
import type { SpecialNumbers } from './special-numbers.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const encoder = new TextEncoder();
const point = 0x2e;

/** How the kernels of floating numbers know those that are none; no number begins like them. */
const NAMES = new Map([Number.NaN, Infinity, -Infinity].map((value) => [value, encoder.encode(String(value))]));
const LONGEST_NAME = '-Infinity'.length;

/** The characters that a file uses in its numbers. */
export interface NumberStyle {
  /** Stands before the fraction. */
  decimal: string;
  /** Stands between groups of three digits before the fraction; may be left out of a number altogether. Null: never there. */
  group: string | null;
}

/**
 * A kernel for numbers as people write them: `1.234,50`. Each text is rewritten to the form that `kernel` reads, `1234.50`, before it
 * reads all of them. Groups have three digits, the first one to three; a number has all of its groups or none. Whatever else is in the
 * text is left for `kernel` to refuse.
 *
 * @param special Texts that stand for NaN and the infinities, if any: compared as they are in the file, and handed to `kernel` by their
 *   usual names, so that no number becomes such a text by its separators going.
 */
export function writtenNumberKernel(kernel: TextKernel, style: NumberStyle, special: SpecialNumbers | null): TextKernel {
  const rewriter = new NumberRewriter(style, special);
  return {
    convert(cells: TextCells) {
      rewriter.rewrite(cells);
      return kernel.convert(cells);
    },
  };
}

class NumberRewriter {
  readonly #decimal: Uint8Array;
  readonly #group: Uint8Array;
  readonly #special: SpecialNumbers | null;

  constructor({ decimal, group }: NumberStyle, special: SpecialNumbers | null) {
    this.#special = special;
    this.#decimal = encoder.encode(decimal);
    this.#group = encoder.encode(group ?? '');
  }

  /** Every text that may be a number stands in `scratch` afterwards; the others are bad. */
  rewrite(cells: TextCells): void {
    const from = cells.scratchLength;
    // No number becomes longer. What is in `scratch` already stays where it is while it is read.
    const text = cells.takeWork(from + textBytesOf(cells) + (this.#special === null ? 0 : cells.rows * LONGEST_NAME));
    cells.ownBounds();
    const { starts, ends, states, rows, source } = cells;
    text.set(cells.scratch.subarray(0, from));
    let length = from;
    for (let row = 0; row < rows; row++) {
      const state = states[row];
      if (state !== cellInSource && state !== cellInScratch) continue;
      const bytes = state === cellInSource ? source : text;
      const end = this.#rewriteCell(bytes, starts[row]!, ends[row]!, text, length);
      if (end < 0) {
        states[row] = cellIsBad;
        cells.bad += 1;
        continue;
      }
      states[row] = cellInScratch;
      starts[row] = length;
      ends[row] = end;
      length = end;
    }
    cells.replaceScratch(text, length);
  }

  /** The end of the rewritten text, -1 when it cannot be a number of this style. */
  #rewriteCell(bytes: Uint8Array, start: number, end: number, into: Uint8Array, to: number): number {
    if (start === end) return -1;
    let at = start;
    let target = to;
    const token = this.#special === null ? -1 : this.#special.indexOf(bytes, start, end);
    if (token >= 0) {
      const name = NAMES.get(this.#special!.values[token]!)!;
      into.set(name, to);
      return to + name.length;
    }
    if (at < end && (bytes[at] === 0x2d || bytes[at] === 0x2b)) into[target++] = bytes[at++]!;
    let digits = 0;
    let groups = 0;
    while (at < end) {
      if (isDigit(bytes[at]!)) {
        into[target++] = bytes[at++]!;
        digits += 1;
      } else if (this.#group.length > 0 && stands(this.#group, bytes, at, end)) {
        if (digits === 0 || digits > 3 || (groups > 0 && digits !== 3)) return -1;
        groups += 1;
        digits = 0;
        at += this.#group.length;
      } else break;
    }
    if (groups > 0 && digits !== 3) return -1;
    if (at === end) return target;
    if (stands(this.#decimal, bytes, at, end)) {
      into[target++] = point;
      at += this.#decimal.length;
    } else if ((bytes[at]! | 0x20) !== 0x65) return -1;
    // A second fraction is refused by the kernel, which finds two points.
    for (; at < end; at++) into[target++] = bytes[at]!;
    return target;
  }
}

function stands(token: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start < token.length) return false;
  for (let index = 0; index < token.length; index++) if (bytes[start + index] !== token[index]) return false;
  return true;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
