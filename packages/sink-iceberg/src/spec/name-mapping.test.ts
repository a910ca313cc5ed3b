import { describe, expect, it } from 'vitest';
import { parseNameMapping } from './name-mapping.ts';

describe('parseNameMapping', () => {
  it('takes the example of the specification, and a table without a mapping', () => {
    const text =
      '[{"field-id":1,"names":["id","record_id"]},{"field-id":2,"names":["data"]},' +
      '{"field-id":3,"names":["location"],"fields":[{"field-id":4,"names":["latitude","lat"]},{"names":["old"]}]}]';
    expect(parseNameMapping(text)).toEqual(JSON.parse(text));
    expect(parseNameMapping(undefined)).toBeNull();
  });

  it.each([
    ['no JSON', 'id=1', 'it is not JSON'],
    ['another shape', '[{"field-id":"1","names":["id"]}]', '0.field-id'],
    ['names that are missing', '[{"field-id":1}]', '0.names'],
  ])('refuses %s: values would be taken for missing', (_, text, where) => {
    expect(() => parseNameMapping(text)).toThrow(
      expect.objectContaining({ code: 'ICEBERG_METADATA_INVALID', message: expect.stringContaining(where) }),
    );
  });
});
