import type { ColumnData } from '@calve/core/plugin';
import { appendColumn } from './append-column.ts';
import type { AppendOnlyBuffer, ColumnBuffer } from './column-buffer.ts';
import type { Selection } from './selection.ts';
import { roomForOffsets } from './text-buffer.ts';
import { layoutMisfit, ValidityBuffer } from './validity-buffer.ts';

/** Structs. A child is null wherever its struct is. */
export class StructBuffer extends ValidityBuffer implements AppendOnlyBuffer {
  readonly children: readonly ColumnBuffer[];

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
    this.appendValidity(column, selection);
    const inner = column.validity === undefined ? selection : this.#withoutNulls(selection, from);
    for (const [index, child] of this.children.entries()) appendColumn(child, column.children[index]!, inner);
  }

  override appendNulls(count: number): void {
    super.appendNulls(count);
    for (const child of this.children) child.appendNulls(count);
  }

  override clear(): void {
    super.clear();
    for (const child of this.children) child.clear();
  }

  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData {
    return { layout: 'struct', children: this.children.map((child) => child.asColumn()), ...this.packedValidity() };
  }

  #withoutNulls({ rows, start, end }: Selection, from: number): Selection {
    const kept = rows.slice(start, end);
    for (let i = 0; i < kept.length; i++) if (this.valid[from + i] === 0) kept[i] = -1;
    return { rows: kept, start: 0, end: kept.length, contiguous: false };
  }
}

/** Lists, and maps as lists of key and value: row `i` has the members `offsets[i]` to `offsets[i + 1]`, none under a null. */
export class ListBuffer extends ValidityBuffer implements AppendOnlyBuffer {
  offsets = new Int32Array(1);
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
    const { rows, start, end } = selection;
    let row = this.rows;
    this.offsets = roomForOffsets(this.offsets, row + end - start + 1);
    this.appendValidity(column, selection);
    const first = this.offsets[row]!;
    for (let i = start; i < end; i++, row++) {
      const members = this.valid[row] === 0 ? 0 : column.offsets[rows[i]! + 1]! - column.offsets[rows[i]!]!;
      this.offsets[row + 1] = this.offsets[row]! + members;
    }
    const members = new Int32Array(this.offsets[row]! - first);
    for (let i = start, to = 0; i < end; i++) {
      const source = row - end + i;
      const count = this.offsets[source + 1]! - this.offsets[source]!;
      for (let member = 0; member < count; member++) members[to++] = column.offsets[rows[i]!]! + member;
    }
    appendColumn(this.element, column.element, { rows: members, start: 0, end: members.length, contiguous: false });
  }

  override appendNulls(count: number): void {
    this.offsets = roomForOffsets(this.offsets, this.rows + count + 1);
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
}
