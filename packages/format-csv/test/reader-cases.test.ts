import { readFileSync } from 'node:fs';
import { CalveError, type ColumnType, type InputLimits, type Json, withoutWebAssembly } from '@calve/core/plugin';
import { createTestCalve } from '@calve/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { csvFormat } from '../src/index.ts';
import { OUTCOMES, reasonOf } from './strict-outcomes.ts';

interface ReaderCase {
  id: string;
  group: string;
  options: Record<string, string>;
  schema: string | null;
  input?: string;
  inputB64?: string;
  expected: { schema: string[]; rows?: Json[][]; corrupt?: (string | null)[]; error?: string };
}

const cases = readFileSync(new URL('./fixtures/reader-cases.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as ReaderCase);
const run = cases.filter((one) => reasonOf(one.id, one.group) === null);

const TYPES: Record<string, ColumnType> = {
  string: { kind: 'string' },
  int: { kind: 'int32' },
  long: { kind: 'int64' },
  double: { kind: 'float64' },
  float: { kind: 'float32' },
  boolean: { kind: 'boolean' },
  date: { kind: 'date' },
  timestamp: { kind: 'timestamp', unit: 'micros', zone: 'utc' },
  timestamp_ntz: { kind: 'timestamp', unit: 'micros', zone: 'none' },
};

function typeOf(name: string): ColumnType {
  const [, precision, scale] = /^decimal\((\d+),(\d+)\)$/.exec(name) ?? [];
  if (precision !== undefined) return { kind: 'decimal', precision: Number(precision), scale: Number(scale) };
  const type = TYPES[name];
  if (!type) throw new TypeError(name);
  return type;
}

function columnsOf({ schema, expected }: ReaderCase): [name: string, type: string][] {
  const columns = schema?.split(';') ?? expected.schema;
  return columns.map((column) => column.split(' ') as [string, string]);
}

/** Spark's reader options in ours. Spark's default escape is the backslash, its default null text the empty one, also in quotes. */
function formatOptions(one: ReaderCase): Record<string, Json> {
  const { options } = one;
  const quote = options['quote'] === '' ? null : '"';
  const header = options['header'] === 'true';
  return {
    delimiter: (options['sep'] ?? ',').replace('\\t', '\t'),
    quote,
    header,
    skipLines: 0,
    nulls: [options['nullValue'] ?? ''],
    ...(quote === null ? {} : { escape: options['escape'] ?? '\\' }),
    ...(header ? {} : { columns: columnsOf(one).map(([name]) => name) }),
    ...(options['comment'] ? { comment: options['comment'] } : {}),
    // Where nobody names an encoding, Spark reads UTF-8, and does not wait for an answer.
    encoding: options['encoding'] ?? 'utf-8',
    ...(options['unescapedQuoteHandling'] ? { unescapedQuotes: 'stop-at-closing-quote' } : {}),
  };
}

function columnSpec({ options }: ReaderCase, type: ColumnType): Record<string, Json> {
  const isTimestamp = type.kind === 'timestamp';
  const zone = options['timeZone'];
  const pattern = type.kind === 'date' ? options['dateFormat'] : isTimestamp ? options['timestampFormat'] : undefined;
  return {
    type: type as unknown as Json,
    ...(pattern === undefined ? {} : { formats: [pattern] }),
    // Without a zone a text is wall time in UTC, and its pattern may have an offset of its own.
    ...(isTimestamp && zone !== undefined && zone !== 'UTC' ? { parse: { zone } } : {}),
    ...(options['locale'] === 'de-DE' ? { parse: { decimal: ',', group: '.' } } : {}),
    ...(options['ignoreLeadingWhiteSpace'] === 'true' && options['ignoreTrailingWhiteSpace'] === 'true' ? { trim: true } : {}),
  };
}

function specOf(one: ReaderCase): unknown {
  const columns = Object.fromEntries(columnsOf(one).map(([name, type]) => [name, columnSpec(one, typeOf(type))]));
  const [mode, provenance] = [{ kind: 'append' }, []];
  return {
    specVersion: 1,
    id: 'test',
    input: { source: 'files', format: { name: 'csv', options: formatOptions(one) } },
    outputs: [
      { name: 'main', sink: 'memory', options: { table: 'rows' }, rows: 'accepted', columns, mode, provenance },
      { name: 'rejected', sink: 'memory', options: { table: 'rows__rejected' }, rows: 'rejected', mode },
    ],
    limits: { maxRejectedRatio: 1 },
  };
}

async function load(one: ReaderCase, limits: Partial<InputLimits> = {}) {
  const content = one.inputB64 === undefined ? (one.input ?? '') : new Uint8Array(Buffer.from(one.inputB64, 'base64'));
  await using test = await createTestCalve({ files: { 'a.csv': content }, formats: { csv: csvFormat() }, limits });
  await test.load(specOf(one));
  const columns = columnsOf(one);
  return {
    rows: test.rows().map((row) => columns.map(([name, type]) => shown(row[name] ?? null, type))),
    rejected: test.rejected().map(({ text }) => text),
  };
}

/** A value of a preview as the fixture writes it. */
function shown(value: Json, type: string): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (type === 'float' || type === 'double') return Number(value);
  return String(value);
}

/** A value of the fixture, in the same form. */
function wanted(value: Json, type: string): Json {
  if (value === null || typeof value === 'boolean') return value;
  if (type === 'float' || type === 'double') return Number(value);
  if (type.startsWith('timestamp')) return value;
  return String(value);
}

const rungs: [string, <T>(work: () => T) => T][] = [
  ['compiled', (work) => work()],
  ['plain', withoutWebAssembly],
];

describe.each(rungs)('cases of the readers of Spark, typed by the strict dialect, %s', (_, on) => {
  it.each(run)('$id', async (one) => {
    const { maxColumns, maxCharsPerColumn } = one.options;
    if (maxColumns !== undefined || maxCharsPerColumn !== undefined) {
      const limits = maxColumns === undefined ? { cellBytes: Number(maxCharsPerColumn) } : { columns: Number(maxColumns) };
      const error = await on(() => load(one, limits)).catch((caught: unknown) => caught);
      const code = maxColumns === undefined ? 'LIMIT_CELL' : 'LIMIT_COLUMNS';
      expect(CalveError.is(error) && JSON.stringify([error, error.diagnostics])).toContain(code);
      return;
    }
    const outcome = OUTCOMES[one.id];
    if (outcome === 'refused') {
      const error = await on(() => load(one)).catch((caught: unknown) => caught);
      expect(CalveError.is(error) && error.code).toBe('SPEC_INVALID');
      return;
    }
    const types = columnsOf(one).map(([, type]) => type);
    const { rows = [], corrupt = [] } = one.expected;
    const read = await on(() => load(one));
    if (outcome && 'because' in outcome) {
      expect(read).toEqual({ rows: outcome.rows, rejected: outcome.rejected });
      return;
    }
    if (outcome) {
      const good = outcome.filter((value) => value !== 'bad').map((value) => [wanted(value, types[0] as string)]);
      expect([read.rows, read.rejected.length]).toEqual([good, outcome.length - good.length]);
      return;
    }
    const accepted = rows.filter((_, row) => (corrupt[row] ?? null) === null);
    expect(read).toEqual({
      rows: accepted.map((row) => row.map((value, column) => wanted(value, types[column] as string))),
      rejected: corrupt.filter((text) => text !== null),
    });
  });
});

describe('cases of the fixture', () => {
  it('are run, or named with the reason', () => {
    expect(cases).toHaveLength(128);
    expect(run).toHaveLength(cases.length - left.length);
    const known = new Set(cases.map(({ id }) => id));
    expect(Object.keys(OUTCOMES).filter((id) => !known.has(id) || left.some((one) => one.id === id))).toEqual([]);
  });

  const left = cases.filter((one) => reasonOf(one.id, one.group) !== null);
  afterAll(() => {
    const byReason = Map.groupBy(left, ({ id, group }) => reasonOf(id, group));
    const lines = [...byReason].map(([reason, ones]) => `  ${ones.map(({ id }) => id).join(' ')}: ${reason}`);
    const apart = Object.entries(OUTCOMES).flatMap(([id, outcome]) =>
      typeof outcome === 'object' && 'because' in outcome ? [`  ${id}: ${outcome.because}`] : [],
    );
    console.log(
      `cases of Spark's CSV reader: ${run.length} run, ${Object.keys(OUTCOMES).length} of them with the strict outcome; different on purpose:\n${apart.join('\n')}\nleft out:\n${lines.join('\n')}`,
    );
  });
});
