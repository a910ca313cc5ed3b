import type { Json } from '@calve/core/plugin';
import type { ColumnKind } from './random-scalar.ts';
import type { TableLimits } from './random-table.ts';
import type { WriterCase } from './writer-task.ts';

/** A way to write JSON in the words of json_writers.py. */
interface JsonDialect {
  /** A record per line; pretty-printed records one after another; one array; pandas' description of a table with the records in it. */
  layout: 'lines' | 'values' | 'array' | 'table';
  /** Spaces per level. */
  indent?: number;
  /** `\u00e9` for é. */
  ascii?: boolean;
  /** Moments as microseconds since 1970. */
  epoch?: boolean;
  /** Null members of objects are left out, where the program leaves that to us or has an option for it. */
  sparse?: boolean;
  /** A byte order mark. */
  mark?: boolean;
  lineEnd?: string;
  /** Types are guessed from texts, by csvkit. */
  inferred?: boolean;
  /** Strftime patterns, for DuckDB. */
  timestamps?: string;
  dates?: string;
  /** Nothing that the program is told: what is special about the values. */
  note?: string;
  /** There is no other null. */
  emptyIsNull?: boolean;
  /** Milliseconds, as Spark writes by itself. */
  milliseconds?: boolean;
  compression?: 'gzip' | 'zstd';
  inTwo?: boolean;
}

const FRAMINGS = { lines: 'lines', values: 'values', array: 'document', table: 'document' } as const;

const ALL_KINDS: readonly ColumnKind[] = [
  'int64',
  'float64',
  'decimal',
  'decimal38',
  'boolean',
  'date',
  'timestamp',
  'timestamptz',
  'string',
  'string',
];
const CONTROLS = Array.from({ length: 0x20 }, (_, code) => String.fromCharCode(code));
/** JSON protects everything. What JavaScript or a terminal takes for an end of line, DEL and a byte order mark are ordinary characters. */
const TEXTS: TableLimits = {
  letters: 'éß名\u{1f600}\u00a0\u0085\u2028\ufeff\u007f',
  awkward: ['"', '\\', '/', '\\n', '\\u0041', '{', '[', ',', ':', "'", ...CONTROLS],
  emptyText: true,
  nullText: null,
  kinds: ALL_KINDS,
  names: ['c', 'Name ', 'x.', 'é名', 'the "q" ', 'a/b\\'],
};

function jsonCase(
  writer: string,
  dialect: JsonDialect,
  limits: Partial<TableLimits> = {},
  readings: WriterCase['readings'] = {},
): WriterCase {
  const { layout, compression } = dialect;
  const said: Record<string, Json> = {
    ...(layout === 'table' ? { recordsAt: ['data'] } : {}),
    ...(dialect.emptyIsNull ? { nulls: [''] } : {}),
  };
  const ending = layout === 'lines' ? 'jsonl' : 'json';
  const words = Object.entries(dialect).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  return {
    format: 'json',
    writer,
    title: words.join(', '),
    dialect: dialect as unknown as Record<string, Json>,
    fileName: `file.${ending}${compression === 'gzip' ? '.gz' : compression === 'zstd' ? '.zst' : ''}`,
    limits: { ...TEXTS, levels: 2, ...limits },
    readings,
    options: { framing: FRAMINGS[layout], compression: compression ?? 'none', ...said },
    hints: said,
  };
}

const without = (...kinds: ColumnKind[]): ColumnKind[] => ALL_KINDS.filter((kind) => !kinds.includes(kind));

const PANDAS: Partial<TableLimits> = { significantDigits: 15, kinds: without('date') };
/** pandas writes a date as its midnight. One column cannot have this pattern and one with an offset, so there are no moments in UTC beside it. */
const DATES: Partial<TableLimits> = { ...PANDAS, kinds: without('timestamptz') };
const MIDNIGHTS = { formats: ["yyyy-MM-dd'T'HH:mm:ss.SSSSSS"] };
/** Counted from 1970 in UTC; on the way pandas counts nanoseconds. Its milliseconds, which are the default, would be cut. */
const EPOCHS: Partial<TableLimits> = { ...PANDAS, kinds: without('date', 'timestamp'), nearYears: true };

/** DuckDB writes an offset as `+00`, which no ISO form has. */
const DUCKDB: Partial<TableLimits> = { kinds: without('timestamptz') };
const MOMENTS: Partial<TableLimits> = { kinds: without('date', 'timestamp') };

/** Of a text in CSV the csv module of Python loses NUL, and csvkit CR. */
const FROM_CSV: Partial<TableLimits> = {
  levels: 0,
  awkward: TEXTS.awkward.filter((character) => character !== '\0' && character !== '\r'),
};
/** Of a stream csvkit keeps every text, and has none for null. */
const STREAMED: Partial<TableLimits> = { ...FROM_CSV, emptyText: false };
/** What csvkit guesses right: an int64 becomes a floating point number, a 0 or 1 a boolean, and a text may look like anything. */
const GUESSED: Partial<TableLimits> = { kinds: ['decimal', 'boolean', 'date', 'timestamp'], levels: undefined };

