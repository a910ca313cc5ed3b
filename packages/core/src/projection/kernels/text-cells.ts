import { ArenaPieces } from '../../columns/arena-pieces.ts';
import type { CellsColumn, ColumnData, OffsetsColumn } from '../../columns/column-data.ts';
import type { ColumnType } from '../../columns/column-type.ts';
import { unescapeCell } from '../../columns/read-cell.ts';
import { CalveError } from '../../errors/calve-error.ts';
import { CompiledCells } from './compiled-cells.ts';
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
  /** Texts that do not stand in `source`; 0 bytes in use when there is none. */
  scratch: Uint8Array = new Uint8Array(256);
  scratchLength = 0;
  /** May be the column's own: whoever changes them calls `ownBounds` before. */
  starts: Uint32Array = new Uint32Array(0);
  ends: Uint32Array = new Uint32Array(0);
  states = new Uint8Array(0);
  nulls = 0;
  tooLong = 0;
  /** Counted by the kernel. */
  bad = 0;
  /** Where compiled kernels find all this. */
  readonly compiled = new CompiledCells();
  /** Where columns are put; null: on the heap. */
  #columns: ArenaPieces | null = null;
  /** What is only needed until the next column, or until `endBatch`. */
  readonly #work = new ArenaPieces();
  #stateBytes = new Uint8Array(0);
  #boundWords = new Uint32Array(0);
  #ownsBounds = false;

  /**
   * Until `endBatch` memory comes out of the arena, where compiled kernels can work on it. Without it everything is on the heap.
   *
   * @param columns Gets what the columns stand in that kernels make. Its owner gives it back when they are released.
   */
  beginBatch(columns: ArenaPieces): void {
    this.#columns = columns;
    this.#forget();
  }

  /** Gives back what is not part of a column. To be called however the batch ended. */
  endBatch(): void {
    this.#columns = null;
    this.#forget();
    this.#work.giveBack();
  }

  /** Memory for a column; what it holds at first means nothing. */
  takeColumn(bytes: number): Uint8Array<ArrayBuffer> {
    return this.#columns === null ? new Uint8Array(bytes) : this.#columns.take(bytes);
  }

  /** Memory that is needed until the next column is loaded, or longer. */
  takeWork(bytes: number): Uint8Array<ArrayBuffer> {
    return this.#columns === null ? new Uint8Array(bytes) : this.#work.take(bytes);
  }

  /** Takes the cells of a column; `undefined` means a column that the batch does not have: all null. */
  load(column: ColumnData | undefined, rows: number, preparation: TextPreparation): void {
    this.#reset(rows);
    if (column === undefined) {
      this.states.fill(cellIsNull, 0, rows);
      this.nulls = rows;
      return;
    }
    if (column.layout === 'cells') {
      this.source = column.source;
      this.starts = column.starts;
      this.ends = column.ends;
    } else if (column.layout === 'offsets') {
      const { offsets } = column;
      this.source = column.bytes;
      this.starts = new Uint32Array(offsets.buffer, offsets.byteOffset, rows);
      this.ends = new Uint32Array(offsets.buffer, offsets.byteOffset + 4, rows);
    } else
      throw new CalveError(
        'INTERNAL',
        `A text column came in the layout "${column.layout}"; decoders make "cells" or "offsets".`,
        {
          recovery: 'report',
        },
      );
    this.compiled.point(this);
    const nulls = isEscaped(column) ? -1 : this.compiled.loadStates(this, column.validity, preparation);
    if (nulls >= 0) this.nulls = nulls;
    else this.#prepare(column, preparation);
  }

  /** Makes `starts` and `ends` the caller's to change. */
  ownBounds(): void {
    if (this.#ownsBounds) return;
    const { rows } = this;
    if (this.#boundWords.length < 2 * rows) {
      const bytes = this.takeWork(rows * 8);
      this.#boundWords = new Uint32Array(bytes.buffer, bytes.byteOffset, 2 * rows);
    }
    const words = this.#boundWords;
    words.set(this.starts.subarray(0, rows));
    words.set(this.ends.subarray(0, rows), rows);
    this.starts = words.subarray(0, rows);
    this.ends = words.subarray(rows, 2 * rows);
    this.#ownsBounds = true;
    this.compiled.point(this);
  }

  /** Puts other bytes behind `cellInScratch`, of which `length` are in use. They come from `takeWork`. */
  replaceScratch(bytes: Uint8Array, length: number): void {
    this.scratch = bytes;
    this.scratchLength = length;
    this.compiled.point(this);
  }

  #forget(): void {
    this.#stateBytes = new Uint8Array(0);
    this.#boundWords = new Uint32Array(0);
    this.scratch = new Uint8Array(0);
    this.compiled.forget();
  }

  #reset(rows: number): void {
    if (this.#stateBytes.length < rows) this.#stateBytes = this.takeWork(rows);
    this.states = this.#stateBytes;
    this.rows = rows;
    this.nulls = 0;
    this.tooLong = 0;
    this.bad = 0;
    this.scratchLength = 0;
    this.#ownsBounds = false;
    this.compiled.kernels = null;
  }

  #prepare(column: CellsColumn | OffsetsColumn, { trim, nulls, longest }: TextPreparation): void {
    this.#loadValidity((column as ColumnData).validity);
    if (isEscaped(column)) this.#unescapeAll(column);
    if (trim) this.#trim();
    if (nulls !== null || longest < Number.POSITIVE_INFINITY) this.#takeOut(nulls, longest);
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

  #unescapeAll(column: EscapedColumn): void {
    const { states, rows } = this;
    const { quoted } = column;
    this.ownBounds();
    for (let row = 0; row < rows; row++) if (quoted[row] === 2 && states[row] === cellInSource) this.#unescape(column, row);
    this.compiled.point(this);
  }

  #unescape(column: CellsColumn, row: number): void {
    const start = this.starts[row]!;
    const end = this.ends[row]!;
    const at = this.scratchLength;
    if (at + end - start > this.scratch.length) {
      const larger = this.takeWork((at + end - start) * 2 + 256);
      larger.set(this.scratch.subarray(0, at));
      this.replaceScratch(larger, at);
    }
    this.scratchLength = unescapeCell(column, start, end, this.scratch, at);
    this.states[row] = cellInScratch;
    this.starts[row] = at;
    this.ends[row] = this.scratchLength;
  }

  #trim(): void {
    this.ownBounds();
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

  /** Null tokens, and texts that are too long. */
  #takeOut(tokens: TextTokens | null, longest: number): void {
    const { starts, ends, states, rows } = this;
    const longestToken = tokens === null ? -1 : tokens.longest;
    for (let row = 0; row < rows; row++) {
      const length = ends[row]! - starts[row]!;
      // Of most texts the length says that they are neither. Characters are counted only where there could be too many: one has a byte at least.
      if (length > longestToken && length <= longest) continue;
      const state = states[row]!;
      if (state === cellIsNull) continue;
      const bytes = state === cellInSource ? this.source : this.scratch;
      if (tokens?.has(bytes, starts[row]!, ends[row]!)) {
        states[row] = cellIsNull;
        this.nulls += 1;
      } else if (length > longest && characters(bytes, starts[row]!, ends[row]!) > longest) {
        states[row] = cellTooLong;
        this.tooLong += 1;
      }
    }
  }
}

type EscapedColumn = CellsColumn & { quoted: Uint8Array };

function isEscaped(column: CellsColumn | OffsetsColumn): column is EscapedColumn {
  return column.layout === 'cells' && column.quoted !== undefined && column.escaping !== 'none';
}

/** Code points of valid UTF-8: the bytes that do not continue another. */
function characters(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) if ((bytes[at]! & 0xc0) !== 0x80) count++;
  return count;
}
