import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { CalveError, withoutWebAssembly } from '@calve/core/plugin';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvKernels } from '../src/csv-kernels.ts';
import type { CsvOptionsInput } from '../src/index.ts';
import type { ReadFile, ReadRecord } from './read-file.ts';
import { bytesOf, readFile } from './read-file.ts';

const SENTINEL = '\u0001NULL\u0001';

interface StrictRead {
  id: string;
  format: 'csv' | 'json';
  options: Record<string, string>;
  schema: string;
  input?: string;
  inputB64?: string;
  files?: { name: string; input?: string; inputB64?: string; gzip?: boolean }[];
  expected: { rows?: (string | null)[][]; corrupt?: (string | null)[]; error?: string };
}

const lines = readFileSync(new URL('./fixtures/strict-reads.jsonl', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as StrictRead);

/**
 * Lines in Spark's other record mode, in which a line end always ends a record, that give other rows than ours: we have the multi-line mode only, in
 * which each of these files stands in another line too. All further lines in that mode give the same rows as ours.
 */
const lineModeOnly = new Set(
  [
    ...['02', '04', '06', '08', '10', '12', '14', '16', '18', '20', '22', '24', '26', '34', '38', '40', '42', '44', '46'].map(
      (number) => `eol-${number}`,
    ),
    ...['14', '16', '30', '32', '62', '64', '68'].map((number) => `quote-${number}`),
    ...['bs-12', 'null-04', 'null-06', 'count-12', 'enc-06', 'enc-20', 'comment-04', 'comment-06', 'comment-08'],
    ...['limit-02', 'limit-04', 'limit-06', 'limit-08'],
    ...['02', '04', '08', '12', '14', '16', '20', '22', '30'].map((number) => `head-${number}`),
  ].map((id) => `sr-${id}`),
);

/** Lines that ask for something this format does not offer. */
function deferral({ id, format, options }: StrictRead): string | null {
  if (format !== 'csv') return 'JSON';
  if (lineModeOnly.has(id)) return 'line mode, where it gives other rows';
  return options['encoding'] === 'UTF-32' ? 'UTF-32, which is refused with the command that converts it' : null;
}

const row = (...cells: (string | null)[]): ReadRecord => ({ row: cells });
const rejected = (text: string) => expect.objectContaining({ rejected: text });
const file = (fields: string[], ...records: unknown[]) => ({ fields, records });
const mixed = { refused: 'CSV_MIXED_LINE_ENDS', reason: 'what Spark reads from mixed line ends depends on its buffer size' };
const byName =
  'Spark fails its header check, which compares with a schema given beforehand; here a file is read by its own header';
const noLimit = 'there is no option for this limit';

/** Where we differ from Spark on purpose: what we do instead, per file. */
const differences: Record<string, { reason: string; refused?: string; files?: unknown[] }> = {
  'sr-eol-11': mixed,
  'sr-eol-17': mixed,
  'sr-eol-25': mixed,
  'sr-enc-05': { reason: `${byName}; only the first BOM is stripped`, files: [file(['\ufeffa', 'b'], row('1', 'x'))] },
  'sr-enc-09': { reason: 'a file with nothing but a BOM is an empty file', files: [file([])] },
  'sr-enc-19': {
    reason: `${byName}; in ISO-8859-1 the mark of UTF-8 is text, and a finding`,
    files: [file(['ï»¿a', 'b'], row('1', 'é'))],
  },
  'sr-enc-27': { reason: 'Spark 4 does not know windows-1252, 3.5 reads it as we do', files: [file(['a', 'b'], row('1', 'é'))] },
  'sr-comment-05': { reason: `${byName}: the line of blanks`, files: [file(['  '], rejected('a,b'), rejected('1,x'))] },
  'sr-limit-01': { reason: noLimit, files: [file(['a', 'b'], row('1', 'abcde'), row('2', 'abcdef'))] },
  'sr-limit-03': { reason: noLimit, files: [file(['a', 'b'], row('1', 'abcde'), row('2', 'abc"ef'))] },
  'sr-limit-05': { reason: noLimit, files: [file(['a', 'b'], row('1', '2'), rejected('1,2,3'))] },
  'sr-limit-07': { reason: noLimit, files: [file(['a', 'b'], row('1', '2'), rejected('1,2,3,4'))] },
  'sr-head-01': { reason: byName, files: [file(['a', 'b'], row('1', '2')), file(['b', 'a'], row('3', '4'))] },
  'sr-head-03': {
    reason: 'columns go by name, never by place',
    files: [file(['a', 'b'], row('1', '2')), file(['b', 'a'], row('3', '4'))],
  },
  'sr-head-07': { reason: byName, files: [file(['a', 'b'], row('1', '2')), file([' a', 'b '], row('3', '4'))] },
  'sr-head-11': { reason: byName, files: [file(['a', 'b'], row('1', '2')), file(['a', 'b', 'c'], row('3', '4', '5'))] },
  'sr-head-13': { reason: byName, files: [file(['a', 'b'], row('1', '2')), file(['a'], row('3'))] },
  'sr-head-15': { reason: byName, files: [file(['a', 'b'], row('1', '2')), file(['3', '4'], row('5', '6'))] },
  'sr-head-19': { reason: `${byName}, with safe names`, files: [file(['a', '_c1'], row('1', '2'))] },
  'sr-head-21': { reason: `${byName}, with safe names`, files: [file(['a0', 'A1'], row('1', '2'))] },
  'sr-head-28': {
    reason: 'hidden files are left out by sources, a format reads what it is given',
    files: [file(['a', 'b'], row('1', '2')), file(['a', 'b'], row('3', '4')), file(['a', 'b'], row('5', '6'))],
  },
  'sr-head-31': { reason: 'gzip is seen by its first bytes', files: [file(['a', 'b'], row('1', '2'))] },
};

function optionsOf({ options, schema }: StrictRead): CsvOptionsInput {
  const header = options['header'] !== 'false';
  const quote = options['quote'] === '' ? null : (options['quote'] ?? '"');
  return {
    header,
    delimiter: options['sep'] ?? ',',
    quote,
    ...(quote === null ? {} : { escape: options['escape'] ?? '"' }),
    ...(options['encoding'] ? { encoding: options['encoding'] } : {}),
    skipLines: 0,
    ...(options['comment'] ? { comment: options['comment'] } : {}),
    ...(header ? {} : { columns: schema.split(';') }),
    ...(options['unescapedQuoteHandling'] ? { unescapedQuotes: 'stop-at-closing-quote' as const } : {}),
    nulls: [SENTINEL],
  };
}

function contentsOf(line: StrictRead): Uint8Array[] {
  return (line.files ?? [line]).map((one) => {
    const content = one.inputB64 === undefined ? bytesOf(one.input ?? '') : new Uint8Array(Buffer.from(one.inputB64, 'base64'));
    return 'gzip' in one && one.gzip ? new Uint8Array(gzipSync(content)) : content;
  });
}

/** Null tokens are applied by core's projection; here the test does it. */
function applyNulls(records: ReadRecord[]): ReadRecord[] {
  return records.map((record) =>
    'row' in record ? { row: record.row.map((cell) => (cell === SENTINEL ? null : cell)) } : record,
  );
}

function readAll(line: StrictRead, chunkBytes?: number): Promise<ReadFile[]> {
  const how = chunkBytes ? { chunkBytes } : {};
  return Promise.all(contentsOf(line).map((content) => readFile(content, optionsOf(line), how)));
}

function expectedOf({ expected: { rows = [], corrupt = [] } }: StrictRead): unknown[] {
  return rows.map((cells, index) => (corrupt[index] == null ? { row: cells } : { rejected: corrupt[index] }));
}

const bySize = (one: unknown): string => JSON.stringify(one);
const run = lines.filter((line) => deferral(line) === null);
const deferred: Record<string, number> = {};
for (const line of lines) {
  const reason = deferral(line);
  if (reason) deferred[reason] = (deferred[reason] ?? 0) + 1;
}

const rungs: [string, <T>(work: () => T) => T][] = [
  ['compiled', (work) => work()],
  ['plain', withoutWebAssembly],
];

beforeAll(() => csvKernels.open());

describe.each(rungs)('files as Spark 3.5, 4.0 and 4.1 read them, %s', (_, on) => {
  it.each(run.filter(({ id }) => !differences[id]))('$id', async (line) => {
    expect(line.expected.error).toBeUndefined();
    const expected = expectedOf(line);
    // 16 bytes at a time put a boundary into everything.
    for (const chunkBytes of [undefined, 16]) {
      const files = await on(() => readAll(line, chunkBytes));
      const read = files
        .flatMap(({ records }) => applyNulls(records))
        .map((record) => ('row' in record ? record : { rejected: record.rejected }));
      // Spark reads several files in an order of its own.
      if (line.files) expect(read.map(bySize).sort()).toEqual(expected.map(bySize).sort());
      else expect(read).toEqual(expected);
      for (const { fields } of files) {
        if (fields.length > 0) expect(fields.join(';').toLowerCase()).toBe(line.schema.toLowerCase());
      }
    }
  });

  it.each(run.filter(({ id }) => differences[id]))('$id, where we differ on purpose', async (line) => {
    const { refused, files } = differences[line.id] as { refused?: string; files?: unknown[] };
    if (refused) {
      const error = await on(() => readAll(line)).catch((caught: unknown) => caught);
      expect(CalveError.is(error) && [error.code, error.recovery.kind]).toEqual([refused, 'fix-input']);
      return;
    }
    const read = await on(() => readAll(line));
    expect(read.map(({ fields, records }) => ({ fields, records: applyNulls(records) }))).toEqual(files);
  });
});

describe('lines of the fixture', () => {
  it('are run, or left out with the reason', () => {
    expect(deferred).toEqual({
      JSON: 192,
      'line mode, where it gives other rows': lineModeOnly.size,
      'UTF-32, which is refused with the command that converts it': 1,
    });
    expect(Object.keys(differences).filter((id) => !run.some((line) => line.id === id))).toEqual([]);
    expect(run.length + Object.values(deferred).reduce((sum, count) => sum + count, 0)).toBe(lines.length);
    expect(run.length).toBe(223);
  });

  it('are not left out in line mode without need: such a file gives other rows here, and stands in a line that is run', async () => {
    const sameFile = ({ options, schema, input, inputB64, files }: StrictRead): string =>
      JSON.stringify([Object.entries(options).filter(([name]) => name !== 'multiLine'), schema, input, inputB64, files]);
    const inRun = new Set(run.map(sameFile));
    for (const line of lines.filter(({ id }) => lineModeOnly.has(id))) {
      expect([line.id, inRun.has(sameFile(line))]).toEqual([line.id, true]);
      const read = await readAll(line).then(
        (files) => [
          files.map(({ fields }) => fields.join(';')).find((names) => names !== line.schema) ?? line.schema,
          files.flatMap(({ records }) => applyNulls(records)).map((one) => ('row' in one ? one : { rejected: one.rejected })),
        ],
        () => null,
      );
      expect([line.id, read]).not.toEqual([line.id, [line.schema, expectedOf(line)]]);
    }
  });

  afterAll(() => {
    const left = Object.entries(deferred).map(([reason, count]) => `${count} (${reason})`);
    const apart = Object.entries(differences).map(([id, { reason }]) => `  ${id}: ${reason}`);
    const names = [...lineModeOnly].join(' ');
    console.log(
      `strict reads: ${run.length} run, left out ${left.join(', ')}; in line mode: ${names}; different on purpose:\n${apart.join('\n')}`,
    );
  });
});
