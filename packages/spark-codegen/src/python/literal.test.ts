import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostileText } from '../hostile-text.fixture.ts';
import { sqlString } from '../sql/literal.ts';
import { pythonLiteral, pythonSql, pythonString } from './literal.ts';

/** What Python makes of a literal, as far as the printer uses its escapes. */
function readPython(literal: string): string {
  if (!literal.startsWith('"""')) return JSON.parse(literal) as string;
  const inside = literal.slice(3, -3);
  expect(inside).not.toContain('"""');
  return inside.replace(/\\(u[0-9a-f]{4}|.)/gs, (_, sign: string) =>
    sign.length === 5 ? String.fromCharCode(Number.parseInt(sign.slice(1), 16)) : sign,
  );
}

describe('a literal of Python', () => {
  it('is the same text when Python has read it', () => {
    fc.assert(
      fc.property(hostileText, (text) => void expect(readPython(pythonString(text))).toBe(text)),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(hostileText, (text) => void expect(readPython(pythonSql(text))).toBe(text)),
      { numRuns: 2_000 },
    );
  });

  it('holds SQL that holds a text: two layers, and the text comes out', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const sql = `SELECT ${sqlString(text)}\n`;
        const literal = pythonSql(sql);
        expect(readPython(literal)).toBe(sql);
        // Nothing in it ends a line or hides a character, but for the line feeds of the statement itself.
        expect(literal).not.toMatch(/(?!\n)[\p{Cc}\u2028\u2029\ufeff]/u);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is one line while it is short, then one member per line', () => {
    expect(pythonLiteral({ a: true, b: null, c: ['x', 1.5] })).toBe('{"a": True, "b": None, "c": ["x", 1.5]}');
    const long = 'x'.repeat(60);
    expect(pythonLiteral({ first: long, second: [long] })).toBe(`{\n    "first": "${long}",\n    "second": ["${long}"],\n}`);
  });
});
