import { describe, expect, it } from 'vitest';
import { sniffJson } from './sniff-json.ts';

const sniff = (content: string, name = 'a.json', complete = true) => {
  const head = new TextEncoder().encode(content);
  return sniffJson({ name, head, tail: complete ? head : new Uint8Array(0), complete });
};

describe('sniffJson', () => {
  it.each<[string, string, unknown]>([
    ['one record per line', '{"a":1}\n{"a":2}\n', { framing: 'lines' }],
    ['one record per line, the last one cut', '{"a":1}\n{"a":2', { framing: 'lines' }],
    ['lines with a bad first one', '{"a":\n{"a":2}\n{"a":3}\n', { framing: 'lines' }],
    ['a single record', '{"a":1,"b":{"c":[1,2]}}\n', { framing: 'lines' }],
    ['values over several lines', '{\n"a":1\n}\n{\n"a":2\n}\n', { framing: 'values' }],
    ['values on one line', '{"a":1}{"a":2}', { framing: 'values' }],
    ['an array', '[{"a":1},{"a":2}]', { framing: 'document', recordsAt: [] }],
    ['an array on several lines', '\ufeff\n[\n {"a":1}\n]\n', { framing: 'document', recordsAt: [] }],
    ['an object over several lines', '{\n"a":1\n}\n', { framing: 'document', recordsAt: [] }],
    ['records inside of a document', '{"n":1,"data":{"items":[{"a":1}]}}', { framing: 'document', recordsAt: ['data', 'items'] }],
    ['records below a name with an escape', '{"d\\u00e4":[{"a":1}]}', { framing: 'document', recordsAt: ['dä'] }],
    ['two arrays of records', '{"x":[{"a":1}],"y":[{"a":1}]}', { framing: 'document', recordsAt: [] }],
    ['a record that is cut off', '{"a":1,"b":{"c"', { framing: 'lines' }],
    ['an array that is cut off', '[{"a":1},{"a"', { framing: 'document', recordsAt: [] }],
    ['an array with a bad element', '[\n{"a":1},\n{"a" 2}\n]\n', { framing: 'document', recordsAt: [] }],
    ['arrays on lines', '[{"a":1}]\n[{"a":2}]\n', { framing: 'lines' }],
  ])('takes %s', (_, content, options) => {
    const guess = sniff(content);
    expect(guess?.options).toEqual(options);
    // More than CSV gives to files that begin with a bracket.
    expect(guess?.score).toBeGreaterThan(0.7);
    expect(guess?.because.length).toBeGreaterThan(0);
  });

  it('names the arrays when there are several', () => {
    expect(sniff('{"x":[{"a":1}],"y":{"z":[{"a":1}]}}')?.because.join()).toContain('(["x"], ["y","z"])');
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
