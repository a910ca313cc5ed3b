/**
 * The type of a column, as every part of Calve understands it.
 *
 * Values in memory (`ColumnData`): boolean one bit; int32 and date (days since 1970-01-01) 4 bytes; int64, time (microseconds of
 * the day) and timestamp (micro- or nanoseconds since 1970-01-01 00:00, in UTC or as wall time) 8 bytes; float32 4, float64 8 bytes
 * IEEE 754; decimal of up to 18 digits 8 bytes, above 16 bytes: the unscaled value, two's complement; uuid 16 bytes big endian;
 * string and binary by offsets. All little endian unless said.
 */
export type ColumnType =
  | { kind: 'boolean' | 'int32' | 'int64' | 'float32' | 'float64' | 'date' | 'time' | 'string' | 'binary' | 'uuid' | 'unknown' }
  /** `precision` 1-38 digits, `scale` 0-precision of them after the point. */
  | { kind: 'decimal'; precision: number; scale: number }
  | { kind: 'fixed'; bytes: number }
  | { kind: 'timestamp'; unit: 'micros' | 'nanos'; zone: 'utc' | 'none' }
  | { kind: 'struct'; fields: Field[] }
  | { kind: 'list'; element: Field }
  | { kind: 'map'; key: Field; value: Field };

/** A named column, or a member of a nested type. */
export interface Field {
  name: string;
  /** Id in the table, where one exists. */
  id?: number;
  type: ColumnType;
  /** True: the table refuses null here. */
  required: boolean;
  doc?: string;
}

/** Bytes per value of a fixed-width type, 0 for boolean (one bit), `null` for types without a fixed width. */
export function widthOf(type: ColumnType): number | null {
  switch (type.kind) {
    case 'boolean':
      return 0;
    case 'int32':
    case 'float32':
    case 'date':
      return 4;
    case 'int64':
    case 'float64':
    case 'time':
    case 'timestamp':
      return 8;
    case 'decimal':
      return type.precision <= 18 ? 8 : 16;
    case 'uuid':
      return 16;
    case 'fixed':
      return type.bytes;
    default:
      return null;
  }
}

/** A type in the words of the field: `decimal(12,2)`, `timestamp (UTC)`, `list<string>`. `parseTypeText` reads it; odd names of members are in quotes. */
export function typeText(type: ColumnType): string {
  switch (type.kind) {
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`;
    case 'fixed':
      return `fixed(${type.bytes})`;
    case 'timestamp':
      return `timestamp${type.unit === 'nanos' ? '_ns' : ''}${type.zone === 'utc' ? ' (UTC)' : ''}`;
    case 'struct':
      return `struct<${type.fields.map((field) => `${nameText(field.name)}: ${typeText(field.type)}`).join(', ')}>`;
    case 'list':
      return `list<${typeText(type.element.type)}>`;
    case 'map':
      return `map<${typeText(type.key.type)}, ${typeText(type.value.type)}>`;
    default:
      return type.kind;
  }
}

function nameText(name: string): string {
  return /[:,<>="()]|^\s|\s$|^$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

/** True when both types are the same, field names and ids of nested types aside from their order included, docs ignored. */
export function sameType(a: ColumnType, b: ColumnType): boolean {
  switch (a.kind) {
    case 'decimal':
      return b.kind === 'decimal' && a.precision === b.precision && a.scale === b.scale;
    case 'fixed':
      return b.kind === 'fixed' && a.bytes === b.bytes;
    case 'timestamp':
      return b.kind === 'timestamp' && a.unit === b.unit && a.zone === b.zone;
    case 'struct':
      return (
        b.kind === 'struct' &&
        a.fields.length === b.fields.length &&
        a.fields.every(({ name, type }, at) => name === b.fields[at]!.name && sameType(type, b.fields[at]!.type))
      );
    case 'list':
      return b.kind === 'list' && sameType(a.element.type, b.element.type);
    case 'map':
      return b.kind === 'map' && sameType(a.key.type, b.key.type) && sameType(a.value.type, b.value.type);
    default:
      return a.kind === b.kind;
  }
}
