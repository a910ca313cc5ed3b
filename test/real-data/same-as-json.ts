import { isDeepStrictEqual } from 'node:util';
import type { ColumnType } from '@calve/core';

/**
 * True when a value of a table is the one that `JSON.parse` gives for it. Numbers are compared as float64, which is all that `JSON.parse` knows;
 * text that stands for something else is its source text.
 */
export function sameAsJson(seen: unknown, wanted: unknown, type: ColumnType): boolean {
  if (seen === null || seen === undefined || wanted === null || wanted === undefined) return (seen ?? null) === (wanted ?? null);
  switch (type.kind) {
    case 'boolean':
      return seen === wanted;
    case 'int32':
    case 'int64':
    case 'decimal':
    case 'float32':
    case 'float64':
      return Number(seen) === Number(wanted);
    case 'date':
    case 'timestamp':
      return moment(String(seen)) === moment(String(wanted));
    case 'struct': {
      const [row, object] = [seen as Record<string, unknown>, wanted as Record<string, unknown>];
      return type.fields.every((field) => sameAsJson(row[field.name], object[field.name], field.type));
    }
    case 'list': {
      const [row, array] = [seen as unknown[], wanted as unknown[]];
      return row.length === array.length && row.every((element, index) => sameAsJson(element, array[index], type.element.type));
    }
    case 'map': {
      const entries = seen as { key: string; value: unknown }[];
      const object = wanted as Record<string, unknown>;
      const isSame = entries.every(({ key, value }) => sameAsJson(value, object[key], type.value.type));
      return isSame && entries.length === Object.keys(object).length;
    }
    default:
      return typeof wanted === 'string' ? seen === wanted : isDeepStrictEqual(JSON.parse(String(seen)), wanted);
  }
}

function moment(text: string): number {
  return Date.parse(/[Zz]$|[+-]\d\d:\d\d$/.test(text) || !text.includes(':') ? text : `${text.replace(' ', 'T')}Z`);
}
