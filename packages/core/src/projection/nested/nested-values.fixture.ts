import fc from 'fast-check';
import type { ColumnBatch } from '../../columns/column-batch.ts';
import { createColumnBatch } from '../../columns/column-batch.ts';
import type { ColumnData } from '../../columns/column-data.ts';
import type { ColumnType, Field } from '../../columns/column-type.ts';
import { asText } from '../../schema/nested/reader-structure.ts';
import type { ColumnRule, OnFailure } from '../projection.ts';

/** A value as a reader of nested data gives it: text at the leaves, maps as entries. */
export type TextValue = null | string | TextValue[] | { [name: string]: TextValue } | { entries: [string, TextValue][] };

const encoder = new TextEncoder();

/** A field that may be null. */
export const optional = (name: string, type: ColumnType): Field => ({ name, type, required: false });

/** Texts by offsets; what lies under a null is not nothing. */
function texts(values: readonly (string | null)[]): ColumnData {
  const parts = values.map((value) => encoder.encode(value ?? 'garbage'));
  const offsets = new Int32Array(values.length + 1);
  parts.forEach((part, index) => {
    offsets[index + 1] = offsets[index]! + part.length;
  });
  const bytes = new Uint8Array(offsets[values.length]!);
  parts.forEach((part, index) => {
    bytes.set(part, offsets[index]);
  });
  return { layout: 'offsets', offsets, bytes, ...validity(values) };
}

function validity(values: readonly unknown[]): { validity?: Uint8Array } {
  if (!values.includes(null)) return {};
  const bits = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, index) => {
    if (value !== null) bits[index >> 3]! |= 1 << (index & 7);
  });
  return { validity: bits };
}

/** The column of a reader; under a null struct its members have values, and under a null list it has an element, which mean nothing. */
export function textColumn(type: ColumnType, values: readonly TextValue[]): ColumnData {
  switch (type.kind) {
    case 'struct': {
      const members = (name: string): TextValue[] =>
        values.map((value) => (value === null ? 'garbage' : ((value as { [name: string]: TextValue })[name] ?? null)));
      const children = type.fields.map((field) => {
        const inside = members(field.name);
        // A text means nothing where a struct or list would be.
        const fitting = inside.map((value) => (value === 'garbage' && field.type.kind !== 'string' ? null : value));
        return textColumn(field.type, fitting);
      });
      return { layout: 'struct', children, ...validity(values) };
    }
    case 'list':
      return listColumn(
        values,
        (value) => value as TextValue[],
        (elements) => textColumn(type.element.type, elements),
      );
    case 'map':
      return listColumn(
        values,
        (value) => (value as { entries: [string, TextValue][] }).entries as unknown as TextValue[],
        (entries) => {
          const pairs = entries as unknown as ([string, TextValue] | null)[];
          const keys = texts(pairs.map((pair) => pair?.[0] ?? 'garbage'));
          return {
            layout: 'struct',
            children: [
              keys,
              textColumn(
                type.value.type,
                pairs.map((pair) => pair?.[1] ?? null),
              ),
            ],
          };
        },
      );
    default:
      return texts(values as (string | null)[]);
  }
}

function listColumn(
  values: readonly TextValue[],
  elementsOf: (value: TextValue) => TextValue[],
  column: (elements: TextValue[]) => ColumnData,
): ColumnData {
  const offsets = new Int32Array(values.length + 1);
  const elements: TextValue[] = [];
  values.forEach((value, index) => {
    elements.push(...(value === null ? [null] : elementsOf(value)));
    offsets[index + 1] = elements.length;
  });
  return { layout: 'list', offsets, element: column(elements), ...validity(values) };
}

/** A batch of one column `c` with these values, and a record of text for each. */
export function nestedBatch(type: ColumnType, values: readonly TextValue[]): ColumnBatch {
  const structure = asText(type);
  const raw = encoder.encode(values.map((_, row) => `${row}`).join('\n'));
  const starts = new Uint32Array(values.length);
  const ends = new Uint32Array(values.length);
  values.forEach((_, row) => {
    starts[row] = row === 0 ? 0 : ends[row - 1]! + 1;
    ends[row] = starts[row]! + `${row}`.length;
  });
  return createColumnBatch({
    fields: [optional('c', structure)],
    columns: [textColumn(structure, values)],
    rows: values.length,
    byteOffsets: Float64Array.from(starts),
    records: { source: raw, starts, ends },
  });
}

