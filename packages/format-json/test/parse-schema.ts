import type { ColumnType, Field } from '@calve/core/plugin';

/** The fields of a Spark schema in words, such as `a:struct<x:string,y:array<int>>,b:string`: its structure, with text at every leaf. */
export function parseSchema(words: string): Field[] {
  const { fields } = readFields(words, 0);
  return fields;
}

function readFields(words: string, from: number): { fields: Field[]; end: number } {
  const fields: Field[] = [];
  let at = from;
  for (;;) {
    const colon = words.indexOf(':', at);
    const { type, end } = readType(words, colon + 1);
    fields.push({ name: words.slice(at, colon), type, required: false });
    at = end + 1;
    if (words[end] !== ',') return { fields, end };
  }
}

function readType(words: string, from: number): { type: ColumnType; end: number } {
  const field = (name: string, type: ColumnType): Field => ({ name, type, required: false });
  if (words.startsWith('struct<', from)) {
    const { fields, end } = readFields(words, from + 7);
    return { type: { kind: 'struct', fields }, end: end + 1 };
  }
  if (words.startsWith('array<', from)) {
    const { type, end } = readType(words, from + 6);
    return { type: { kind: 'list', element: field('element', type) }, end: end + 1 };
  }
  if (words.startsWith('map<', from)) {
    const key = readType(words, from + 4);
    const value = readType(words, key.end + 1);
    return { type: { kind: 'map', key: field('key', key.type), value: field('value', value.type) }, end: value.end + 1 };
  }
  const end = /^[a-z_0-9]*(\([0-9,]*\))?/.exec(words.slice(from))![0].length + from;
  return { type: { kind: 'string' }, end };
}
