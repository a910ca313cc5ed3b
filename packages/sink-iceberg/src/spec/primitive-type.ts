import type { ColumnType } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

type PrimitiveKind = Exclude<ColumnType['kind'], 'struct' | 'list' | 'map'>;

/** A column type without fields of its own. */
export type PrimitiveColumnType = Extract<ColumnType, { kind: PrimitiveKind }>;

const plain: Record<string, PrimitiveColumnType> = {
  boolean: { kind: 'boolean' },
  int: { kind: 'int32' },
  long: { kind: 'int64' },
  float: { kind: 'float32' },
  double: { kind: 'float64' },
  date: { kind: 'date' },
  time: { kind: 'time' },
  timestamp: { kind: 'timestamp', unit: 'micros', zone: 'none' },
  timestamptz: { kind: 'timestamp', unit: 'micros', zone: 'utc' },
  timestamp_ns: { kind: 'timestamp', unit: 'nanos', zone: 'none' },
  timestamptz_ns: { kind: 'timestamp', unit: 'nanos', zone: 'utc' },
  string: { kind: 'string' },
  uuid: { kind: 'uuid' },
  binary: { kind: 'binary' },
  unknown: { kind: 'unknown' },
};

/** Iceberg's text of a type without fields of its own: `long`, `decimal(12, 2)`, `fixed[16]`. */
export function primitiveText(type: PrimitiveColumnType): string {
  switch (type.kind) {
    case 'int32':
      return 'int';
    case 'int64':
      return 'long';
    case 'float32':
      return 'float';
    case 'float64':
      return 'double';
    case 'decimal':
      return `decimal(${type.precision}, ${type.scale})`;
    case 'fixed':
      return `fixed[${type.bytes}]`;
    case 'timestamp':
      return `timestamp${type.zone === 'utc' ? 'tz' : ''}${type.unit === 'nanos' ? '_ns' : ''}`;
    default:
      return type.kind;
  }
}

/**
 * The column type that an Iceberg type text names; any spacing is accepted.
 *
 * @throws {CalveError} `ICEBERG_TYPE_UNSUPPORTED`: a type that no batch can hold, such as `variant` or `geometry(…)`.
 */
export function parsePrimitive(text: string): PrimitiveColumnType {
  const known = Object.hasOwn(plain, text) ? plain[text] : undefined;
  if (known) return known;
  const decimal = /^decimal\(\s*(\d{1,2})\s*,\s*(\d{1,2})\s*\)$/.exec(text);
  if (decimal) return { kind: 'decimal', precision: Number(decimal[1]), scale: Number(decimal[2]) };
  const fixed = /^fixed\[\s*(\d{1,9})\s*\]$/.exec(text);
  if (fixed) return { kind: 'fixed', bytes: Number(fixed[1]) };
  throw new CalveError(
    'ICEBERG_TYPE_UNSUPPORTED',
    `Columns of the Iceberg type "${text}" cannot be read or written by this version.`,
    {
      recovery: 'fix-input',
      context: { type: text },
    },
  );
}
