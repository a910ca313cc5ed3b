import { gzipSync, zstdCompressSync } from 'node:zlib';
import { formatConformance } from '@calve/testkit';
import { it } from 'vitest';
import { jsonFormat } from '../src/index.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const awkward = [
  '{"id":1,"name":"Ann \\"A\\"","tags":["a",null,{"k":[1]}],"address":{"zip":"007","geo":{"lat":1.50}}}',
  '',
  '{"id":2,"id":3,"name":"\\ud83d","tags":[],"address":null} and more',
  '{"id":NaN}',
  "{'id':4}",
  '[{"id":5,"name":"é😀\\u00e9"},{"id":6}]',
  '7',
  '  {"id" : 8 , "address" : {} }  ',
  '{"id":9,"name":"open',
].join('\r\n');
const many = Array.from({ length: 8_000 }, (_, row) => `{"id":${row},"name":"name \\"${row}\\"","at":{"x":${row / 4}}}\n`).join(
  '',
);
const indented = JSON.stringify(
  { count: 40, data: { items: Array.from({ length: 40 }, (_, row) => ({ id: row, list: [{ x: row }, { x: null }] })) } },
  null,
  2,
);
const values = '{"a": 1}\n{\n "a": {"b": "x\\ty"},\n "c": [true]\n}{"a": []} [{"a":3}]';

formatConformance(it, {
  create: jsonFormat,
  files: [
    { name: 'awkward.jsonl', content: text(awkward) },
    { name: 'many.jsonl', content: text(many) },
    { name: 'many.json.gz', content: new Uint8Array(gzipSync(text(many))), options: { nulls: ['NA'] } },
    { name: 'few.json.zst', content: new Uint8Array(zstdCompressSync(text(many.slice(0, 4000)))), options: { framing: 'lines' } },
    { name: 'indented.json', content: text(indented) },
    { name: 'values.json', content: text(values) },
    { name: 'malformed.json', content: Uint8Array.from([0xef, 0xbb, 0xbf, ...text('{"a":"'), 0xff, ...text('"}\n{"a":1}\n')]) },
  ],
  exceptions: [
    {
      cases: ['limits: a header beyond headerBytes is LIMIT_HEADER, with nothing left behind'],
      reason: 'JSON has no header: every record names its members',
    },
  ],
});
