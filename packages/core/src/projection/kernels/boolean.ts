import { type FixedReading, fixedColumn } from './fixed-cells.ts';
import { packedCount, packTokens } from './packed-tokens.ts';
import type { TextCells } from './text-cells.ts';
import { cellIsBad } from './text-cells.ts';
import type { TextKernel } from './text-kernel.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * boolean: the text in lower case is in one of two lists. Lower case follows Unicode, so the Kelvin sign is a `k`; only texts with
 * characters outside ASCII need a string for that.
 *
 * @param trueTexts Texts that mean true, in any case. A text in both lists is true.
 * @param falseTexts Texts that mean false.
 */
export function booleanKernel(trueTexts: readonly string[], falseTexts: readonly string[]): TextKernel {
  const reader = new BooleanReader(trueTexts, falseTexts);
  const reading: FixedReading = {
    width: 0,
    readRows: (cells, bytes, wanted, view) => readRows(reader, cells, bytes, wanted, view),
    readCell: (bytes, start, end, view, row) => readBoolean(reader, bytes, start, end, view, row),
  };
  const { packed } = reader;
  return {
    convert(cells) {
      if (packed === null || cells.compiled.kernels === null) return fixedColumn(cells, reading);
      const tokens = cells.compiled.placeTokens(cells, packed);
      const count = packedCount(packed);
      const compiled: FixedReading['compiled'] = (kernels, at, first, rows, values) =>
        kernels.booleanCells(at.source, at.scratch, at.starts, at.ends, at.states, first, rows, values, tokens, count);
      return fixedColumn(cells, tokens < 0 ? reading : { ...reading, compiled });
    },
  };
}

function readRows(reader: BooleanReader, cells: TextCells, bytes: Uint8Array, wanted: number, view: DataView): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted || readBoolean(reader, bytes, starts[row]!, ends[row]!, view, row)) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

/** Sets the bit of a text that means true; false when it means neither. */
function readBoolean(reader: BooleanReader, bytes: Uint8Array, start: number, end: number, view: DataView, row: number): boolean {
  const value = reader.read(bytes, start, end);
  if (value === 1) view.setUint8(row >> 3, view.getUint8(row >> 3) | (1 << (row & 7)));
  return value >= 0;
}

class BooleanReader {
  /** True texts first; `#trueCount` of them. */
  readonly #tokens: readonly Uint8Array[];
  readonly #trueCount: number;
  readonly #texts: ReadonlyMap<string, number>;
  /** The tokens for compiled kernels; null when they are too many or too long for them. */
  readonly packed: Uint8Array | null;

  constructor(trueTexts: readonly string[], falseTexts: readonly string[]) {
    const lower = [...trueTexts, ...falseTexts].map((text) => text.toLowerCase());
    this.#trueCount = trueTexts.length;
    this.#tokens = lower.map((text) => encoder.encode(text));
    this.packed = packTokens(
      this.#tokens,
      lower.map((_, index) => (index < trueTexts.length ? 1 : 0)),
    );
    this.#texts = new Map(lower.map((text, index): [string, number] => [text, index < trueTexts.length ? 1 : 0]).reverse());
  }

  /** 1, 0, or -1 for a text in neither list. */
  read(bytes: Uint8Array, start: number, end: number): number {
    const tokens = this.#tokens;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]!;
      if (token.length !== end - start) continue;
      let at = 0;
      while (at < token.length && token[at] === asciiLower(bytes[start + at]!)) at++;
      if (at === token.length) return index < this.#trueCount ? 1 : 0;
    }
    for (let at = start; at < end; at++) {
      if (bytes[at]! >= 0x80) return this.#texts.get(decoder.decode(bytes.subarray(start, end)).toLowerCase()) ?? -1;
    }
    return -1;
  }
}

function asciiLower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}
