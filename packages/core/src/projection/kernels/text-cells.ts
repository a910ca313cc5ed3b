import type { CellsColumn, ColumnData, OffsetsColumn } from '../../columns/column-data.ts';
import type { ColumnType } from '../../columns/column-type.ts';
import { unescapeCell } from '../../columns/read-cell.ts';
import { CalveError } from '../../errors/calve-error.ts';
import type { TextTokens } from './text-tokens.ts';

/** States of a cell: nothing there, text in `source`, text in `scratch`, longer than the guard allows, not of the type. */
export const cellIsNull = 0;
export const cellInSource = 1;
export const cellInScratch = 2;
const cellTooLong = 3;
export const cellIsBad = 4;

/** Longest text of a number, boolean, date or timestamp, in characters (facts of both engines: longer ones are never converted). */
export const longestTypedText = 1_000;

/** Longest text of a value of `type`, in characters: strings and bytes have no limit. */
export function longestTextOf({ kind }: ColumnType): number {
  return kind === 'string' || kind === 'binary' || kind === 'fixed' ? Number.POSITIVE_INFINITY : longestTypedText;
}

/** How the cells of a column are prepared before they are converted. */
export interface TextPreparation {
  /** Drop U+0000 to U+0020 at both ends. */
  trim: boolean;
  /** Texts that mean null, compared after trimming. */
  nulls: TextTokens | null;
  /** Longest text in characters; longer ones become `cellTooLong`. */
  longest: number;
}

/**
 * The texts of one column, ready for a kernel: trimmed, null tokens taken out, escapes resolved. Row `i` is `[starts[i], ends[i])` of
 * `source` or `scratch`, as `states[i]` says. One instance serves all columns of all batches; `load` fills it again.
 */
export class TextCells {
  rows = 0;
  source: Uint8Array = new Uint8Array(0);
  scratch: Uint8Array = new Uint8Array(256);
  starts = new Uint32Array(0);
  ends = new Uint32Array(0);
  states = new Uint8Array(0);
  nulls = 0;
  tooLong = 0;
  /** Counted by the kernel. */
  bad = 0;
  /** Bytes of `scratch` in use; 0 when no cell had to be unescaped. */
  scratchLength = 0;

  /** Takes the cells of a column; `undefined` means a column that the batch does not have: all null. */
  load(column: ColumnData | undefined, rows: number, { trim, nulls, longest }: TextPreparation): void {
    this.#reset(rows);
    if (column === undefined) {
      this.states.fill(cellIsNull, 0, rows);
      this.nulls = rows;
      return;
    }
    if (column.layout === 'cells') this.#loadCells(column, column.validity);
    else if (column.layout === 'offsets') this.#loadOffsets(column, column.validity);
    else
      throw new CalveError(
        'INTERNAL',
        `A text column came in the layout "${column.layout}"; decoders make "cells" or "offsets".`,
        {
          recovery: 'report',
        },
      );
    if (trim) this.#trim();
    if (nulls !== null) this.#takeOutNulls(nulls);
    if (longest < Number.POSITIVE_INFINITY) this.#takeOutLong(longest);
  }

  /** Bytes of all cells that hold text. */
  textBytes(): number {
    let total = 0;
    for (let row = 0; row < this.rows; row++) {
      const state = this.states[row];
      if (state === cellInSource || state === cellInScratch) total += this.ends[row]! - this.starts[row]!;
    }
    return total;
  }

  /** The validity of the converted column: nothing when every cell became a value. */
  validity(): { validity?: Uint8Array } {
    if (this.nulls + this.tooLong + this.bad === 0) return {};
    const { states, rows } = this;
    const validity = new Uint8Array((rows + 7) >> 3);
    for (let row = 0; row < rows; row++) {
      const state = states[row];
      const bit = state === cellInSource || state === cellInScratch ? 1 : 0;
      validity[row >> 3]! |= bit << (row & 7);
    }
    return { validity };
  }

