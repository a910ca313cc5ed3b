import { poisonReleasedMemory } from '@calve/core/plugin';
import { bytesReader, testContext } from '@calve/testkit';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { csvDecoder } from '../src/csv-decoder.ts';
import type { CsvOptionsInput } from '../src/index.ts';
import { csvFormat } from '../src/index.ts';
import { bytesOf, everything, observeFile, readFile, validOptions } from './read-file.ts';

type Table = (string | null)[][];
interface Written {
  table: Table;
  delimiter: string;
  lineEnd: string;
  quoteAll: boolean;
  endsWithLineEnd: boolean;
}

const delimiter = fc.constantFrom(',', ';', '\t', '|');
/** Characters that mean something to a CSV reader, more often than chance would give them. */
const text = (newline: string) =>
  fc
    .array(
      fc.oneof(
        { weight: 2, arbitrary: fc.constantFrom('"', ',', ';', '\t', '|', newline, ' ', 'é', '😀', "'", '#', '\\') },
        fc.string({ unit: 'binary', maxLength: 3 }),
      ),
    )
    // A bare LF in a CR LF file is refused, and a CR may become half of a line end.
    .map((pieces) => pieces.map((piece) => (piece === newline ? piece : piece.replace(/[\r\n]/g, '.'))).join(''))
    .filter((value) => !value.startsWith('\ufeff'));

const written: fc.Arbitrary<Written> = fc.constantFrom('\n', '\r\n').chain((lineEnd) =>
  fc.integer({ min: 1, max: 5 }).chain((columns) =>
    fc.record({
      table: fc.array(fc.array(fc.option(text(lineEnd), { freq: 4 }), { minLength: columns, maxLength: columns }), {
        minLength: 1,
        maxLength: 12,
      }),
      delimiter,
      lineEnd: fc.constant(lineEnd),
      quoteAll: fc.boolean(),
      endsWithLineEnd: fc.boolean(),
    }),
  ),
);

/** An RFC 4180 writer. Null is nothing at all, which in a table of one column would be an empty line: there it is written as "". */
function write({ table, delimiter, lineEnd, quoteAll, endsWithLineEnd }: Written): string {
  const cell = (value: string | null, columns: number): string => {
    if (value === null) return columns === 1 ? '""' : '';
    const mustQuote = quoteAll || value === '' || /["\r\n]/.test(value) || value.includes(delimiter);
    return mustQuote ? `"${value.replaceAll('"', '""')}"` : value;
  };
  const records = table.map((row) => row.map((value) => cell(value, row.length)).join(delimiter));
  return records.join(lineEnd) + (endsWithLineEnd ? lineEnd : '');
}

/** What reading gives: CR LF inside quotes becomes LF as in Spark, and a lone null was written as empty text. */
function expected({ table, lineEnd }: Written): unknown[] {
  // The first line end decides; a file without one is read as LF.
  return table.map((row) => ({
    row: row.map((value) => (value === null ? (row.length === 1 ? '' : null) : value.replaceAll(lineEnd, '\n'))),
  }));
}

const columnsOf = (table: Table): string[] => (table[0] as unknown[]).map((_, index) => `column ${index}`);
const optionsFor = ({ table, delimiter }: Written): CsvOptionsInput => ({
  delimiter,
  quote: '"',
  header: false,
  columns: columnsOf(table),
});

describe('what an RFC 4180 writer wrote', () => {
  beforeAll(() => poisonReleasedMemory(true));
  afterAll(() => poisonReleasedMemory(false));

  it('reads back identical, wherever chunks, reads and batches end', async () => {
    await fc.assert(
      fc.asyncProperty(
        written,
        fc.integer({ min: 16, max: 64 }),
        fc.integer({ min: 1, max: 4 }),
        async (one, chunkBytes, maxRows) => {
          const content = bytesOf(write(one));
          const whole = await readFile(content, optionsFor(one));
          expect(whole.records).toEqual(expected(one));
          const reader = bytesReader(content, { maxRead: 5 });
          const pieces = await readFile(content, optionsFor(one), { chunkBytes, reader, request: { maxRows } });
          expect(pieces.records).toEqual(whole.records);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads back identical with the dialect left to be found out, when there are enough regular rows', async () => {
    const word = fc.stringMatching(/^[a-z ]{1,8}$/);
    const row = fc.tuple(fc.nat(), word, fc.stringMatching(/^[a-z"]{0,5}$/), fc.double({ noNaN: true, noDefaultInfinity: true }));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 3, maxLength: 30 }), delimiter, async (rows, delimiter) => {
        const table = [['id', 'word', 'text', 'number'], ...rows.map((cells) => cells.map(String))];
        const one = { table, delimiter, lineEnd: '\n', quoteAll: false, endsWithLineEnd: true };
        const file = await readFile(write(one));
        expect(file.fields).toEqual(table[0]);
        expect(file.records).toEqual(expected({ ...one, table: table.slice(1) }));
      }),
      { numRuns: 100 },
    );
  });

  it('agrees with a tokenizer that works on characters', async () => {
    const soup = fc
      .array(fc.constantFrom('"', ',', '\n', 'a', ' ', 'é', '""', ',"', '",'), { maxLength: 40, size: 'max' })
      .map((pieces) => pieces.join(''));
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(soup, fc.integer({ min: 16, max: 40 }), async (content, chunkBytes) => {
        const naive = tokenize(content);
        // The naive one knows RFC 4180 only.
        if (naive === null || naive.length === 0) return;
        compared += 1;
        const columns = columnsOf([naive[0] as string[]]);
        const file = await readFile(content, { delimiter: ',', quote: '"', header: false, columns }, { chunkBytes });
        const records = file.records.map((record) => ('row' in record ? record.row : null));
        expect(records).toEqual(naive.map((row) => (row.length === columns.length ? row : null)));
      }),
      { numRuns: 2000 },
    );
    expect(compared).toBeGreaterThan(200);
  });
});

/** Records of an LF file by the grammar of RFC 4180, empty lines left out; `null` when the text is not of that grammar. */
function tokenize(content: string): (string | null)[][] | null {
  const records: (string | null)[][] = [];
  let rest = content;
  while (rest.length > 0) {
    if (rest.startsWith('\n')) {
      rest = rest.slice(1);
      continue;
    }
    const record: (string | null)[] = [];
    for (;;) {
      const found = /^(?:"((?:[^"]|"")*)"|([^",\n][^,\n]*)?)(,|\n|$)/.exec(rest);
      if (!found) return null;
      const [all, quoted, plain, end] = found;
      record.push(quoted?.replaceAll('""', '"') ?? plain ?? null);
      rest = rest.slice(all.length);
      if (end !== ',') break;
    }
    records.push(record);
  }
  return records;
}

