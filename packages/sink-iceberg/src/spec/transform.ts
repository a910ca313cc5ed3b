import type { ColumnType } from '@calve/core/plugin';
import { CalveError, typeText } from '@calve/core/plugin';

/**
 * How a partition value is made from a column.
 *
 * @see https://iceberg.apache.org/spec/#partition-transforms
 */
export type Transform =
  | { kind: 'identity' | 'year' | 'month' | 'day' | 'hour' | 'void' }
  /** Hash modulo `count`. */
  | { kind: 'bucket'; count: number }
  /** `width`: of the interval of numbers, or how many code points or bytes are kept. */
  | { kind: 'truncate'; width: number };

const LARGEST_PARAMETER = 0x7fff_ffff;

/**
 * Reads a transform as partition specs write it: `day`, `bucket[16]`.
 *
 * @throws {CalveError} `ICEBERG_TRANSFORM_UNSUPPORTED`: a transform that we do not know; such a table cannot be written.
 */
export function parseTransform(text: string): Transform {
  const transform = knownTransform(text);
  if (transform !== null) return transform;
  throw new CalveError(
    'ICEBERG_TRANSFORM_UNSUPPORTED',
    `The table is partitioned by "${text}", a transform that this version does not know; it cannot write to the table.`,
    { recovery: 'fix-input', context: { transform: text } },
  );
}

/** False for a transform that this version does not know. */
export function isKnownTransform(text: string): boolean {
  return knownTransform(text) !== null;
}

function knownTransform(text: string): Transform | null {
  switch (text) {
    case 'identity':
    case 'year':
    case 'month':
    case 'day':
    case 'hour':
    case 'void':
      return { kind: text };
  }
  const [, name, digits] = /^(bucket|truncate)\[(\d{1,10})\]$/.exec(text) ?? [];
  const parameter = Number(digits);
  if (parameter >= 1 && parameter <= LARGEST_PARAMETER)
    return name === 'bucket' ? { kind: 'bucket', count: parameter } : { kind: 'truncate', width: parameter };
  return null;
}

/** True when values of the type can be transformed so. */
export function transformAccepts(transform: Transform, type: ColumnType): boolean {
  const { kind } = type;
  if (kind === 'struct' || kind === 'list' || kind === 'map' || kind === 'unknown') return transform.kind === 'void';
  switch (transform.kind) {
    case 'identity':
    case 'void':
      return true;
    case 'year':
    case 'month':
    case 'day':
      return kind === 'date' || kind === 'timestamp';
    case 'hour':
      return kind === 'timestamp';
    case 'bucket':
      return kind !== 'boolean' && kind !== 'float32' && kind !== 'float64';
    case 'truncate':
      return kind === 'int32' || kind === 'int64' || kind === 'decimal' || kind === 'string' || kind === 'binary';
  }
}

/** @throws {CalveError} `ICEBERG_TRANSFORM_UNSUPPORTED`: `column` is of a type that the transform does not take. */
export function checkTransform(text: string, column: string, type: ColumnType): Transform {
  const transform = parseTransform(text);
  if (transformAccepts(transform, type)) return transform;
  throw new CalveError(
    'ICEBERG_TRANSFORM_UNSUPPORTED',
    `The table is partitioned by ${text} of the column "${column}", but ${typeText(type)} cannot be transformed so.`,
    { recovery: 'fix-input', context: { transform: text, column, type: typeText(type) } },
  );
}
