import { describe, expect, it } from 'vitest';
import { detectCsvDialect } from './detect-csv-dialect.ts';
import { detectLineEnd } from './line-end.ts';

const unescapedQuotes = 'stop-at-delimiter' as const;

function detect(text: string, options: Partial<Parameters<typeof detectCsvDialect>[1]> = {}) {
  const data = new TextEncoder().encode(text);
  const bytes = new Uint8Array(data.length * 2 + 16);
  bytes.set(data);
  const lineEnd = detectLineEnd(data, 0, data.length, true) ?? 'LF';
  return detectCsvDialect({ bytes, length: data.length, start: 0, isFinal: true, lineEnd }, { unescapedQuotes, ...options });
}

describe('the dialect', () => {
  it.each([
    ['commas', 'a,b,c\n1,2,3\n', ','],
    ['semicolons', 'a;b;c\r\n1;2;3\r\n', ';'],
    ['tabs', 'a\tb\n1\t2\n', '\t'],
    ['bars', 'a|b\n1|2\n', '|'],
    ['semicolons with decimal commas', '1,5;2,5;3,5\n1,2;2,2;7,1\n', ';'],
    ['semicolons around prose', 'name;text\nx;well, yes, no\ny;no\nz;a, b\n', ';'],
    ['commas around pairs', 'id,place,n\n1,12.5;44.1,a\n2,11.5;43.1,b\n', ','],
    ['delimiters in quotes', '"a;b",c\n"d;e",f\n"g;h",i\n', ','],
    ['pairs of bars', 'a||b||c\n1||x||2\n3||y||4\n', '||'],
    ['tabs with bars', 'a\t|b\n1\t|2\n', '\t|'],
    ['bars with empty cells', 'a|b|c\n1||2\n3|4|5\n', '|'],
    ['one column', 'name\nAnn\nBob, the second\nCy\n', ','],
  ])('is found for %s', (_, text, delimiter) => {
    expect(detect(text).dialect.delimiter).toBe(delimiter);
  });

  it('comes with its reason and the runner-up', () => {
    expect(detect('a;b,c\n1;2,3\n4;5,6\n').because[0]).toMatch(
      /^the delimiter is `[;,]`: all 3 sampled records have 2 fields; the next best, `[;,]`, gives/,
    );
    expect(detect('a,b\n1,2\n3\n').because[0]).toContain('2 of 3 sampled records have 2 fields');
    expect(detect('one\ntwo\n').because[0]).toContain('one column');
  });

  it('names the delimiters that fit equally well, and only these', () => {
    expect(detect('a;b,c\n1;2,3\n4;5,6\n').rivals).toEqual([',', ';']);
    expect(detect('a;b,c\n1;2,x\n4;5,y\n').rivals).toHaveLength(2);
    for (const text of [
      '1,5;2,5\n1,2;2,2\n',
      'id,place\n1,12;44\n2,11;43\n',
      'a||b\n1||2\n',
      'a,b\n1,2\n',
      'a;b,c\n',
      'a\n1\n',
    ]) {
      expect([text, detect(text).rivals]).toEqual([text, []]);
    }
    expect(detect('a;b,c\n1;2,3\n', { delimiter: ';' }).rivals).toEqual([]);
  });

  it('takes the backslash as the escape character only where doubled quotes make no sense', () => {
    const escaped = detect('a,b\n1,"he said \\"hi\\", twice"\n2,"x"\n');
    expect(escaped.dialect.escape).toBe('\\');
    expect(escaped.because).toContainEqual(expect.stringContaining('the escape character is \\'));
    for (const text of ['a,b\n"C:\\dir\\",x\n', 'a,b\n1,"he said ""hi"""\n', 'a,b\n1,"x"y\n']) {
      expect([text, detect(text).dialect.escape]).toEqual([text, '"']);
    }
    expect(detect('a,b\n1,"\\"x\\""\n', { escape: '"' }).dialect.escape).toBe('"');
  });

  it('takes the single quote only where cells are clearly wrapped in it', () => {
    expect(detect("'a','b,c'\n'd','e,f'\n").dialect.quote).toBe("'");
    expect(detect("a,b\nit's,'tis\n'twas,x\n").dialect.quote).toBe('"');
    expect(detect("'a','b'\n'c','d'\n", { quote: '"' }).dialect.quote).toBe('"');
  });

  it('leaves alone what is set', () => {
    expect(detect('a;b\n1;2\n', { delimiter: '::' }).dialect.delimiter).toBe('::');
    expect(detect('a;b\n1;2\n', { delimiter: ',' }).because).toEqual([]);
  });
});
