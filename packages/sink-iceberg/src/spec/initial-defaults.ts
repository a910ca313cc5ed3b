import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';
import { fromHex } from './hex.ts';
import type { IcebergSchema, IcebergType, SchemaField } from './iceberg-schema.ts';
import { columnTypeOf } from './schema-columns.ts';
import type { SingleValue } from './single-value.ts';

/**
 * What columns and members of structs hold in rows that were written before they were added, by field id. Format version 3 has them.
 *
 * @throws {CalveError} `ICEBERG_TYPE_UNSUPPORTED`: a default of a nested type; `ICEBERG_METADATA_INVALID`: a default that is no value of its type.
 * @see https://iceberg.apache.org/spec/#default-values
 */
export function initialDefaults(schema: IcebergSchema): Map<number, SingleValue> {
  const defaults = new Map<number, SingleValue>();
  for (const field of schema.fields) addDefaults(field, defaults);
  return defaults;
}

function addDefaults(field: SchemaField, defaults: Map<number, SingleValue>): void {
  const { id, type } = field;
  const value = field['initial-default'];
  if (value !== undefined && value !== null) defaults.set(id, defaultOf(field, value));
  visitMembers(type, defaults);
}

function visitMembers(type: IcebergType, defaults: Map<number, SingleValue>): void {
  if (typeof type === 'string') return;
  if (type.type === 'struct') for (const member of type.fields) addDefaults(member, defaults);
  if (type.type === 'list') visitMembers(type.element, defaults);
  if (type.type === 'map') for (const part of [type.key, type.value]) visitMembers(part, defaults);
}

function defaultOf(field: SchemaField, value: unknown): SingleValue {
  const type = columnTypeOf(field.type);
  const parsed = singleValueOfJson(type, value);
  if (parsed !== undefined) return parsed;
  const isNested = typeof field.type !== 'string';
  throw new CalveError(
    isNested ? 'ICEBERG_TYPE_UNSUPPORTED' : 'ICEBERG_METADATA_INVALID',
    isNested
      ? `The column "${field.name}" has a default of the type ${typeText(type)}, which this version cannot give to older rows.`
      : `The default of the column "${field.name}" is no value of the type ${typeText(type)}.`,
    { recovery: 'fix-input', context: { column: field.name, type: typeText(type) } },
  );
}

/** `undefined`: the JSON stands for no value of the type. https://iceberg.apache.org/spec/#json-single-value-serialization */
function singleValueOfJson(type: ColumnType, value: unknown): SingleValue | undefined {
  switch (type.kind) {
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'int32':
    case 'float32':
    case 'float64':
      return typeof value === 'number' || typeof value === 'bigint' ? Number(value) : undefined;
    case 'int64':
      return typeof value === 'bigint' || Number.isSafeInteger(value) ? BigInt(value as number) : undefined;
  }
  if (typeof value !== 'string') return undefined;
  switch (type.kind) {
    case 'string':
      return value;
    case 'decimal':
      return unscaled(value, type.scale);
    case 'date': {
      const days = Date.parse(`${value}T00:00:00Z`) / 86_400_000;
      return Number.isInteger(days) ? days : undefined;
    }
    case 'time':
      return nanosOfText(`1970-01-01T${value}`, 1_000n);
    case 'timestamp':
      return nanosOfText(value, type.unit === 'nanos' ? 1n : 1_000n);
    case 'uuid':
      return bytesOfHex(value.replaceAll('-', ''), 16);
    case 'fixed':
      return bytesOfHex(value, type.bytes);
    case 'binary':
      return bytesOfHex(value, null);
    default:
      return undefined;
  }
}

/** `14.20` of scale 2: 1420. */
function unscaled(text: string, scale: number): bigint | undefined {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  if (whole === undefined || fraction.length > scale) return undefined;
  return BigInt(`${sign}${whole}${fraction.padEnd(scale, '0')}`);
}

/** Date and time as text; an offset is always that of UTC. */
function nanosOfText(text: string, divisor: bigint): bigint | undefined {
  const [, seconds, fraction = ''] = /^(.+?T\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(?:Z|[+-]00:00)?$/.exec(text) ?? [];
  const milliseconds = Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) return undefined;
  return (BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))) / divisor;
}

function bytesOfHex(text: string, length: number | null): Uint8Array | undefined {
  if (!/^([0-9a-fA-F]{2})*$/.test(text) || (length !== null && text.length !== length * 2)) return undefined;
  return fromHex(text.toLowerCase());
}
