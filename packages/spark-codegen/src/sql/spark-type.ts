import type { ColumnType } from '@calve/core/plugin';
import { sqlName } from './literal.ts';

/**
 * A type in Spark's words: `DECIMAL(12,2)`, `` STRUCT<`a`: STRING> ``. `null`: Spark does not have it, or cannot write it to Iceberg. Members of
 * nested types may be null, as in any file.
 */
export function sparkType(type: ColumnType): string | null {
  switch (type.kind) {
    case 'boolean':
      return 'BOOLEAN';
    case 'int32':
      return 'INT';
    case 'int64':
      return 'BIGINT';
    case 'float32':
      return 'FLOAT';
    case 'float64':
      return 'DOUBLE';
    case 'decimal':
      return `DECIMAL(${type.precision},${type.scale})`;
    case 'date':
      return 'DATE';
    case 'timestamp':
      if (type.unit === 'nanos') return null;
      return type.zone === 'utc' ? 'TIMESTAMP' : 'TIMESTAMP_NTZ';
    case 'string':
      return 'STRING';
    case 'binary':
      return 'BINARY';
    case 'struct': {
      const members = type.fields.map(({ name, type: member }) => [name, sparkType(member)] as const);
      if (members.length === 0 || members.some(([, text]) => text === null)) return null;
      return `STRUCT<${members.map(([name, text]) => `${sqlName(name)}: ${text}`).join(', ')}>`;
    }
    case 'list': {
      const element = sparkType(type.element.type);
      return element && `ARRAY<${element}>`;
    }
    case 'map': {
      const key = sparkType(type.key.type);
      const value = sparkType(type.value.type);
      return key && value && `MAP<${key}, ${value}>`;
    }
    case 'time':
    case 'uuid':
    case 'fixed':
    case 'unknown':
      return null;
  }
}
