import { describe, expect, it } from 'vitest';
import type { CsvOptions } from './csv-format-options.ts';
import { dialectOfBeginning } from './dialect-of-beginning.ts';
import { findDialect } from './find-dialect.ts';
import type { Head } from './sample-records.ts';

const options = { header: true, nulls: [], unescapedQuotes: 'stop-at-delimiter' } as unknown as CsvOptions;

/** A head whose first 32 KiB are regular, with something behind them. */
function headOf(record: string, behind = ''): Head {
  const data = new TextEncoder().encode(`id;na,me\n${record.repeat(Math.ceil(40_000 / record.length))}${behind}${record}`);
  const bytes = new Uint8Array(data.length * 2 + 16);
  bytes.set(data);
  return { bytes, length: data.length, start: 0, isFinal: true, lineEnd: 'LF' };
}

describe('the dialect of the beginning of a head', () => {
  it('is that of all of it, and leaves the bytes alone', () => {
    for (const record of ['1;"a ""b"" c"\n', '1;Ann\n', '1;"x|y"\n']) {
      const head = headOf(record);
      const before = head.bytes.slice();
      const found = dialectOfBeginning(head, options);
      expect(head.bytes).toEqual(before);
      const whole = findDialect(head, options, true);
      expect(found?.dialect).toEqual(whole.dialect);
      expect([found?.sample.first, found?.sample.texts]).toEqual([whole.sample.first, whole.sample.texts]);
    }
  });

  it.each([
    ['a quote that the beginning has not', '2;"Bob"\n'],
    ['a delimiter that the beginning has not', '2;a|b\n'],
    ['a backslash', '2;a\\b\n'],
  ])('is not enough where the rest has %s', (_, behind) => {
    expect(dialectOfBeginning(headOf('1;Ann\n', behind), options)).toBeNull();
  });

  it.each([
    ['records of different widths', '1;Ann\n2;Bob;x\n'],
    ['quotes that do not close', '1;"Ann" x"\n'],
    ['two delimiters that fit', '1;Ann,b\n'],
    ['one column', 'Ann\n'],
    ['a record without end', `1;${'x'.repeat(50_000)}\n`],
  ])('is not enough where it has %s', (_, record) => {
    expect(dialectOfBeginning(headOf(record), options)).toBeNull();
  });

  it('is not looked for in a short head', () => {
    const { bytes } = headOf('1;Ann\n');
    expect(dialectOfBeginning({ bytes, length: 20_000, start: 0, isFinal: true, lineEnd: 'LF' }, options)).toBeNull();
  });
});
