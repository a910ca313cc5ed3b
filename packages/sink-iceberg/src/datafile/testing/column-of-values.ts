import type { ColumnData, ColumnType } from '@calve/core/plugin';
import { BitmapBuilder, FixedBuilder, fixedFromBits, OffsetsBuilder, widthOf } from '@calve/core/plugin';
import type { SingleValue } from '../../spec/single-value.ts';

/** A value of a test: a single value, an array for lists, `{ key, value }` in arrays for maps, an object for structs. */
export type TestValue = SingleValue | null | readonly TestValue[] | { readonly [name: string]: TestValue };

/** A column of these values, in memory of its own. */
export function columnOfValues(type: ColumnType, values: readonly TestValue[]): ColumnData {
  const validity = new BitmapBuilder();
  for (const value of values) validity.append(value !== null);
  switch (type.kind) {
    case 'boolean': {
      const bits = new BitmapBuilder();
      for (const value of values) bits.append(value === true);
      return fixedFromBits(bits, validity);
    }
    case 'string':
    case 'binary': {
      const builder = new OffsetsBuilder();
      for (const value of values) {
        if (value === null) builder.appendNull();
        else if (typeof value === 'string') builder.appendText(value);
        else builder.appendBytes(value as Uint8Array);
      }
      return builder.finish();
    }
    case 'struct':
      return {
        layout: 'struct',
        children: type.fields.map((field) =>
          columnOfValues(
            field.type,
            values.map((value) => memberOf(value, field.name)),
          ),
        ),
        ...validity.finishValidity(),
      };
    case 'list':
      return listOf(values, validity, (members) => columnOfValues(type.element.type, members));
    case 'map':
      return listOf(values, validity, (members) => ({
        layout: 'struct',
        children: [
          columnOfValues(
            type.key.type,
            members.map((entry) => memberOf(entry, 'key')),
          ),
          columnOfValues(
            type.value.type,
            members.map((entry) => memberOf(entry, 'value')),
          ),
        ],
      }));
  }
  const builder = new FixedBuilder(widthOf(type)!);
  for (const value of values) {
    if (value === null) builder.appendNull();
    else if (value instanceof Uint8Array) builder.appendBytes(value);
    else if (type.kind === 'float32') builder.appendFloat32(value as number);
    else if (type.kind === 'float64') builder.appendFloat64(value as number);
    else if (builder.width === 16) builder.appendInt128(value as bigint);
    else if (builder.width === 8) builder.appendInt64(value as bigint);
    else builder.appendInt32(value as number);
  }
  return builder.finish();
}

function memberOf(value: TestValue, name: string): TestValue {
  return value === null ? null : ((value as Record<string, TestValue>)[name] ?? null);
}

function listOf(
  values: readonly TestValue[],
  validity: BitmapBuilder,
  element: (members: TestValue[]) => ColumnData,
): ColumnData {
  const offsets = new Int32Array(values.length + 1);
  const members: TestValue[] = [];
  for (const [row, value] of values.entries()) {
    if (value !== null) for (const member of value as readonly TestValue[]) members.push(member);
    offsets[row + 1] = members.length;
  }
  return { layout: 'list', offsets, element: element(members), ...validity.finishValidity() };
}
