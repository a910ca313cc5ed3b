import type { ColumnType } from '@calve/core/plugin';
import { dateText, timestampText } from '@calve/core/plugin';
import type { PartitionValue } from '../datafile/data-file.ts';
import { fromHex } from './hex.ts';
import type { Transform } from './transform.ts';

// File systems end a name at 255 bytes. The folder is for people: engines take the tuple from the manifest.
const LONGEST_PART = 200;

/**
 * The folder of one partition value: `<name>=<value>`, the value as people write it (`ordered_at_day=2026-01-31`), escaped as
 * Java's `URLEncoder` does. Values of more than 200 characters are cut, so two tuples may share a folder.
 *
 * @param name Of the partition field.
 * @param type Of the column that is transformed.
 * @see https://iceberg.apache.org/javadoc/latest/org/apache/iceberg/PartitionSpec.html (partitionToPath)
 */
export function partitionPathName(name: string, transform: Transform, type: ColumnType, value: PartitionValue): string {
  return `${escapePart(name)}=${escapePart(partitionText(transform, type, value))}`;
}

/** A partition value as people write it: a day as `2026-01-31`, an hour as `2026-01-31-23`, null as `null`. */
function partitionText(transform: Transform, type: ColumnType, value: PartitionValue): string {
  if (value === null) return 'null';
  if (typeof value === 'number') {
    switch (transform.kind) {
      case 'year':
        return yearText(1970 + value);
      case 'month':
        return `${yearText(1970 + Math.floor(value / 12))}-${two(value - Math.floor(value / 12) * 12 + 1)}`;
      case 'day':
        return dateText(value);
      case 'hour':
        return `${dateText(Math.floor(value / 24))}-${two(value - Math.floor(value / 24) * 24)}`;
      case 'bucket':
        return String(value);
    }
    return type.kind === 'date' ? dateText(value) : Object.is(value, -0) ? '-0.0' : String(value);
  }
  if (typeof value === 'boolean') return String(value);
  switch (type.kind) {
    case 'time':
      return timestampText(BigInt(value), 'micros', 'none').slice('1970-01-01T'.length).replace(/\.0+$/, '');
    case 'timestamp':
      return timestampText(BigInt(value), type.unit, type.zone)
        .replace(/\.0+(?=Z|$)/, '')
        .replace('Z', '+00:00');
    case 'decimal':
      return decimalText(BigInt(value), type.scale);
    case 'uuid':
      return value.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
    case 'fixed':
    case 'binary':
      return btoa(String.fromCharCode(...fromHex(value.slice(0, 2 * LONGEST_PART))));
    default:
      return value;
  }
}

/**
 * Letters, digits, `.`, `-` and `_` stay, a space becomes `+`, every other byte of UTF-8 `%XX`. Java keeps `*` and Python `~`, which
 * we both escape.
 */
function escapePart(text: string): string {
  const escaped = encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
  return escaped.length <= LONGEST_PART ? escaped : escaped.slice(0, LONGEST_PART).replace(/%.?$/, '');
}

function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return value < 0n ? `-${text}` : text;
}

function yearText(year: number): string {
  return (year < 0 ? '-' : '') + String(Math.abs(year)).padStart(4, '0');
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
