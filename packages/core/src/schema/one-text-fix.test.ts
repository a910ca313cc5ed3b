import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Case, codesOf, columnsOf, found, numbers, patched, resolve } from './column-cases.fixture.ts';
import { mergeColumnStatistics } from './infer-columns.ts';
import { observe } from './observe-texts.fixture.ts';

const times = (count: number, text: string): string[] => Array.from({ length: count }, () => text);

describe('one text that stands where there is no value', () => {
  it('is offered as null where it made a column text, with the type that the others have', () => {
    const given: Case = { files: { 'a.csv': { day: [...times(6, '2024-05-03'), ...times(4, 'unbekannt')] } } };
    const finding = found(resolve(given), 'SCHEMA_MIXED_TYPES');
    expect(finding.message).toBe(
      'Column "day" is text: 6 of 10 values are date, which is less than 99 %, see "unbekannt" in a.csv line 8.',
    );
    expect(finding.fixes?.map(({ title }) => title)).toEqual(['Read "unbekannt" as null in "day", which is date then']);
    const after = resolve(patched(given, finding));
    expect([columnsOf(after), codesOf(after)]).toEqual([['day: date (declared)'], []]);
  });

  it('is offered with the few values that an inferred, a declared or a type of the table does not fit', () => {
    const files = { 'a.csv': { c: [...numbers(300), 'x', 'x'] } };
    const cases: [Case, string][] = [
      [{ files }, 'SCHEMA_VALUES_REFUTED'],
      [{ files, declared: { c: { type: { kind: 'int64' } } } }, 'SCHEMA_VALUES_REFUTED'],
      [{ files, table: { c: 'int64' } }, 'SCHEMA_VALUES_REFUTED'],
      [{ files: { 'a.csv': { c: ['1', 'x', 'x'] } }, table: { c: 'int64' } }, 'SCHEMA_TYPE_CONFLICT'],
    ];
    for (const [given, code] of cases) {
      const finding = found(resolve(given), code);
      expect(finding.fixes?.[0]?.title).toBe('Read "x" as null in "c", which is int64 then');
      const after = resolve(patched(given, finding));
      expect([after.held.size, codesOf(after)]).toEqual([0, []]);
    }
  });

  it('is a word for that, where it is there only once', () => {
    const titles = (text: string) =>
      found(resolve({ files: { 'a.csv': { c: [...numbers(200), text] } } }), 'SCHEMA_VALUES_REFUTED').fixes?.map(
        ({ title }) => title,
      );
    expect(titles('N/A')).toContain('Read "N/A" as null in "c", which is int64 then');
    expect(titles('12O')).toEqual(['Make "c" text', 'Load such rows with null in "c"']);
  });

  it('is not offered beside other texts, or other values that do not fit', () => {
    for (const odd of [
      ['x', 'y'],
      ['x', 'x', 'true', 'true'],
    ]) {
      const fixes = found(resolve({ files: { 'a.csv': { c: [...numbers(400), ...odd] } } }), 'SCHEMA_VALUES_REFUTED').fixes ?? [];
      expect(fixes.filter(({ title }) => title.includes('as null in'))).toEqual([]);
    }
  });

  it('is known over several files as it is in one, in any order', () => {
    const texts = fc.array(fc.constantFrom('x', 'y', '1', '', 'x'.repeat(65)), { maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        const whole = new Set([...a, ...b].filter((text) => !/^1?$/.test(text)));
        const expected = whole.size === 1 && [...whole][0]!.length < 65 ? true : undefined;
        const [left, right] = [observe(a).statistics, observe(b).statistics];
        expect(observe([...a, ...b]).statistics.sameText).toBe(expected);
        expect(mergeColumnStatistics(left, right).sameText).toBe(expected);
        expect(mergeColumnStatistics(right, left).sameText).toBe(expected);
      }),
    );
  });
});

describe('a column of which less than 99 % fit a type', () => {
  it('says which type, and how many', () => {
    const message = (texts: string[]) => found(resolve({ files: { 'a.csv': { c: texts } } }), 'SCHEMA_MIXED_TYPES').message;
    expect(message([...numbers(60), 'a', 'b'])).toContain('60 of 62 values are int64, which is less than 99 %');
    expect(message([...times(2, 'true'), ...times(2, '7')])).toContain('2 of 4 values are');
  });
});
