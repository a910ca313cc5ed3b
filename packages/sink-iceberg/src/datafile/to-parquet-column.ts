import type { ColumnType, Field } from '@calve/core/plugin';
import type { DecodedArray, Encoding } from 'hyparquet';
import { storedDecimal } from '../spec/stored-value.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import { FixedBuffer } from './fixed-buffer.ts';
import { ListBuffer, StructBuffer } from './nested-buffer.ts';
import { outOfRange, requiredNull } from './refused-value.ts';
import { repeatedValues } from './repeated-values.ts';
import { TextBuffer } from './text-buffer.ts';

/**
 * A column buffer as hyparquet-writer takes it: typed arrays where there are no nulls, bigint for everything of 64 bits and for
 * decimals (unscaled), bytes for text, arrays, objects without prototype, arrays of `{ key, value }` for maps; `null` for null.
 *
 * Arrays and bytes may lie in the buffer's own memory: they hold until the buffer is changed.
 *
 * @throws {CalveError} `ICEBERG_REQUIRED_NULL`: null in a required column. `ICEBERG_VALUE_RANGE`: a decimal with more digits than
 *   its type.
 */
export function toParquetColumn(field: Field, buffer: ColumnBuffer): DecodedArray {
  if (field.required && buffer.nulls > 0) throw requiredNull(field.name);
  return valuesOf(field.type, field.name, buffer);
}

/**
 * The encoding that a column must have, if it must have one. Boolean: PLAIN, since Spark's vectorized reader of Iceberg tables has no
 * other for them. Floating point with a negative zero: PLAIN, since the writer's dictionary takes both zeros for one.
 *
 * @see https://github.com/apache/iceberg/issues/7162
 */
export function requiredEncoding(type: ColumnType, buffer: ColumnBuffer): Encoding | undefined {
  return needsPlain(type, buffer) ? 'PLAIN' : undefined;
}

function needsPlain(type: ColumnType, buffer: ColumnBuffer): boolean {
  if (type.kind === 'boolean') return true;
  if (buffer instanceof FixedBuffer) return hasNegativeZero(type, buffer);
  if (buffer instanceof StructBuffer)
    return childTypes(type).some((child, index) => needsPlain(child.type, buffer.children[index]!));
  if (buffer instanceof ListBuffer) return needsPlain(elementType(type), buffer.element);
  return false;
}

function hasNegativeZero(type: ColumnType, buffer: FixedBuffer): boolean {
  const words = new Int32Array(buffer.values.buffer, 0, buffer.rows * (buffer.width >> 2));
  const sign = 0x8000_0000 | 0;
  if (type.kind === 'float32') return words.includes(sign);
  if (type.kind !== 'float64') return false;
  for (let at = 0; at < words.length; at += 2) if (words[at] === 0 && words[at + 1] === sign) return true;
  return false;
}

function valuesOf(type: ColumnType, path: string, buffer: ColumnBuffer): DecodedArray {
  if (buffer instanceof TextBuffer) return withNulls(buffer, repeatedValues(buffer));
  if (buffer instanceof FixedBuffer) return fixedValues(type, path, buffer);
  if (buffer instanceof StructBuffer) return structs(childTypes(type), path, buffer);
  const members = valuesOf(elementType(type), `${path}.element`, buffer.element);
  const element = type.kind === 'list' ? type.element : undefined;
  if (element?.required && buffer.element.nulls > 0) throw requiredNull(`${path}.element`);
  const { offsets } = buffer;
  return withNulls(buffer, (row) => Array.from(members.slice(offsets[row]!, offsets[row + 1]!) as ArrayLike<unknown>));
}

function fixedValues(type: ColumnType, path: string, buffer: FixedBuffer): DecodedArray {
  const { values, rows, width } = buffer;
  const view = new DataView(values.buffer);
  switch (type.kind) {
    case 'boolean':
      return withNulls(buffer, (row) => values[row] === 1);
    case 'int32':
    case 'date':
      return dense(buffer, new Int32Array(values.buffer, 0, rows));
    case 'int64':
    case 'time':
    case 'timestamp':
      return dense(buffer, new BigInt64Array(values.buffer, 0, rows));
    case 'float32':
      return dense(buffer, new Float32Array(values.buffer, 0, rows));
    case 'float64':
      return dense(buffer, new Float64Array(values.buffer, 0, rows));
    case 'decimal': {
      const limit = 10n ** BigInt(type.precision);
      return withNulls(buffer, (row) => {
        const value = storedDecimal(view, row * width, width);
        // The writer cuts a value that is too large for its bytes, silently.
        if (value <= -limit || value >= limit) throw outOfRange(type, path, value);
        return value;
      });
    }
    default:
      return withNulls(buffer, (row) => values.subarray(row * width, (row + 1) * width));
  }
}

/** A typed array where nothing is null. */
function dense(buffer: FixedBuffer, values: DecodedArray): DecodedArray {
  return buffer.nulls === 0 ? values : withNulls(buffer, (row) => values[row]);
}

function withNulls(buffer: ColumnBuffer, valueAt: (row: number) => unknown): unknown[] {
  const values = new Array<unknown>(buffer.rows);
  for (let row = 0; row < buffer.rows; row++) values[row] = buffer.valid[row] === 0 ? null : valueAt(row);
  return values;
}

function structs(fields: readonly { name: string; type: ColumnType; required: boolean }[], path: string, buffer: StructBuffer) {
  const children = fields.map((field, index) => valuesOf(field.type, `${path}.${field.name}`, buffer.children[index]!));
  return withNulls(buffer, (row) => {
    // No prototype: a field may have any name, `__proto__` too.
    const struct: Record<string, unknown> = Object.create(null);
    for (const [index, field] of fields.entries()) {
      const value: unknown = children[index]![row];
      if (field.required && value === null) throw requiredNull(`${path}.${field.name}`);
      struct[field.name] = value;
    }
    return struct;
  });
}

/** Names and types of the members of a struct, or of the entries of a map. */
function childTypes(type: ColumnType): readonly Field[] {
  if (type.kind === 'struct') return type.fields;
  if (type.kind === 'map')
    return [
      { ...type.key, name: 'key', required: true },
      { ...type.value, name: 'value' },
    ];
  return [];
}

/** What the members of a list are. The entries of a map are structs that keep the map's type. */
function elementType(type: ColumnType): ColumnType {
  return type.kind === 'list' ? type.element.type : type;
}
