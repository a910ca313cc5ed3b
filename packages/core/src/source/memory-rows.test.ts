import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CalveError } from '../errors/calve-error.ts';
import { jsonLines } from './memory-rows.ts';

const textOf = (rows: Record<string, unknown>[]): string => new TextDecoder().decode(jsonLines(rows, 'orders'));

function refused(row: unknown): CalveError {
  try {
    jsonLines([{ ok: 1 }, row as Record<string, unknown>], 'orders');
  } catch (error) {
    if (error instanceof CalveError) return error;
  }
  throw new Error('The row was not refused.');
}

describe('rows in memory', () => {
  it('are lines of JSON, in order', () => {
    expect(textOf([{ a: 1 }, { a: null, b: 'ü"\n' }])).toBe('{"a":1}\n{"a":null,"b":"ü\\"\\n"}\n');
    expect(textOf([])).toBe('');
  });

  it('lose nothing that JSON can say, whatever the host holds it in', () => {
    const row = {
      big: 9_223_372_036_854_775_807n,
      minus: -0,
      small: 1e-7,
      at: new Date(Date.UTC(2026, 0, 2, 3, 4, 5, 678)),
      bytes: Uint8Array.of(1, 2, 255),
      absent: undefined,
      list: [1, undefined, [true]],
      inner: { x: null },
      not: Number.NaN,
      endless: Number.NEGATIVE_INFINITY,
    };
    expect(textOf([row])).toBe(
      '{"big":9223372036854775807,"minus":-0,"small":1e-7,"at":"2026-01-02T03:04:05.678Z","bytes":"AQL/",' +
        '"list":[1,null,[true]],"inner":{"x":null},"not":"NaN","endless":"-Infinity"}\n',
    );
  });

  it('have null in the holes of an array', () => {
    const sparse = [1];
    sparse[2] = 3;
    expect(textOf([{ list: sparse }])).toBe('{"list":[1,null,3]}\n');
  });

  it('equal what they were when they are parsed again', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 10 }), (rows) => {
        const wellFormed = JSON.parse(JSON.stringify(rows)) as Record<string, unknown>[];
        const lines = textOf(wellFormed).split('\n').slice(0, -1);
        expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(wellFormed);
      }),
    );
  });

  it('that JSON cannot hold are refused with row, place and what would do', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    for (const [row, words] of [
      [{ a: [{ b: () => 1 }] }, 'a.0.b is a function'],
      [{ a: Symbol('s') }, 'a is a symbol'],
      [{ a: new Map() }, 'a is a Map'],
      [{ a: new Date(Number.NaN) }, 'a is a Date without a time'],
      [cycle, 'nested too deep, or holds itself'],
    ] as const) {
      const error = refused(row);
      expect(error).toMatchObject({ code: 'CONFIGURATION_INVALID', recovery: { kind: 'fix-input' } });
      expect(error.message).toContain('Row 2 of "orders"');
      expect(error.message).toContain(words);
    }
  });

  it('of more than one block stay in order', () => {
    const rows = Array.from({ length: 3_000 }, (_, id) => ({ id }));
    expect(textOf(rows).split('\n').slice(0, -1)).toEqual(rows.map(({ id }) => `{"id":${id}}`));
  });
});
