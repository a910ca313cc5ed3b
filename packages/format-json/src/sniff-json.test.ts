import { describe, expect, it } from 'vitest';
import { sniffJson } from './sniff-json.ts';

const sniff = (content: string, name = 'a.json', complete = true) => {
  const head = new TextEncoder().encode(content);
  return sniffJson({ name, head, tail: complete ? head : new Uint8Array(0), complete });
};

describe('sniffJson', () => {
  it.each([
    ['one record per line', '{"a":1}\n{"a":2}\n'],
    ['one record per line, the last one cut', '{"a":1}\n{"a":2'],
    ['lines with a bad first one', '{"a":\n{"a":2}\n{"a":3}\n'],
    ['a single record', '{"a":1,"b":{"c":[1,2]}}\n'],
    ['values over several lines', '{\n"a":1\n}\n{\n"a":2\n}\n'],
    ['values on one line', '{"a":1}{"a":2}'],
    ['an array on several lines', '\ufeff\n[\n {"a":1}\n]\n'],
    ['an object over several lines', '{\n"a":1\n}\n'],
    ['records inside of a document', '{"n":1,"data":{"items":[{"a":1}]}}'],
    ['a record that is cut off', '{"a":1,"b":{"c"'],
    ['an array that is cut off', '[{"a":1},{"a"'],
    ['an array with a bad element', '[\n{"a":1},\n{"a" 2}\n]\n'],
    ['arrays on lines', '[{"a":1}]\n[{"a":2}]\n'],
  ])('takes %s, and leaves to others how its records stand in it', (_, content) => {
    const guess = sniff(content);
    expect(guess?.options).toEqual({});
    // More than CSV gives to files that begin with a bracket.
    expect(guess?.score).toBeGreaterThan(0.7);
    expect(guess?.because.length).toBeGreaterThan(0);
  });

  it.each(['utf-16le', 'utf-16be'])('takes %s, so that it is refused with that reason', (encoding) => {
    for (const mark of ['', '\ufeff']) {
      const bytes = new Uint8Array(Buffer.from(`${mark}{"id":1,"name":"Zoé"}\n`, 'utf16le'));
      const head = encoding === 'utf-16le' ? bytes : new Uint8Array(Buffer.from(bytes).swap16());
      const guess = sniffJson({ name: 'a.json', head, tail: head, complete: true });
      expect(guess).toMatchObject({ score: 0.98, because: ['the name ends with .json', 'it begins with {, not in UTF-8'] });
    }
  });

  it('knows its files by their content, whatever their name, unless that is of another format', () => {
    expect(sniff('{"a":1}\n{"a":2}\n', 'export')?.score).toBeGreaterThan(0.85);
    expect(sniff('{"a":1}\n{"a":2}\n', 'export.csv')?.score).toBeGreaterThan(0.85);
    expect(sniff('[id],[name]\n1,2\n', 'export.csv')).toBeNull();
    expect(sniff('{id},{name}\n1,2\n', 'export.csv')).toBeNull();
  });

  it.each(['a,b\n1,2\n', 'id;name\n', '', '<a/>', '# title\n', '"a","b"\n"1","2"\n'])('leaves %j to others', (content) => {
    expect(sniff(content, 'a.csv')).toBeNull();
    expect(sniff(content, 'a.txt')).toBeNull();
  });

  it('takes what is named JSON and is none, so that it is refused with a reason', () => {
    for (const content of ['42', '"text"', 'null', '[1,2]', '{"type":"Topology","objects":{}}']) {
      expect(sniff(content)).toMatchObject({ score: expect.any(Number) });
      expect(sniff(content)?.options).not.toHaveProperty('recordsAt');
    }
    expect(sniff('a,b\n1,2\n')).toBeNull();
    expect(sniff('')).toMatchObject({ because: ['the name ends with .json', 'the file is empty'] });
  });
});
