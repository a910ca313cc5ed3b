import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exactJsonText, parseExactJson } from './exact-json.ts';

describe('parseExactJson', () => {
  it('keeps every digit of a 64-bit integer', () => {
    const text = '{"snapshot-id":7123456789012345679,"anything":9007199254740993,"nested":[{"sequence-number":1}]}';
    expect(parseExactJson(text)).toEqual({
      'snapshot-id': 7123456789012345679n,
      anything: 9007199254740993n,
      nested: [{ 'sequence-number': 1n }],
    });
    expect(exactJsonText(parseExactJson(text))).toBe(text);
  });

  it('gives bigint for the known members, whatever their size, and numbers elsewhere', () => {
    expect(parseExactJson('{"snapshot-ids":[1,9007199254740993],"spec-id":1,"ratio":0.5,"timestamp-ms":0}')).toEqual({
      'snapshot-ids': [1n, 9007199254740993n],
      'spec-id': 1,
      ratio: 0.5,
      'timestamp-ms': 0n,
    });
  });

  it('never touches digits inside texts', () => {
    const text = '{"summary":{"total-records":"9007199254740993","snapshot-id":"7"}}';
    expect(exactJsonText(parseExactJson(text))).toBe(text);
  });

  it('round-trips every JSON value', () => {
    const value = fc.letrec((tie) => ({
      any: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc
          .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
          .map((n) => (n >= -(2n ** 53n) + 1n && n < 2n ** 53n ? Number(n) : n)),
        fc.array(tie('any'), { maxLength: 4 }),
        fc.dictionary(
          fc.string().filter((name) => name !== '__proto__'),
          tie('any'),
          { maxKeys: 4 },
        ),
      ),
    })).any;
    fc.assert(
      fc.property(value, (any) => {
        expect(parseExactJson(exactJsonText(any))).toEqual(any);
      }),
    );
  });
});