  #reset(rows: number): void {
    if (this.states.length < rows) {
      this.starts = new Uint32Array(rows);
      this.ends = new Uint32Array(rows);
      this.states = new Uint8Array(rows);
    }
    this.rows = rows;
    this.nulls = 0;
    this.tooLong = 0;
    this.bad = 0;
    this.scratchLength = 0;
  }

  #loadCells(column: CellsColumn, validity: Uint8Array | undefined): void {
    const { states, rows } = this;
    const { quoted, escaping } = column;
    this.source = column.source;
    this.starts.set(rows === column.starts.length ? column.starts : column.starts.subarray(0, rows));
    this.ends.set(rows === column.ends.length ? column.ends : column.ends.subarray(0, rows));
    this.#loadValidity(validity);
    if (quoted === undefined || escaping === 'none') return;
    for (let row = 0; row < rows; row++) if (quoted[row] === 2 && states[row] === cellInSource) this.#unescape(column, row);
  }

  #loadOffsets({ bytes, offsets }: OffsetsColumn, validity: Uint8Array | undefined): void {
    const { rows } = this;
    this.source = bytes;
    this.starts.set(offsets.subarray(0, rows));
    this.ends.set(offsets.subarray(1, rows + 1));
    this.#loadValidity(validity);
  }

  #loadValidity(validity: Uint8Array | undefined): void {
    const { states, rows } = this;
    if (validity === undefined) {
      states.fill(cellInSource, 0, rows);
      return;
    }
    let values = 0;
    for (let row = 0; row < rows; row++) {
      // The bit of a value is `cellInSource`, that of a null `cellIsNull`.
      const bit = (validity[row >> 3]! >> (row & 7)) & 1;
      states[row] = bit;
      values += bit;
    }
    this.nulls = rows - values;
  }

  #unescape(column: CellsColumn, row: number): void {
    const start = this.starts[row]!;
    const end = this.ends[row]!;
    const at = this.scratchLength;
    if (at + end - start > this.scratch.length) {
      const larger = new Uint8Array((at + end - start) * 2);
      larger.set(this.scratch.subarray(0, at));
      this.scratch = larger;
    }
    this.scratchLength = unescapeCell(column, start, end, this.scratch, at);
    this.states[row] = cellInScratch;
    this.starts[row] = at;
    this.ends[row] = this.scratchLength;
  }

  #trim(): void {
    const { starts, ends, states, rows } = this;
    for (let row = 0; row < rows; row++) {
      const state = states[row]!;
      if (state === cellIsNull) continue;
      const bytes = state === cellInSource ? this.source : this.scratch;
      let start = starts[row]!;
      let end = ends[row]!;
      while (start < end && bytes[start]! <= 0x20) start++;
      while (end > start && bytes[end - 1]! <= 0x20) end--;
      starts[row] = start;
      ends[row] = end;
    }
  }

  #takeOutNulls(tokens: TextTokens): void {
    const { starts, ends, states, rows } = this;
    for (let row = 0; row < rows; row++) {
      const state = states[row]!;
      if (state === cellIsNull) continue;
      if (!tokens.has(state === cellInSource ? this.source : this.scratch, starts[row]!, ends[row]!)) continue;
      states[row] = cellIsNull;
      this.nulls += 1;
    }
  }

  #takeOutLong(longest: number): void {
    const { starts, ends, states, rows } = this;
    for (let row = 0; row < rows; row++) {
      // Characters are counted only where there could be too many: a character has one byte at least.
      if (ends[row]! - starts[row]! <= longest) continue;
      const state = states[row]!;
      if (state === cellIsNull) continue;
      if (characters(state === cellInSource ? this.source : this.scratch, starts[row]!, ends[row]!) <= longest) continue;
      states[row] = cellTooLong;
      this.tooLong += 1;
    }
  }
}

/** Code points of valid UTF-8: the bytes that do not continue another. */
function characters(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}
