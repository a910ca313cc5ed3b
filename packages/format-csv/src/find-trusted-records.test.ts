import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awkwardFile } from '../test/awkward-table.ts';
import { toByteDialect } from './byte-dialect.ts';
import { CsvTokenizer } from './csv-tokenizer.ts';
import type { ExpectedRecords } from './find-trusted-records.ts';
import { findTrustedRecords } from './find-trusted-records.ts';

const QUOTE = 0x22;

function find(
  content: Uint8Array | string,
  expected: Partial<ExpectedRecords> & { delimiter?: string; isFinal?: boolean },
): number {
  const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { delimiter = ',', isFinal = false, lineEnd = 'LF', quote = QUOTE, columns = 2, longestBytes = 20 } = expected;
  const bytes = new Uint8Array(data.length * 2 + 16);
  bytes.set(data);
  const dialect = { delimiter, quote: quote < 0 ? null : '"', escape: quote < 0 ? null : '"', comment: null };
  const tokenizer = new CsvTokenizer(toByteDialect({ ...dialect, unescapedQuotes: 'stop-at-delimiter' }), lineEnd);
  const found = findTrustedRecords({ bytes, length: data.length, isFinal }, tokenizer, { lineEnd, quote, columns, longestBytes });
  expect([tokenizer.cells.count, bytes.subarray(0, data.length)]).toEqual([0, data]);
  return found;
}

/** Where `|` stands in the text, and the text without it. */
function marked(text: string): [string, number] {
  return [text.replace('|', ''), text.indexOf('|')];
}

describe('the records of a part that can be trusted', () => {
  it.each([
    ['begin behind the first line end', '1,2\n|3,4\n5,"x"\n'],
    ['begin behind the first line end, whose record is quoted', '","b"\n|"c","d"\n"e","f"\n'],
    ['begin behind the rest of a record that the part begins inside of', 'two\nthree",1\n|"one\ntwo",2\n"x",3\n'],
    ['begin where both readings come together', 'two\nthree,x"\n|4,5\n6,7\n'],
    ['are those of the only reading in which cells are quoted well', 'a\nb,"\n|7,"c\nd,"\n8,"e"\n'],
    ['may follow empty lines', 'two\n\nthree",x\n|\n4,5\n6,"7"\n'],
  ])('%s', (_, text) => {
    const [part, at] = marked(text);
    expect(find(part, {})).toBe(at);
  });

  it.each([
    ['no line end', '1,2'],
    ['nothing behind the first line end', '1,2\n'],
    ['records of another width', '1,2\n3,4,5\n6,7\n'],
    ['a quote that is not doubled', '1,2\n3,"4"x\n5,6\n'],
    ['two readings that never meet, of which none is unlikely', '1,2\n3,4\n5,6\n'],
  ])('do not exist with %s', (_, part) => {
    expect(find(part, {})).toBe(-1);
  });

  it('are plain lines without a quote far and wide, unless there are cells nearly as long', () => {
    const lines = '1,2\n'.repeat(100);
    expect(find(lines, { longestBytes: 20 })).toBe(4);
    expect(find(lines, { longestBytes: 200 })).toBe(-1);
    expect(find('1,2\n3,4\n', { quote: -1 })).toBe(4);
  });

  it('include what ends with the file', () => {
    expect(find('1,2\n3,"4', { isFinal: true })).toBe(-1);
    expect(find('1,2\n3,"4"', { isFinal: true })).toBe(4);
  });

  it('are records of the file, wherever the part is cut out of it', () => {
    const counts = { outside: 0, inside: 0, leftOut: 0 };
    const cuts = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 10, max: 600 })), { minLength: 10, maxLength: 10 });
    fc.assert(
      fc.property(awkwardFile({ minLength: 5, maxLength: 40 }), cuts, (file, places) => {
        const { content, delimiter, columns, longestBytes } = file;
        const lineEnd = file.lineEnd === '\n' ? 'LF' : 'CRLF';
        for (const [place, length] of places) {
          const from = place % content.length;
          const to = Math.min(content.length, from + length);
          const part = content.subarray(from, to);
          const expected = { delimiter, columns, longestBytes, lineEnd } as const;
          const found = find(part, { ...expected, isFinal: to === content.length });
          if (found < 0) {
            counts.leftOut += 1;
            continue;
          }
          expect([...file.starts, content.length]).toContain(from + found);
          const text = Buffer.from(part).toString('latin1');
          const firstLine = from + text.indexOf(file.lineEnd) + file.lineEnd.length;
          if (file.starts.includes(firstLine)) counts.outside += 1;
          else counts.inside += 1;
        }
      }),
      { numRuns: 500 },
    );
    expect(counts.outside).toBeGreaterThan(300);
    expect(counts.inside).toBeGreaterThan(300);
    expect(counts.leftOut).toBeLessThan(4_000);
  });
});
