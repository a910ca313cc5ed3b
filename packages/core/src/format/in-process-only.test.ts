import { describe, expect, it } from 'vitest';
import { inProcessOnly } from './in-process-only.ts';
import type { DelimitedReader, ReaderPlan } from './reader-plan.ts';

const plan: DelimitedReader = {
  kind: 'delimited',
  columns: ['a'],
  delimiter: '||',
  quote: null,
  escape: null,
  comment: '#',
  unescapedQuotes: 'stop-at-delimiter',
  encoding: 'utf-16le',
  multiLine: true,
  header: true,
  skipLines: 0,
  skipFooterLines: 0,
  compression: 'gzip',
};

const json = (framing: 'lines' | 'values') =>
  ({ kind: 'json', framing, recordsAt: [], fields: [], rescue: null, compression: null }) as const satisfies ReaderPlan;

describe('what Spark cannot read', () => {
  it('is nothing of an ordinary file', () => {
    expect(inProcessOnly(plan)).toBeNull();
    expect(inProcessOnly({ kind: 'parquet', fields: [] })).toBeNull();
    expect(inProcessOnly(json('lines'))).toBeNull();
  });

  it.each([
    ['a footer', { ...plan, skipFooterLines: 1 }, '1 line at the end of the file is no data'],
    ['a preamble', { ...plan, skipLines: 2 }, '2 lines before the header are no data'],
    ['a delimiter of several characters beside quotes', { ...plan, quote: '"', escape: '"' }, 'The delimiter "||"'],
    ['JSON values over several lines', json('values'), 'one value per line'],
    ['JSON of which only the head was looked at', { ...json('lines'), isPartial: true as const }, 'members that come later'],
    ['an encoding', { ...plan, encoding: 'windows-1251' }, 'The encoding is windows-1251'],
    ['a format of a plugin', { kind: 'opaque', format: 'edifact' } as const, '"edifact"'],
  ])('is %s, and the reason says so', (_, reader, words) => {
    expect(inProcessOnly(reader)).toContain(words);
  });
});
