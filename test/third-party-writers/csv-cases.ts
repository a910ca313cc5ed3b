import type { Json } from '@calve/core/plugin';
import type { WriterCase } from './writer-task.ts';

/** A dialect in the words of csv_writers.py. */
interface CsvDialect {
  delimiter: string;
  /** Empty: none. */
  quote: string;
  quoting: 'minimal' | 'all' | 'none';
  /** Equal to the quote: written twice. */
  escape: string;
  header: boolean;
  lineEnd: string;
  /** As Python calls it. */
  encoding: string;
  null: string;
  compression?: 'gzip' | 'zstd';
  inTwo?: boolean;
}

const PLAIN: CsvDialect = {
  delimiter: ',',
  quote: '"',
  quoting: 'minimal',
  escape: '"',
  header: true,
  lineEnd: '\n',
  encoding: 'utf-8',
  null: '',
};

/** What can be in a text, and the encoding's name for Calve; none where its first bytes tell. */
const ENCODINGS: Record<string, { letters: string; named?: string }> = {
  'utf-8': { letters: 'éß名\u{1f600}\u00a0' },
  'utf-8-sig': { letters: 'éß名\u{1f600}\u00a0' },
  'utf-16': { letters: 'éß名\u{1f600}\u00a0' },
  'utf-16-le': { letters: 'éß名\u{1f600}', named: 'utf-16le' },
  'utf-16-be': { letters: 'éß名\u{1f600}', named: 'utf-16be' },
  cp1252: { letters: 'éß€’', named: 'windows-1252' },
  'iso-8859-1': { letters: 'éßÿ', named: 'iso-8859-1' },
  cp1251: { letters: 'Привет', named: 'windows-1251' },
  'iso-8859-2': { letters: 'łőž', named: 'iso-8859-2' },
  'koi8-r': { letters: 'Привет', named: 'koi8-r' },
  shift_jis: { letters: '日本ア', named: 'shift_jis' },
  'euc-jp': { letters: '日本ア', named: 'euc-jp' },
  gb18030: { letters: '中文é', named: 'gb18030' },
  gbk: { letters: '中文', named: 'gbk' },
  big5: { letters: '中文', named: 'big5' },
  'euc-kr': { letters: '한국', named: 'euc-kr' },
};

const FOUND_OUT = [',', ';', '\t', '|'];

function csvCase(writer: string, changes: Partial<CsvDialect> = {}, texts: { emptyText?: boolean } = {}): WriterCase {
  const dialect = { ...PLAIN, escape: changes.quote ?? PLAIN.escape, ...changes };
  const { delimiter, quote, quoting, escape: escapeCharacter, header, lineEnd, encoding, compression } = dialect;
  const { letters, named } = ENCODINGS[encoding] as (typeof ENCODINGS)[string];
  // Inside quotes, too, a CR LF file must not have a bare LF.
  const awkward = quoting === 'none' ? ["'"] : [quote, delimiter, "'", '\\', ';', ...(lineEnd === '\n' ? ['\n'] : [])];
  const nulls: Record<string, Json> = dialect.null === '' ? {} : { nulls: [dialect.null] };
  const encoded: Record<string, Json> = named === undefined ? {} : { encoding: named };
  const isFindable = FOUND_OUT.includes(delimiter) && quote === '"' && quoting === 'all' && escapeCharacter === '"' && header;
  const words = Object.entries(changes).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return {
    format: 'csv',
    writer,
    title: words.join(', ') || 'as it writes by itself',
    dialect: dialect as unknown as Record<string, Json>,
    fileName: `file.csv${compression === 'gzip' ? '.gz' : compression === 'zstd' ? '.zst' : ''}`,
    limits: { letters, awkward, emptyText: texts.emptyText ?? false, nullText: dialect.null },
    options: {
      delimiter,
      quote: quoting === 'none' ? null : quote,
      ...(quoting === 'none' ? {} : { escape: escapeCharacter }),
      header,
      skipLines: 0,
      ...nulls,
      ...encoded,
    },
    hints: isFindable ? { ...nulls, ...encoded } : null,
  };
}

const BACKSLASH = { escape: '\\', quoting: 'all' } as const;
const ALL = { quoting: 'all', null: '\\N' } as const;

