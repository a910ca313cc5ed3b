import type { ColumnData } from '@calve/core/plugin';
import { CalveError, giveBytesBack } from '@calve/core/plugin';
import { grown } from './column-memory.ts';
import { expandBits } from './expand-bits.ts';
import type { Selection } from './selection.ts';

/** Row count and nulls of a column buffer: the part that all of them share. */
export class ValidityBuffer {
  rows = 0;
  nulls = 0;
  valid: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  appendNulls(count: number): void {
    this.#reserve(count);
    this.valid.fill(0, this.rows, this.rows + count);
    this.rows += count;
    this.nulls += count;
  }

  /** Adds a row that has a value. */
  protected appendValid(): void {
    this.#reserve(1);
    this.valid[this.rows++] = 1;
  }

  clear(): void {
    this.rows = 0;
    this.nulls = 0;
  }

  /** Forgets all rows and gives the memory back. More rows can be added afterwards. */
  release(): void {
    this.clear();
    giveBytesBack(this.valid);
    this.valid = new Uint8Array(0);
  }

  /** Adds the validity of the selected rows. */
  protected appendValidity({ validity }: ColumnData, { rows, start, end, contiguous }: Selection): void {
    this.#reserve(end - start);
    const { valid } = this;
    if (validity === undefined && contiguous) {
      valid.fill(1, this.rows, this.rows + end - start);
      this.rows += end - start;
      return;
    }
    if (validity !== undefined && contiguous) {
      this.#expand(validity, rows[start]!, end - start);
      return;
    }
    for (let i = start; i < end; i++) {
      const row = rows[i]!;
      const has = row !== -1 && (validity === undefined || (validity[row >> 3]! & (1 << (row & 7))) !== 0) ? 1 : 0;
      valid[this.rows++] = has;
      this.nulls += 1 - has;
    }
  }

  /** Adds the bits of rows that follow each other. */
  #expand(bits: Uint8Array, first: number, count: number): void {
    this.nulls += count - expandBits(bits, first, count, this.valid, this.rows);
    this.rows += count;
  }

  /** Which rows have a value, one bit per row; nothing when all of them have. */
  protected packedValidity(): { validity?: Uint8Array } {
    return this.nulls === 0 ? {} : { validity: packBits(this.valid, this.rows) };
  }

  #reserve(count: number): void {
    if (this.rows + count > this.valid.length) this.valid = grown(this.valid, this.rows, this.rows + count);
  }
}

/** One bit per row of bytes that are 0 or 1. */
export function packBits(bytes: Uint8Array, rows: number): Uint8Array {
  const bits = new Uint8Array((rows + 7) >> 3);
  for (let row = 0; row < rows; row++) if (bytes[row] === 1) bits[row >> 3]! |= 1 << (row & 7);
  return bits;
}

/** An error for a column whose memory layout does not belong to its type. */
export function layoutMisfit(expected: string, column: ColumnData): CalveError {
  const width = column.layout === 'fixed' ? ` of ${column.width} bytes` : '';
  return new CalveError('INTERNAL', `A column has the layout "${column.layout}"${width} where its type needs ${expected}.`);
}
