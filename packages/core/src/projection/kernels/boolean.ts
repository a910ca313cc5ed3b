import type { ColumnData } from '../../columns/column-data.ts';
import type { TextCells } from './text-cells.ts';
import { cellInScratch, cellInSource, cellIsBad } from './text-cells.ts';
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
  return {
    convert(cells: TextCells): ColumnData {
      const values = new Uint8Array((cells.rows + 7) >> 3);
      convertRows(reader, cells.source, cellInSource, cells, values);
      if (cells.scratchLength > 0) convertRows(reader, cells.scratch, cellInScratch, cells, values);
      return { layout: 'fixed', width: 0, values, ...cells.validity() };
    },
  };
}

function convertRows(reader: BooleanReader, bytes: Uint8Array, wanted: number, cells: TextCells, values: Uint8Array): void {
  const { starts, ends, states, rows } = cells;
  for (let row = 0; row < rows; row++) {
    if (states[row] !== wanted) continue;
    const value = reader.read(bytes, starts[row]!, ends[row]!);
    if (value === 1) values[row >> 3]! |= 1 << (row & 7);
    if (value >= 0) continue;
    states[row] = cellIsBad;
    cells.bad += 1;
  }
}

class BooleanReader {
  /** True texts first; `#trueCount` of them. */
  readonly #tokens: readonly Uint8Array[];
  readonly #trueCount: number;
  readonly #texts: ReadonlyMap<string, number>;

  constructor(trueTexts: readonly string[], falseTexts: readonly string[]) {
    const lower = [...trueTexts, ...falseTexts].map((text) => text.toLowerCase());
    this.#trueCount = trueTexts.length;
    this.#tokens = lower.map((text) => encoder.encode(text));
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