describe('any bytes at all', () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200, size: 'max' }),
    fc
      .array(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x61, 0xc3, 0xa9, 0xed, 0xa0, 0x80, 0x20, 0xff), {
        maxLength: 200,
        size: 'max',
      })
      .map((list) => Uint8Array.from(list)),
  );

  it('gives the same records whatever the size of chunks, and loses none', async () => {
    await fc.assert(
      fc.asyncProperty(
        bytes,
        fc.integer({ min: 16, max: 64 }),
        fc.constantFrom(0, 1, 2),
        async (content, chunkBytes, skipLines) => {
          const options: CsvOptionsInput = {
            header: false,
            delimiter: ',',
            quote: '"',
            comment: 'a',
            columns: ['x', 'y'],
            compression: 'none',
            skipLines,
          };
          const whole = await outcome(content, options);
          const pieces = await outcome(content, options, chunkBytes);
          expect(pieces).toEqual(whole);
        },
      ),
      { numRuns: 1500 },
    );
  });

  it('observes what the decoder hands over: exact rows are accepted and rejected ones', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, async (content) => {
        const whole = await outcome(content, {});
        if (typeof whole === 'string') return;
        const observation = await observeFile(content);
        expect(observation.exactRows).toBe(whole.records.length);
        expect(observation.rejectedRows).toBe(whole.records.filter((record) => 'rejected' in record).length);
      }),
      { numRuns: 300 },
    );
  });

  it('never throws when sniffing', () => {
    fc.assert(
      fc.property(bytes, fc.constantFrom('a.csv', 'a.txt', 'b', 'c.tsv.gz'), fc.boolean(), (head, name, complete) => {
        csvFormat().sniff({ name, head, tail: new Uint8Array(0), complete });
      }),
      { numRuns: 500 },
    );
  });
});

async function outcome(content: Uint8Array, options: CsvOptionsInput, chunkBytes?: number) {
  try {
    const { records, skipped, decoded } = await readFile(content, options, chunkBytes ? { chunkBytes } : {});
    return { records, skipped, decoded };
  } catch (error) {
    return (error as { code: string }).code;
  }
}

describe('memory', () => {
  it('holds a bounded part of a large file, however many batches there are', async () => {
    const record = `${'x'.repeat(80)},"y ""z"""\n`;
    const content = bytesOf(`a,b\n${record.repeat(100_000)}`);
    const context = testContext();
    const decoder = await csvDecoder({}, context, undefined);
    const options = validOptions({ header: true });
    const plan = csvFormat().lower(options, await observeFile(content, { header: true }));
    let rows = 0;
    for await (const event of decoder.decode(bytesReader(content), plan, { kind: 'whole' }, everything, context)) {
      if (event.kind !== 'batch') continue;
      rows += event.batch.rows;
      event.batch.release();
    }
    expect(rows).toBe(100_000);
    expect(context.outstandingBytes).toBe(0);
    expect(context.peakBytes).toBeLessThan(content.length / 2);
  });
});
