import type { ColumnType, Field } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import { parsePartitionValue } from '../manifest/partition-value.ts';
import { orderOfSingle } from '../rewrite/order-bytes.ts';
import { fieldWithId } from '../spec/field-path.ts';
import type { PrimitiveColumnType } from '../spec/primitive-type.ts';
import type { Transform } from '../spec/transform.ts';
import { checkTransform } from '../spec/transform.ts';
import { transformColumn } from '../spec/transform-column.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import { FixedBuffer } from './fixed-buffer.ts';
import { StructBuffer } from './nested-buffer.ts';
import type { RowGroupBuffer } from './row-group-buffer.ts';
import type { SortColumn } from './table-writer-configuration.ts';
import { TextBuffer } from './text-buffer.ts';

const NO_BYTES = new Uint8Array(0);
const INT64: ColumnType = { kind: 'int64' };

/** One field of a sort order, ready to compare by. */
export interface SortPlanField {
  source: Field;
  /** Of the source among the stored columns, and among the members of each struct that it is in. */
  indexes: number[];
  transform: Transform;
  descending: boolean;
  nullsFirst: boolean;
}

/** Bytes per row that compare, unsigned, as the rows are sorted: row `i` is `bytes[offsets[i], offsets[i + 1])`. */
export interface SortKeys {
  bytes: Uint8Array;
  offsets: Int32Array;
}

/**
 * Finds the source of each sort field.
 *
 * @param fields The stored columns, with ids.
 * @throws {CalveError} `ICEBERG_TRANSFORM_UNSUPPORTED`: an unknown transform, a type that it does not take, or a source that is
 *   inside a list or map.
 */
export function planSortFields(sort: readonly SortColumn[], fields: readonly Field[]): SortPlanField[] {
  // What is null in every row decides nothing; its column may be gone.
  const deciding = sort.filter(({ transform }) => transform !== 'void');
  return deciding.map(({ sourceId, transform, descending, nullsFirst }) => {
    const found = fieldWithId(fields, sourceId);
    if (found === null)
      throw new CalveError(
        'ICEBERG_TRANSFORM_UNSUPPORTED',
        `The table is sorted by the field with id ${sourceId}, which is neither a column of the table nor a member of a struct.`,
        { recovery: 'fix-input', context: { sourceId } },
      );
    const { field, path, indexes } = found;
    return { source: field, indexes, transform: checkTransform(transform, path.join('.'), field.type), descending, nullsFirst };
  });
}

/** Writes the key of one row's value; the row is not null. Gives the end. */
type KeyWriter = (row: number, keys: KeyBytes) => void;

/** The sort keys of all rows of a buffer. */
export function sortKeys(plan: readonly SortPlanField[], buffer: RowGroupBuffer): SortKeys {
  const { rows } = buffer;
  const parts = plan.map((field) => {
    const column = memberBuffer(buffer, field.indexes);
    return { field, column, write: writerOf(field, column, rows) };
  });
  const keys = new KeyBytes();
  const offsets = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) {
    for (const { field, column, write } of parts) {
      if (column.valid[row] === 0) {
        keys.append(field.nullsFirst ? 0 : 2);
        continue;
      }
      keys.append(1);
      const from = keys.length;
      write(row, keys);
      if (field.descending) keys.invert(from);
    }
    offsets[row + 1] = keys.length;
  }
  return { bytes: keys.bytes.subarray(0, keys.length), offsets };
}

class KeyBytes {
  bytes = new Uint8Array(1024);
  length = 0;

  append(byte: number): void {
    if (this.length === this.bytes.length) this.#grow();
    this.bytes[this.length++] = byte;
  }

  invert(from: number): void {
    for (let at = from; at < this.length; at++) this.bytes[at]! ^= 0xff;
  }

