import type { ColumnData } from '@calve/core/plugin';
import { BitmapBuilder } from '@calve/core/plugin';
import type { Scalar } from '../round-trip/column-kinds.ts';
import { columnOfScalars } from '../round-trip/column-of-scalars.ts';
import type { ModelEntry, ModelField, ModelStruct, ModelType, ModelValue } from './model-type.ts';

/** A column of these values, in memory of its own. */
export function columnOf(type: ModelType, values: readonly ModelValue[]): ColumnData {
  const validity = new BitmapBuilder();
  for (const value of values) validity.append(value !== null);
  switch (type.kind) {
    case 'leaf':
      return columnOfScalars(
        type.leaf.type,
        values.map((value) => storedScalar(type.leaf.name, value as Scalar | null)),
      );
    case 'struct':
      return {
        layout: 'struct',
        children: childrenOf(type.fields, values as (ModelStruct | null)[]),
        ...validity.finishValidity(),
      };
    case 'list': {
      const { offsets, members } = flattened(values as (ModelValue[] | null)[]);
      return { layout: 'list', offsets, element: columnOf(type.element.type, members), ...validity.finishValidity() };
    }
    case 'map': {
      const { offsets, members } = flattened(values as (ModelEntry[] | null)[]);
      const keys = columnOf(
        type.key.type,
        members.map(({ key }) => key),
      );
      const items = columnOf(
        type.value.type,
        members.map(({ value }) => value),
      );
      return { layout: 'list', offsets, element: { layout: 'struct', children: [keys, items] }, ...validity.finishValidity() };
    }
  }
}

/** Columns of rows, or members of structs. */
export function childrenOf(fields: readonly ModelField[], structs: readonly (ModelStruct | null)[]): ColumnData[] {
  return fields.map((field) =>
    columnOf(
      field.type,
      structs.map((struct) => struct?.members.get(field.uid) ?? null),
    ),
  );
}

/** A value that was made when its column was an int32 and that is an int64 since. */
export function storedScalar(kind: string, value: Scalar | null): Scalar | null {
  return kind === 'int64' && typeof value === 'number' ? BigInt(value) : value;
}

function flattened<T>(lists: readonly (T[] | null)[]): { offsets: Int32Array; members: T[] } {
  const offsets = new Int32Array(lists.length + 1);
  const members: T[] = [];
  for (const [row, list] of lists.entries()) {
    if (list !== null) members.push(...list);
    offsets[row + 1] = members.length;
  }
  return { offsets, members };
}
