import { describe, expect, it } from 'vitest';
import type { JsonOptionsInput } from './json-format-options.ts';
import { lookAtHead } from './look-at-head.ts';

const look = (content: string, name = 'a.json', options: JsonOptionsInput = {}, isFinal = true) => {
  const data = new TextEncoder().encode(content);
  const bytes = new Uint8Array(data.length + 32);
  bytes.set(data);
  return lookAtHead({ bytes, length: data.length, isFinal, recordBytes: 1000 }, options, name);
};

describe('what the first bytes of a file tell', () => {
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
    [
      'records inside of a document',
      '{\n"n":1,"data":{"items":[{"a":1}]}}',
      { framing: 'document', recordsAt: ['data', 'items'] },
    ],
    ['records below a name with an escape', '{\n"d\\u00e4":[{"a":1}]}', { framing: 'document', recordsAt: ['dä'] }],
    ['a map of GeoJSON', '{"type":"FeatureCollection","features":[{"id":1}]}', { framing: 'document', recordsAt: ['features'] }],
    ['two arrays of records', '{"x":[{"a":1}],"y":[{"a":1}]}', { framing: 'document', recordsAt: [] }],
    ['a record that is cut off', '{"a":1,"b":{"c"', { framing: 'lines' }],
    ['an array that is cut off', '[{"a":1},{"a"', { framing: 'document', recordsAt: [] }],
    ['an array with a bad element', '[\n{"a":1},\n{"a" 2}\n]\n', { framing: 'document', recordsAt: [] }],
    ['arrays on lines', '[{"a":1}]\n[{"a":2}]\n', { framing: 'lines' }],
  ])('%s', (_, content, told) => {
    expect(look(content)).toMatchObject({ ...(told as object), perhapsAt: null, needsMore: false });
  });

  it('names the arrays when there are several', () => {
    expect(look('{"x":[{"a":1}],"y":{"z":[{"a":1}]}}')?.because.join()).toContain('(["x"], ["y","z"])');
  });

  it('leaves open whether one object on one line is a record or has the records', () => {
    const order = '{"id":3,"items":[{"sku":"a"},{"sku":"b"}]}\n';
    expect(look(order)).toMatchObject({ framing: 'lines', recordsAt: [], perhapsAt: ['items'] });
    // Nothing is open when somebody or something says it.
    expect(look(order, 'a.jsonl')).toMatchObject({ framing: 'lines', perhapsAt: null });
    expect(look(order, 'a.ndjson.gz')).toMatchObject({ framing: 'lines', perhapsAt: null });
    expect(look(order, 'a.json', { framing: 'lines' })).toMatchObject({ framing: 'lines', perhapsAt: null });
    expect(look(order, 'a.json', { recordsAt: [] })).toMatchObject({ framing: 'lines', perhapsAt: null });
    expect(look(order, 'a.json', { recordsAt: ['items'] })).toMatchObject({ framing: 'document', perhapsAt: null });
    expect(look(order, 'a.json', { framing: 'document' })).toMatchObject({ recordsAt: ['items'], perhapsAt: null });
    expect(look(order + order)).toMatchObject({ framing: 'lines', perhapsAt: null });
  });

  it('takes what is named for lines and is one object over several for a record', () => {
    expect(look('{\n"id":3,\n"items":[{"sku":"a"}]}\n', 'a.jsonl')).toMatchObject({ framing: 'document', recordsAt: [] });
  });

  it.each([
    ['{"id":1,"items":[{"a":1},{"a"', true],
    ['{"id":1,\n"items":[{"a":1},{"a"', true],
    ['{"id":1,"items":[', true],
    ['{"id":1,"items":[{"a":1}', true],
    ['{"id":1,"items":[1', true],
    ['{"id":1}', true],
    ['{\n"id":1\n}\n \n', true],
    ['[{"a":1}]\n', true],
    ['{"id":1}\n{', false],
    ['{\n"id":1\n}\n{', false],
    // It may have gigabytes; what follows it holds the file.
    ['[{"a":1},{"a"', false],
    ['{"id" 1,', false],
  ])('needs more where that may say something else: %j', (content, needsMore) => {
    expect(look(content, 'a.json', {}, false)?.needsMore).toBe(needsMore);
    expect(look(content, 'a.json', { framing: 'lines' }, false)?.needsMore).toBe(false);
    expect(look(content, 'a.json', {}, true)?.needsMore).toBe(false);
  });
});