  #grow(): void {
    const larger = new Uint8Array(this.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** A member of a struct is null wherever its struct is, so its own validity says all. */
function memberBuffer(buffer: RowGroupBuffer, [first, ...indexes]: readonly number[]): FixedBuffer | TextBuffer {
  let found: ColumnBuffer | undefined = first === undefined ? undefined : buffer.plainColumn(first);
  for (const index of indexes) found = found instanceof StructBuffer ? found.children[index] : undefined;
  if (found instanceof FixedBuffer || found instanceof TextBuffer) return found;
  throw new CalveError('INTERNAL', 'A sort field is not a column with simple values.');
}

function writerOf({ transform, source }: SortPlanField, column: FixedBuffer | TextBuffer, rows: number): KeyWriter {
  if (transform.kind !== 'identity') return resultWriter(transform, source.type, column, rows);
  if (column instanceof TextBuffer) return textWriter(column);
  return fixedWriter(source.type, column);
}

/**
 * Results of a transform are few as a rule: each is turned into bytes once. The bytes say what the result is and not which of these rows it is of:
 * keys of one buffer are compared with those of the buffer before.
 */
function resultWriter(transform: Transform, type: ColumnType, column: FixedBuffer | TextBuffer, rows: number): KeyWriter {
  const { codes, values } = transformColumn(transform, type, column.asColumn(), rows);
  const isText = transform.kind === 'truncate' && (type.kind === 'string' || type.kind === 'binary');
  const encoded = values.map((value) => {
    if (transform.kind === 'truncate') {
      const single = parsePartitionValue(value, type as PrimitiveColumnType);
      return single === null ? NO_BYTES : orderOfSingle(type, single);
    }
    // Hours of far years are numbers that no partition field could hold.
    return value === null ? NO_BYTES : orderOfSingle(INT64, BigInt(value as number));
  });
  return (row, keys) => {
    const bytes = encoded[codes[row]!]!;
    if (isText) appendText(keys, bytes, 0, bytes.length);
    else for (let at = 0; at < bytes.length; at++) keys.append(bytes[at]!);
  };
}

function textWriter({ bytes, offsets }: TextBuffer): KeyWriter {
  return (row, keys) => appendText(keys, bytes, offsets[row]!, offsets[row + 1]!);
}

/** Ends with two zero bytes, so that a beginning sorts first; a zero byte inside is followed by 0xff. */
function appendText(keys: KeyBytes, bytes: Uint8Array, start: number, end: number): void {
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    keys.append(byte);
    if (byte === 0) keys.append(0xff);
  }
  keys.append(0);
  keys.append(0);
}

/** Big endian; the sign is flipped where there is one, and of a negative floating point number all bits. All NaN are one, above infinity. */
function fixedWriter(type: ColumnType, { values, width }: FixedBuffer): KeyWriter {
  switch (type.kind) {
    case 'boolean':
    case 'uuid':
    case 'fixed':
      return (row, keys) => {
        for (let at = row * width; at < (row + 1) * width; at++) keys.append(values[at]!);
      };
    case 'float32':
    case 'float64': {
      const view = new DataView(values.buffer, values.byteOffset);
      const isNaNAt = (at: number): boolean => Number.isNaN(width === 4 ? view.getFloat32(at, true) : view.getFloat64(at, true));
      return (row, keys) => {
        const start = row * width;
        if (isNaNAt(start)) {
          for (let at = 0; at < width; at++) keys.append(0xff);
          return;
        }
        const flip = values[start + width - 1]! >= 0x80 ? 0xff : 0;
        for (let at = width - 1; at >= 0; at--) keys.append(values[start + at]! ^ (flip === 0 && at === width - 1 ? 0x80 : flip));
      };
    }
    case 'int32':
    case 'int64':
    case 'date':
    case 'time':
    case 'timestamp':
    case 'decimal':
      return (row, keys) => {
        const start = row * width;
        for (let at = width - 1; at >= 0; at--) keys.append(values[start + at]! ^ (at === width - 1 ? 0x80 : 0));
      };
    default:
      throw new CalveError('INTERNAL', `Rows cannot be sorted by a ${typeText(type)} column.`);
  }
}
