import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { CalveError, typeText, widthOf } from '@calve/core/plugin';
import { FixedBuffer } from './fixed-buffer.ts';
import { ListBuffer, StructBuffer } from './nested-buffer.ts';
import type { Selection } from './selection.ts';
import { TextBuffer } from './text-buffer.ts';

/** Values of one column of a row group that is being collected, in memory of its own. */
export type ColumnBuffer = FixedBuffer | TextBuffer | ListBuffer | StructBuffer;

/** What all column buffers can do. */
export interface AppendOnlyBuffer {
  rows: number;
  nulls: number;
  /** One byte per row: 1 has a value, 0 null. Longer than `rows`. */
  valid: Uint8Array;
  /** What the rows take, about: neither compressed nor encoded. */
  readonly sizeBytes: number;
  /** Copies rows of a column; nothing of it is kept. A dictionary was resolved before. */
  append(column: ColumnData, selection: Selection): void;
  appendNulls(count: number): void;
  /** The rows as a column. It lies in this buffer's own memory: it holds until the buffer is changed. */
  asColumn(): ColumnData;
  /** Forgets all rows and keeps the memory for the next ones. */
  clear(): void;
  /** Forgets all rows and gives the memory back. More rows can be added afterwards. */
  release(): void;
}

/** An empty buffer for values of a type. @throws {CalveError} `CONTRACT_UNSUPPORTED` for `unknown`, which is never stored. */
export function createColumnBuffer(type: ColumnType): ColumnBuffer {
  switch (type.kind) {
    case 'string':
    case 'binary':
      return new TextBuffer();
    case 'list':
      return new ListBuffer(createColumnBuffer(type.element.type));
    case 'map':
      return new ListBuffer(new StructBuffer([createColumnBuffer(type.key.type), createColumnBuffer(type.value.type)]));
    case 'struct':
      return new StructBuffer(type.fields.map((field) => createColumnBuffer(field.type)));
  }
  const width = widthOf(type);
  if (width === null)
    throw new CalveError('CONTRACT_UNSUPPORTED', `Columns of type ${typeText(type)} cannot be written to a data file.`);
  return new FixedBuffer(width);
}
