import type { DecodeRequest } from '@calve/core/plugin';
import { arena } from '@calve/core/plugin';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect, Reading } from '../test/decoding-outcome.ts';
import { outcomeOf, USUAL } from '../test/decoding-outcome.ts';

/** The compiled scanner, its plain twin and the tokenizer say the same. */
async function expectSame(reading: Reading): Promise<void> {
  const expected = await outcomeOf(reading, 'tokenizer');
  expect(await outcomeOf(reading, 'plain')).toEqual(expected);
  expect(await outcomeOf(reading, 'compiled')).toEqual(expected);
}

const dialects = fc.record<Dialect>({
  delimiter: fc.constantFrom(',', ',', ';', '\t', ' ', '|', 'a', '||'),
  quote: fc.constantFrom<(string | null)[]>('"', '"', '"', "'", null),
  escape: fc.constant(null),
  comment: fc.constantFrom<(string | null)[]>(null, null, '#'),
  unescapedQuotes: fc.constantFrom<Dialect['unescapedQuotes'][]>('stop-at-delimiter', 'stop-at-closing-quote'),
  header: fc.boolean(),
  skipLines: fc.constantFrom(0, 0, 0, 1),
});

/** Texts of a few characters that mean something, and some that mean nothing. */
function contents(delimiter: string, quote: string, cells: 'any' | 'quoted'): fc.Arbitrary<string> {
  const plain = fc.constantFrom('', 'a', 'bc', '12', ' ', '#', 'é', 'x y', 'end\r', '\xff'.repeat(2));
  const quoted = fc
    .array(fc.constantFrom('a', ' ', delimiter, quote + quote, '\n', '\r\n', '\r', 'é', '#', 'some words'), { maxLength: 4 })
    .map((pieces) => quote + pieces.join('') + quote);
  const odd = fc
    .array(fc.constantFrom('a', ' ', quote, delimiter, '\n', '\r', 'é'), { maxLength: 4 })
    .map((pieces) => pieces.join(''));
  const cell =
    cells === 'any'
      ? fc.oneof({ weight: 6, arbitrary: plain }, { weight: 3, arbitrary: quoted }, { weight: 1, arbitrary: odd })
      : fc.oneof({ weight: 20, arbitrary: quoted }, { weight: 4, arbitrary: fc.constant('') }, { weight: 1, arbitrary: odd });
  const lineEnds = fc.constantFrom(
    ['\n'],
    ['\r\n'],
    ['\r'],
    ['\n', '\n', '\n', '\r\n'],
    ['\n', '\r', '\r\n'],
    ['\n', '\n', '\n\n', ''],
  );
  return fc
    .tuple(
      fc.array(fc.tuple(fc.array(cell, { minLength: 3, maxLength: 3 }), fc.nat(99), fc.nat(20)), { maxLength: 12 }),
      lineEnds,
    )
    .map(([rows, ends]) =>
      rows
        .map(
          ([cells, end, odds]) =>
            (odds === 0 ? [...cells, 'more'] : odds === 1 ? cells.slice(1) : cells).join(delimiter) + ends[end % ends.length],
        )
        .join(''),
    );
}

const readings: fc.Arbitrary<Reading> = fc.tuple(dialects, fc.constantFrom('any', 'quoted')).chain(([dialect, cells]) =>
  fc.record<Reading>({
    dialect: fc.constant(dialect),
    content: contents(dialect.delimiter, dialect.quote ?? '"', cells).map((text) =>
      // Two characters that UTF-8 does not have are bytes that it does not have.
      Uint8Array.from(Buffer.from(text).toString('latin1').replaceAll('\xc3\xbf\xc3\xbf', '\xff\xc0'), (character) =>
        character.charCodeAt(0),
      ),
    ),
    columns: fc.constantFrom(0, 1, 3, 3, 3, 3, 3, 4),
    request: fc.record({
      columns: fc.constant('all' as const),
      maxRows: fc.constantFrom(1, 2, 5, 1000),
      maxBytes: fc.constantFrom(1, 20, 60, 10_000),
      limit: fc.constantFrom(...[undefined, undefined, undefined, 0, 1, 4]),
    }) as fc.Arbitrary<DecodeRequest>,
    chunkBytes: fc.constantFrom(16, 17, 23, 40, 10_000),
    limits: fc.constantFrom({}, {}, {}, { cellBytes: 8 }, { recordBytes: 12, cellBytes: 12 }, { columns: 3 }, { columns: 2 }),
  }),
);

describe('the scanner', () => {
  it('gives what the tokenizer gives: batches, rejected records, places, findings and errors', async () => {
    await fc.assert(fc.asyncProperty(readings, expectSame), { numRuns: 4000 });
  });

  it('gives the same wherever a chunk ends', async () => {
    const text = '\ufeffid,name,note\n1,"a, b",\n2,"say ""hi""",x\n3,"two\nlines",""\n\n4,5\n6,a"b,é\n7,"open\n"closed" x,y,z\n';
    const request: DecodeRequest = { columns: 'all', maxRows: 1000, maxBytes: 1_000_000 };
    for (const lineEnd of ['\n', '\r\n', '\r']) {
      const content = new TextEncoder().encode(text.replaceAll('\n', lineEnd));
      for (let chunkBytes = 16; chunkBytes <= content.length + 1; chunkBytes += 1) {
        await expectSame({ content, columns: 3, dialect: USUAL, request, chunkBytes });
      }
    }
  });

  it('reads records that are longer than what is looked at in one go', async () => {
    const long = 'x'.repeat(100_000);
    const rows = [
      long,
      `"${long}"`,
      `"${`${'y'.repeat(999)}\n`.repeat(150)}"`,
      `"${'""z'.repeat(40_000)}"`,
      ...Array.from({ length: 40_000 }, (_, row) => `row ${row}`),
    ];
    const content = new TextEncoder().encode(
      rows.map((cell, row) => `${row},${cell},${row % 50 === 0 ? `"${row}"` : row % 7}\n`).join(''),
    );
    const dialect = { ...USUAL, header: false };
    const request: DecodeRequest = { columns: 'all', maxRows: 16_384, maxBytes: 1 << 20 };
    for (const chunkBytes of [150_000, 1 << 20]) await expectSame({ content, columns: 3, dialect, request, chunkBytes });
  });

  it('gives all of its memory back, also when the reading ends early', async () => {
    const before = arena()?.bytesInUse;
    const content = new TextEncoder().encode('a,b\n'.repeat(5000));
    const request: DecodeRequest = { columns: 'all', maxRows: 100, maxBytes: 1_000_000, limit: 250 };
    await outcomeOf({ content, columns: 2, dialect: USUAL, request, chunkBytes: 1000 }, 'compiled');
    expect(arena()?.bytesInUse).toBe(before);
  });
});