/** The rule that types a column of `type` from the reader's column of the same structure. */
export function ruleOf(target: Field, source: string[], onFailure: OnFailure = 'reject-row'): ColumnRule {
  const { type } = target;
  const children =
    type.kind === 'struct'
      ? type.fields.map((field) => ruleOf(field, [field.name], onFailure))
      : type.kind === 'list'
        ? [ruleOf(type.element, ['element'], onFailure)]
        : type.kind === 'map'
          ? [ruleOf(type.key, ['key'], onFailure), ruleOf(type.value, ['value'], onFailure)]
          : null;
  if (children) return { target, kind: 'nested', source, children, onFailure };
  return { target, kind: 'text', source, trim: false, nulls: [], formats: [], onFailure };
}

const leaf: fc.Arbitrary<ColumnType> = fc.constantFrom<ColumnType>(
  { kind: 'int32' },
  { kind: 'int64' },
  { kind: 'boolean' },
  { kind: 'date' },
  { kind: 'string' },
);

/** Types of any structure, some places required. */
export function nestedType(depth: number): fc.Arbitrary<ColumnType> {
  if (depth === 0) return leaf;
  const inner = nestedType(depth - 1);
  const struct = fc.array(fc.tuple(inner, fc.boolean()), { minLength: 1, maxLength: 3 }).map(
    (members): ColumnType => ({
      kind: 'struct',
      fields: members.map(([type, required], index) => ({ name: `m${index}`, type, required })),
    }),
  );
  const list = fc
    .tuple(inner, fc.boolean())
    .map(([type, required]): ColumnType => ({ kind: 'list', element: { name: 'element', type, required } }));
  const map = fc.tuple(fc.constantFrom<ColumnType>({ kind: 'string' }, { kind: 'int32' }), inner, fc.boolean()).map(
    ([key, type, required]): ColumnType => ({
      kind: 'map',
      key: { name: 'key', type: key, required: true },
      value: { name: 'value', type, required },
    }),
  );
  return fc.oneof({ weight: 1, arbitrary: leaf }, { weight: 3, arbitrary: fc.oneof(struct, list, map) });
}

const textOf: Record<string, fc.Arbitrary<string>> = {
  int32: fc.oneof(
    { weight: 9, arbitrary: fc.integer().map(String) },
    { weight: 1, arbitrary: fc.constantFrom('x', '3000000000', '') },
  ),
  int64: fc.oneof(
    { weight: 9, arbitrary: fc.maxSafeInteger().map(String) },
    { weight: 1, arbitrary: fc.constantFrom('1.5', 'y') },
  ),
  boolean: fc.oneof({ weight: 9, arbitrary: fc.boolean().map(String) }, { weight: 1, arbitrary: fc.constant('yes') }),
  date: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('2021-01-05', '1999-12-31') },
    { weight: 1, arbitrary: fc.constant('2021-02-30') },
  ),
  string: fc.string({ maxLength: 6 }).map((text) => text.toWellFormed()),
};

/** Values that have the structure of a type; texts mostly fit its leaves. */
export function textValueOf(type: ColumnType): fc.Arbitrary<TextValue> {
  const present = (): fc.Arbitrary<TextValue> => {
    switch (type.kind) {
      case 'struct':
        return fc.record(Object.fromEntries(type.fields.map((field) => [field.name, textValueOf(field.type)])));
      case 'list':
        return fc.array(textValueOf(type.element.type), { maxLength: 4 });
      case 'map': {
        const key =
          type.key.type.kind === 'string' ? fc.constantFrom('a', 'b', 'c', 'é') : fc.constantFrom('1', '01', '2', '3', 'x');
        const entry = fc.tuple(key, textValueOf(type.value.type));
        const unique = fc.uniqueArray(entry, { selector: ([name]) => name, maxLength: 4 });
        return fc
          .oneof({ weight: 5, arbitrary: unique }, { weight: 1, arbitrary: fc.array(entry, { maxLength: 12 }) })
          .map((entries) => ({ entries }));
      }
      default:
        return textOf[type.kind]!;
    }
  };
  return fc.oneof({ weight: 6, arbitrary: present() }, { weight: 1, arbitrary: fc.constant(null) });
}
