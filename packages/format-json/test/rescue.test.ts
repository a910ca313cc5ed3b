import { bytesReader } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { parseSchema } from './parse-schema.ts';
import { bytesOf, decodeFile, plan } from './read-file.ts';

const fields = parseSchema('a:string,s:struct<x:string,t:struct<y:string>>,l:array<struct<z:string>>');
const read = (content: string, chunkBytes?: number) =>
  decodeFile(bytesReader(bytesOf(content)), plan(fields, { rescue: '_rescued_data' }), chunkBytes ? { chunkBytes } : {});

describe('the column that takes what no other does', () => {
  it.each<[string, string, string | null]>([
    ['nothing', '{"a":1,"s":{"x":2}}', null],
    [
      'members as they stand in the file',
      '{"b": [1.50,  {"k" : "\\u00e9"}],"a":1,"c\\n":[],"d":null}',
      '{"b":[1.50,  {"k" : "\\u00e9"}],"c\\n":[]}',
    ],
    ['members of structs', '{"s":{"x":1,"u":2,"t":{"y":3,"v":{}}},"w":4}', '{"w":4,"s":{"u":2,"t":{"v":{}}}}'],
    ['only those of an inner struct', '{"s":{"t":{"v":1}}}', '{"s":{"t":{"v":1}}}'],
  ])('holds %s', async (_, record, rescued) => {
    const content = `${record}\n{"a":"\\n","z":"\\t"}\n`.repeat(50);
    for (const chunkBytes of [undefined, 16, 100]) {
      const { records } = await read(content, chunkBytes);
      expect(records).toHaveLength(100);
      expect((records[98] as { row: unknown[] }).row.slice(2)).toEqual([null, rescued]);
      expect(records[99]).toEqual({ row: ['\n', null, null, '{"z":"\\t"}'] });
      if (rescued !== null) JSON.parse(rescued);
    }
  });

  it('has no place for what stands in lists, so that is told', async () => {
    const { records, decoded } = await read('{"l":[{"z":1,"q":2}],"b":1}\n{"l":[{"r":1}]}\n');
    expect(records).toEqual([{ row: [null, null, [['1']], '{"b":1}'] }, { row: [null, null, [[null]], null] }]);
    expect(decoded).toMatchObject([
      {
        code: 'JSON_MEMBER_UNKNOWN',
        severity: 'warning',
        at: { line: 1, byteOffset: 13 },
        message: expect.stringContaining('2 members are not read'),
      },
    ]);
    expect(decoded[0]?.message).toContain('"q", "r"');
  });
});

describe('members that no field names', () => {
  it('are told once, with their first place and a few names', async () => {
    const content = '{"a":1,"n":null,"o":{ },"p":[]}\n{"a":1,"b":2,"c":{"d":3}}\n{"b":4,"e":1,"f":1,"g":1,"h":1,"i":1}\n';
    const { decoded } = await decodeFile(bytesReader(bytesOf(content)), plan(fields));
    expect(decoded).toHaveLength(1);
    expect(decoded[0]).toMatchObject({ code: 'JSON_MEMBER_UNKNOWN', at: { line: 2, byteOffset: 39, record: 2 } });
    expect(decoded[0]?.message).toContain('8 members are not read');
    expect(decoded[0]?.message).toContain('"b", "c", "e", "f", "g", …, first in line 2 (byte 39)');
  });
});
