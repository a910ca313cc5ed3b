import type { ColumnData } from '@calve/core/plugin';
import { giveBytesBack } from '@calve/core/plugin';
import { appendColumn } from './append-column.ts';
import { ascendingRows } from './ascending-rows.ts';
import type { AppendOnlyBuffer, ColumnBuffer } from './column-buffer.ts';
import { grownOffsets } from './column-memory.ts';
import type { Selection } from './selection.ts';
import { selectedRows } from './selection.ts';
import { continueOffsets } from './text-offsets.ts';
import { layoutMisfit, ValidityBuffer } from './validity-buffer.ts';

/** Structs. A child is null wherever its struct is. */
export class StructBuffer extends ValidityBuffer implements AppendOnlyBuffer {
  readonly children: readonly ColumnBuffer[];
  /** Bits of both a struct and its member, of the rows that are appended. */
  #bits = new Uint8Array(0);

  constructor(children: readonly ColumnBuffer[]) {
    super();
    this.children = children;
  }

  get sizeBytes(): number {
    return this.children.reduce((sum, child) => sum + child.sizeBytes, this.rows);
  }

  append(column: ColumnData, selection: Selection): void {
    if (column.layout !== 'struct' || column.children.length !== this.children.length)
      throw layoutMisfit(`a struct of ${this.children.length}`, column);
    const from = this.rows;
    const nulls = this.nulls;
    this.appendValidity(column, selection);
    const { contiguous } = selection;
    const masked = this.nulls === nulls ? undefined : column.validity;
    const inner = contiguous || masked === undefined ? selection : this.#withoutNulls(selection, from);
    for (const [index, child] of this.children.entries()) {
      const member = column.children[index]!;
      appendColumn(child, contiguous && masked !== undefined ? this.#masked(member, masked, selection) : member, inner);
    }
  }

  override appendNulls(count: number): void {
    super.appendNulls(count);
    for (const child of this.children) child.appendNulls(count);
  }

  override clear(): void {
    super.clear();
    for (const child of this.children) child.clear();
  }

  override release(): void {
    super.release();
    for (const child of this.children) child.release();
  }

  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData {
    return { layout: 'struct', children: this.children.map((child) => child.asColumn()), ...this.packedValidity() };
  }

  /** The member, null where its struct is, for rows that follow each other. Holds until the next call. */
  #masked(member: ColumnData, validity: Uint8Array, { rows, start, end }: Selection): ColumnData {
    if (member.validity === undefined) return { ...member, validity };
    const first = rows[start]! >> 3;
    const last = rows[end - 1]! >> 3;
    if (this.#bits.length <= last) this.#bits = new Uint8Array(Math.max(last + 1, this.#bits.length * 2));
    const bits = this.#bits;
    for (let at = first; at <= last; at++) bits[at] = validity[at]! & member.validity[at]!;
    return { ...member, validity: bits };
  }

  #withoutNulls({ rows, start, end }: Selection, from: number): Selection {
    const kept = rows.slice(start, end);
    for (let i = 0; i < kept.length; i++) if (this.valid[from + i] === 0) kept[i] = -1;
    return { rows: kept, start: 0, end: kept.length, contiguous: false };
  }
}

type ListColumn = ColumnData & { layout: 'list' };

/** Lists, and maps as lists of key and value: row `i` has the members `offsets[i]` to `offsets[i + 1]`, none under a null. */
export class ListBuffer extends ValidityBuffer implements AppendOnlyBuffer {
  offsets: Int32Array<ArrayBuffer> = new Int32Array(1);
  readonly element: ColumnBuffer;

  constructor(element: ColumnBuffer) {
    super();
    this.element = element;
  }

  get sizeBytes(): number {
    return this.element.sizeBytes + this.rows * 5;
  }

  append(column: ColumnData, selection: Selection): void {
    if (column.layout !== 'list') throw layoutMisfit('a list', column);
    const from = this.rows;
    this.#reserve(selectedRows(selection));
    this.appendValidity(column, selection);
    const members = this.#run(column, selection, from) ?? this.#members(column, selection, from);
    if (selectedRows(members) > 0) appendColumn(this.element, column.element, members);
  }

  override appendNulls(count: number): void {
    this.#reserve(count);
    this.offsets.fill(this.offsets[this.rows]!, this.rows + 1, this.rows + count + 1);
    super.appendNulls(count);
  }

  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData {
    const offsets = this.offsets.subarray(0, this.rows + 1);
    return { layout: 'list', offsets, element: this.element.asColumn(), ...this.packedValidity() };
  }

  override clear(): void {
    super.clear();
    this.element.clear();
  }

  override release(): void {
    super.release();
    this.element.release();
    giveBytesBack(this.offsets);
    this.offsets = new Int32Array(1);
  }

  /** Adds the offsets of rows that follow each other. @returns Their members, which do so too; `null`: some lie under a null, and nothing was done. */
  #run({ offsets: source }: ListColumn, { rows, start, end, contiguous }: Selection, from: number): Selection | null {
    if (!contiguous || start === end) return null;
    const row = rows[start]!;
    if (!continueOffsets(source, row, this.offsets, this.valid, from, this.rows)) return null;
    const last = source[row + this.rows - from]!;
    return { rows: ascendingRows(last), start: source[row]!, end: last, contiguous: true };
  }

  /** Adds the offsets of any rows. @returns Their members. */
  #members({ offsets: source }: ListColumn, { rows, start, end }: Selection, from: number): Selection {
    const { valid, offsets } = this;
    for (let i = start, row = from; i < end; i++, row++) {
      const count = valid[row] === 0 ? 0 : source[rows[i]! + 1]! - source[rows[i]!]!;
      offsets[row + 1] = offsets[row]! + count;
    }
    const members = new Int32Array(offsets[this.rows]! - offsets[from]!);
    for (let i = start, row = from, to = 0; i < end; i++, row++)
      for (let member = offsets[row]!, at = source[rows[i]!]!; member < offsets[row + 1]!; member++, at++) members[to++] = at;
    return { rows: members, start: 0, end: members.length, contiguous: false };
  }

  #reserve(count: number): void {
    const needed = this.rows + count + 1;
    if (needed > this.offsets.length) this.offsets = grownOffsets(this.offsets, this.rows + 1, needed);
  }
}