/** Every layout, codec and form of values that these programs write. PyArrow is not among them: it reads JSON and writes none. */
export const JSON_CASES: readonly WriterCase[] = [
  jsonCase('pandas', { layout: 'lines' }, PANDAS),
  jsonCase('pandas', { layout: 'lines', ascii: true, sparse: true }, PANDAS),
  jsonCase('pandas', { layout: 'lines', note: 'dates as midnights' }, DATES, { date: MIDNIGHTS, timestamp: MIDNIGHTS }),
  jsonCase('pandas', { layout: 'lines', epoch: true }, EPOCHS, { timestamptz: { parse: { unit: 'us' } } }),
  jsonCase('pandas', { layout: 'lines', compression: 'gzip' }, PANDAS),
  jsonCase('pandas', { layout: 'lines', compression: 'zstd' }, PANDAS),
  jsonCase('pandas', { layout: 'array' }, PANDAS),
  jsonCase('pandas', { layout: 'array', indent: 2, ascii: true }, PANDAS),
  jsonCase('pandas', { layout: 'array', compression: 'gzip' }, PANDAS),
  jsonCase('pandas', { layout: 'array', compression: 'zstd', sparse: true }, PANDAS),
  jsonCase('pandas', { layout: 'table' }, PANDAS),
  jsonCase('polars', { layout: 'lines' }),
  jsonCase('polars', { layout: 'lines', compression: 'gzip' }),
  jsonCase('polars', { layout: 'lines', compression: 'zstd' }),
  jsonCase('polars', { layout: 'array' }),
  jsonCase('polars', { layout: 'array', compression: 'gzip', inTwo: true }),
  jsonCase('polars', { layout: 'array', compression: 'zstd', inTwo: true }),
  jsonCase('DuckDB', { layout: 'lines' }, DUCKDB),
  jsonCase('DuckDB', { layout: 'lines', compression: 'gzip' }, DUCKDB),
  jsonCase('DuckDB', { layout: 'lines', compression: 'zstd' }, DUCKDB),
  jsonCase('DuckDB', { layout: 'array' }, DUCKDB),
  jsonCase('DuckDB', { layout: 'array', compression: 'gzip' }, DUCKDB),
  jsonCase('DuckDB', { layout: 'array', compression: 'zstd' }, DUCKDB),
  jsonCase('DuckDB', { layout: 'lines', note: 'offsets as +00' }, MOMENTS, {
    timestamptz: { formats: ['yyyy-MM-dd HH:mm:ss[.SSSSSS]x'] },
  }),
  // Moments and dates inside of others come in the usual form from DuckDB 1.5.
  jsonCase(
    'DuckDB',
    { layout: 'lines', dates: '%d/%m/%Y', timestamps: '%d.%m.%Y %H:%M:%S.%f' },
    { ...DUCKDB, levels: 0 },
    { date: { formats: ['dd/MM/yyyy'] }, timestamp: { formats: ['dd.MM.yyyy HH:mm:ss.SSSSSS'] } },
  ),
  jsonCase('csvkit', { layout: 'array' }, FROM_CSV),
  jsonCase('csvkit', { layout: 'array', indent: 2, mark: true }, FROM_CSV),
  jsonCase('csvkit', { layout: 'array', compression: 'gzip', inTwo: true }, FROM_CSV),
  jsonCase('csvkit', { layout: 'lines', emptyIsNull: true }, STREAMED),
  jsonCase('csvkit', { layout: 'lines', emptyIsNull: true, compression: 'zstd' }, STREAMED),
  jsonCase('csvkit', { layout: 'array', inferred: true }, GUESSED),
  jsonCase('csvkit', { layout: 'lines', inferred: true }, GUESSED),
];

/** Spark is another tier: it needs Java. Null members stand in its files only where it is told not to leave them out. */
export const SPARK_JSON_CASES: readonly WriterCase[] = [
  jsonCase('Spark', { layout: 'lines', milliseconds: true, sparse: true }, { fractionDigits: 3 }),
  jsonCase('Spark', { layout: 'lines', sparse: true }),
  jsonCase('Spark', { layout: 'lines' }),
  jsonCase('Spark', { layout: 'lines', lineEnd: '\r\n', ascii: true }),
  jsonCase('Spark', { layout: 'lines', compression: 'gzip' }),
  jsonCase('Spark', { layout: 'values', indent: 2 }),
  jsonCase('Spark', { layout: 'values', indent: 2, sparse: true, compression: 'gzip' }),
];
