import fc from 'fast-check';

/** A file of which every record is known. */
export interface AwkwardFile {
  content: Uint8Array;
  lineEnd: '\n' | '\r\n';
  delimiter: string;
  columns: number;
  /** Where each record begins, the header first. */
  starts: number[];
  longestBytes: number;
}

type Column = 'number' | 'price' | 'date' | 'text';

/** Texts with everything that looks like the end of a cell or of a record, and like records of this very file. */
function text(delimiter: string, lineEnd: string, columns: number): fc.Arbitrary<string> {
  const record = Array.from({ length: columns }, () => 'x').join(delimiter);
  const quoted = Array.from({ length: columns }, () => '"y"').join(delimiter);
  const pieces = fc.constantFrom(
    '"',
    '""',
    delimiter,
    lineEnd,
    ' ',
    'é',
    'a',
    '7',
    `${lineEnd}${record}${lineEnd}`,
    quoted,
    `"${delimiter}"`,
  );
  return fc.array(pieces, { maxLength: 9 }).map((parts) => parts.join(''));
}

function cellOf(column: Column, delimiter: string, lineEnd: string, columns: number): fc.Arbitrary<string> {
  if (column === 'number') return fc.integer({ min: -99_999, max: 99_999 }).map(String);
  if (column === 'price') return fc.integer({ min: 100, max: 99_999 }).map((cents) => (cents / 100).toFixed(2));
  if (column === 'date') return fc.integer({ min: 10, max: 28 }).map((day) => `2024-02-${day}`);
  return text(delimiter, lineEnd, columns);
}

/** Files of an RFC 4180 writer: one to four columns, at least one of them texts, as many records as asked for and a header. */
export function awkwardFile(records: { minLength: number; maxLength: number }): fc.Arbitrary<AwkwardFile> {
  return fc
    .record({
      delimiter: fc.constantFrom(',', ';', '\t'),
      lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
      kinds: fc.array(fc.constantFrom<Column>('number', 'price', 'date', 'text'), { maxLength: 3 }),
      textAt: fc.nat(3),
      quoteAll: fc.boolean(),
    })
    .chain(({ delimiter, lineEnd, kinds, textAt, quoteAll }) => {
      const columns = kinds.toSpliced(textAt, 0, 'text');
      const row = fc.tuple(...columns.map((column) => cellOf(column, delimiter, lineEnd, columns.length)));
      return fc.array(row, { ...records, size: 'max' }).map((rows) => {
        const header = columns.map((column, index) => `${column}_${index}`);
        const written = [header, ...rows].map(
          (cells) => cells.map((cell) => write(cell, delimiter, quoteAll)).join(delimiter) + lineEnd,
        );
        return { ...measure(written), delimiter, lineEnd, columns: columns.length };
      });
    });
}

function write(cell: string, delimiter: string, quoteAll: boolean): string {
  const mustQuote = quoteAll || cell === '' || /["\r\n]/.test(cell) || cell.includes(delimiter);
  return mustQuote ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function measure(records: readonly string[]): Pick<AwkwardFile, 'content' | 'starts' | 'longestBytes'> {
  const content = new TextEncoder().encode(records.join(''));
  const starts: number[] = [];
  let at = 0;
  let longestBytes = 0;
  for (const record of records) {
    const length = Buffer.byteLength(record);
    starts.push(at);
    at += length;
    longestBytes = Math.max(longestBytes, length);
  }
  return { content, starts, longestBytes };
}