/** Every dialect, encoding and codec that these programs write. */
export const CSV_CASES: readonly WriterCase[] = [
  csvCase('pandas'),
  ...FOUND_OUT.map((delimiter) => csvCase('pandas', { delimiter, ...ALL }, { emptyText: true })),
  csvCase('pandas', { lineEnd: '\r\n', ...ALL }, { emptyText: true }),
  csvCase('pandas', { lineEnd: '\r\n', delimiter: ';' }),
  csvCase('pandas', { quote: "'", delimiter: '|' }),
  csvCase('pandas', { quoting: 'none', delimiter: '\t' }),
  csvCase('pandas', { ...BACKSLASH, null: 'NULL' }, { emptyText: true }),
  csvCase('pandas', { header: false, ...ALL }),
  csvCase('pandas', { delimiter: '\u0001' }),
  ...Object.keys(ENCODINGS).map((encoding) => csvCase('pandas', { encoding, ...ALL }, { emptyText: true })),
  csvCase('pandas', { encoding: 'cp1252', delimiter: ';', lineEnd: '\r\n' }),
  csvCase('pandas', { encoding: 'utf-16', delimiter: '\t' }),
  csvCase('pandas', { compression: 'gzip' }),
  // Into zstd pandas writes UTF-16 without a byte order mark.
  csvCase('pandas', { compression: 'zstd', encoding: 'utf-16-le' }),
  csvCase('polars', {}, { emptyText: true }),
  ...FOUND_OUT.map((delimiter) => csvCase('polars', { delimiter, ...ALL }, { emptyText: true })),
  csvCase('polars', { quote: "'" }, { emptyText: true }),
  csvCase('polars', { quoting: 'none', delimiter: '|' }),
  csvCase('polars', { lineEnd: '\r\n' }, { emptyText: true }),
  csvCase('polars', { encoding: 'utf-8-sig', ...ALL }, { emptyText: true }),
  csvCase('polars', { header: false }, { emptyText: true }),
  csvCase('polars', { compression: 'gzip', inTwo: true }, { emptyText: true }),
  csvCase('polars', { compression: 'zstd', inTwo: true }, { emptyText: true }),
  csvCase('PyArrow', {}, { emptyText: true }),
  ...FOUND_OUT.map((delimiter) => csvCase('PyArrow', { delimiter, quoting: 'all' }, { emptyText: true })),
  // Names are quoted even then.
  csvCase('PyArrow', { quoting: 'none', delimiter: ';', header: false }),
  csvCase('PyArrow', { header: false }, { emptyText: true }),
  csvCase('PyArrow', { compression: 'gzip' }, { emptyText: true }),
  csvCase('PyArrow', { compression: 'zstd', quoting: 'all' }, { emptyText: true }),
  csvCase('DuckDB', {}, { emptyText: true }),
  ...FOUND_OUT.map((delimiter) => csvCase('DuckDB', { delimiter, quoting: 'all' }, { emptyText: true })),
  // Of a delimiter of several characters DuckDB 1.5 writes the first one only.
  csvCase('DuckDB', { ...BACKSLASH, delimiter: ';' }, { emptyText: true }),
  csvCase('DuckDB', { null: 'NULL' }),
  csvCase('DuckDB', { quote: "'", escape: "'" }, { emptyText: true }),
  csvCase('DuckDB', { header: false }, { emptyText: true }),
  csvCase('DuckDB', { compression: 'gzip' }, { emptyText: true }),
  csvCase('DuckDB', { compression: 'zstd' }, { emptyText: true }),
  csvCase('csvkit'),
  ...FOUND_OUT.map((delimiter) => csvCase('csvkit', { delimiter })),
  csvCase('csvkit', { lineEnd: '\r\n' }),
  csvCase('csvkit', { quote: "'" }),
  csvCase('csvkit', { header: false }),
  csvCase('csvkit', { compression: 'gzip', inTwo: true }),
];

/** Spark is another tier: it needs Java. */
export const SPARK_CSV_CASES: readonly WriterCase[] = [
  csvCase('Spark', {}, { emptyText: true }),
  csvCase('Spark', { escape: '\\' }, { emptyText: true }),
  ...FOUND_OUT.map((delimiter) => csvCase('Spark', { delimiter, quoting: 'all', null: '\\N' }, { emptyText: true })),
  csvCase('Spark', { delimiter: '||' }, { emptyText: true }),
  csvCase('Spark', { delimiter: '\t|', quoting: 'all', null: '\\N' }, { emptyText: true }),
  csvCase('Spark', { quote: "'", escape: "'" }, { emptyText: true }),
  csvCase('Spark', { header: false, delimiter: ';' }, { emptyText: true }),
  csvCase('Spark', { encoding: 'iso-8859-1', delimiter: ';' }, { emptyText: true }),
  csvCase('Spark', { encoding: 'utf-16', quoting: 'all', null: '\\N' }, { emptyText: true }),
  csvCase('Spark', { compression: 'gzip' }, { emptyText: true }),
];
