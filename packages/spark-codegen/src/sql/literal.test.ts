import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../hostile-text.fixture.ts';
import { sqlName, sqlString } from './literal.ts';

/** What Spark makes of a literal: https://github.com/apache/spark/blob/v4.0.0/sql/api/src/main/scala/org/apache/spark/sql/catalyst/util/SparkParserUtils.scala */
function readSqlString(literal: string): string {
  expect(literal).toMatch(/^'([^'\\]|\\.)*'$/s);
  return literal.slice(1, -1).replace(/\\(u[0-9a-f]{4}|.)/gs, (_, sign: string) => {
    if (sign.length === 5) return String.fromCharCode(Number.parseInt(sign.slice(1), 16));
    return { n: '\n', r: '\r', t: '\t' }[sign] ?? sign;
  });
}

describe('a text in SQL', () => {
  it.each([
    ["it's", "'it\\'s'"],
    ['back\\slash', "'back\\\\slash'"],
    ['\\A[0-9]\\z', "'\\\\A[0-9]\\\\z'"],
    ['two\nlines', "'two\\nlines'"],
    ['\u0000\u2028', "'\\u0000\\u2028'"],
    // Spark looks for variables in literals too.
    ['$\u007bspark.home}', "'\\u0024\u007bspark.home}'"],
    ['50%_', "'50%_'"],
  ])('%j becomes %s', (text, literal) => expect(sqlString(text)).toBe(literal));

  it('is the same text when Spark has read it, and never ends early', () => {
    fc.assert(
      fc.property(hostileText, (text) => void expect(readSqlString(sqlString(text))).toBe(text)),
      { numRuns: 2_000 },
    );
  });

  it('cannot be half a character', () => {
    expect(() => sqlString('\ud83d')).toThrow(expect.objectContaining({ code: 'SPARK_UNSUPPORTED' }));
  });
});

describe('a name in SQL', () => {
  it('stands in backticks, its own doubled', () => {
    expect(sqlName('order `id`')).toBe('`order ``id```');
    fc.assert(
      fc.property(hostileText, (text) => {
        const isName = text !== '' && !/[\p{Cc}\u2028\u2029]/u.test(text);
        if (isName) expect(sqlName(text).slice(1, -1).replaceAll('``', '`')).toBe(text);
        else expect(() => sqlName(text)).toThrow(expect.objectContaining({ code: 'SPARK_UNSUPPORTED' }));
      }),
      { numRuns: 2_000 },
    );
  });
});
