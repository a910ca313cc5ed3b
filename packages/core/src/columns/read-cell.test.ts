import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellText } from './cell-text.ts';
import type { CellsColumn } from './column-data.ts';
import { createCellSlice, readCell } from './read-cell.ts';

function cell(text: string, quoted: number, escaping: CellsColumn['escaping'], character = '"'): CellsColumn {
  const source = new TextEncoder().encode(text);
  return {
    layout: 'cells',
    source,
    starts: Uint32Array.of(0),
    ends: Uint32Array.of(source.length),
    quoted: Uint8Array.of(quoted),
    escaping,
    escape: character.charCodeAt(0),
  };
}

describe('readCell', () => {
  it('points into the source when nothing is escaped', () => {
    const column = cell('say ""hi""', 1, 'doubled-quote');
    const slice = readCell(column, 0, createCellSlice());
    expect(slice.bytes).toBe(column.source);
    expect([slice.start, slice.end]).toEqual([0, 10]);
  });

  it.each([
    ['say ""hi""', 'doubled-quote', '"', 'say "hi"'],
    ['a"b', 'doubled-quote', '"', 'a"b'],
    ['""""', 'doubled-quote', '"', '""'],
    ['"', 'doubled-quote', '"', '"'],
    ['a\\"b\\\\', 'character', '\\', 'a"b\\'],
    ['end\\', 'character', '\\', 'end\\'],
    ['a""b', 'none', '"', 'a""b'],
  ] as const)('reads %s with %s as its text', (text, escaping, character, expected) => {
    expect(cellText(cell(text, 2, escaping, character), 0)).toBe(expected);
  });

  it('gives back every text whose quotes were doubled, of any length', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('"', 'a', 'é'), maxLength: 190 }));
    fc.assert(
      fc.property(text, (value) => {
        const column = cell(value.replaceAll('"', '""'), 2, 'doubled-quote');
        const slice = readCell(column, 0, createCellSlice());
        const bytes = slice.bytes.subarray(slice.start, slice.end);
        expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)).toBe(value.toWellFormed());
      }),
    );
  });

  it('refuses cells escaped as JSON', () => {
    expect(() => readCell(cell('\\n', 2, 'json'), 0, createCellSlice())).toThrow(
      expect.objectContaining({ code: 'CONTRACT_UNSUPPORTED' }),
    );
  });
});

describe('cellText', () => {
  it('ends after 200 characters, never inside one', () => {
    expect(cellText(cell('x'.repeat(500), 0, 'none'), 0)).toBe('x'.repeat(200));
    expect(cellText(cell(`${'x'.repeat(199)}😀😀`, 0, 'none'), 0)).toBe('x'.repeat(199));
    expect(cellText(cell('語'.repeat(200), 0, 'none'), 0)).toBe('語'.repeat(200));
    expect(cellText(cell('語'.repeat(300), 0, 'none'), 0)).toBe('語'.repeat(200));
  });
});
