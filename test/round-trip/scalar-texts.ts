import type { ColumnType } from '@calve/core/plugin';
import { dateText, timestampText } from '@calve/core/plugin';
import { binaryText, decimalText, float32Text, float64Text } from '../readers/canonical.ts';
import type { Scalar } from './column-kinds.ts';

/** What every reader has to answer for a value: canonical text as `test/readers/README.md` says. */
export function canonicalText(type: ColumnType, value: Scalar): string {
  switch (type.kind) {
    case 'float32':
      return float32Text(value as number);
    case 'float64':
      return float64Text(value as number);
    case 'decimal':
      return decimalText(value as bigint, type.scale);
    case 'date':
      return dateText(value as number);
    case 'time':
      return timestampText(value as bigint, 'micros', 'none').slice('1970-01-01T'.length);
    case 'timestamp':
      return timestampText(value as bigint, type.unit, type.zone);
    case 'uuid':
      return hex(value as Uint8Array).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'binary':
    case 'fixed':
      return binaryText(value as Uint8Array);
    default:
      return String(value);
  }
}

/** The text of a value in a CSV file, not quoted yet. */
export function csvText(type: ColumnType, value: Scalar): string {
  if (type.kind === 'float32' || type.kind === 'float64') return Object.is(value, -0) ? '-0.0' : String(value);
  return canonicalText(type, value);
}

/** A literal of DuckDB. */
export function duckDbLiteral(type: ColumnType, value: Scalar): string {
  const text = canonicalText(type, value);
  switch (type.kind) {
    case 'boolean':
    case 'int32':
      return text;
    case 'int64':
      return `'${text}'::BIGINT`;
    case 'float32':
      return `'${String(value)}'::FLOAT`;
    case 'float64':
      return `'${String(value)}'::DOUBLE`;
    case 'decimal':
      return `'${text}'::DECIMAL(${type.precision},${type.scale})`;
    case 'date':
      return `(DATE '1970-01-01' + (${String(value)}))`;
    case 'time':
      return `TIME '${text}'`;
    case 'timestamp':
      return `${type.zone === 'utc' ? 'make_timestamptz' : 'make_timestamp'}(${String(value)})`;
    case 'uuid':
      return `'${text}'::UUID`;
    case 'binary':
    case 'fixed':
      return `'${hex(value as Uint8Array).replace(/../g, '\\x$&')}'::BLOB`;
    default:
      // U+0000 cannot stand in a statement.
      return String(value)
        .split('\u0000')
        .map((part) => `'${part.replaceAll("'", "''")}'`)
        .join(' || chr(0) || ');
  }
}

/** The name of a type in the metadata of Iceberg. */
export function icebergTypeText(type: ColumnType): string {
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
      return type.zone === 'utc' ? 'timestamptz' : 'timestamp';
    default:
      return type.kind;
  }
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
