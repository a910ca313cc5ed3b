import { gzipSync } from 'node:zlib';
import { CalveError } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { csvFormat } from '../src/index.ts';
import { bytesOf, observeFile, readFile, validOptions } from './read-file.ts';

const codes = (findings: { code: string }[]): string[] => findings.map(({ code }) => code);
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => (CalveError.is(error) ? error : null),
  );

describe('an observation', () => {
  it('tells dialect, header, types and counts of a whole file', async () => {
    const observation = await observeFile('id;name;when\n1;Ann;2024-01-02\n2;;2024-01-03\n3\n');
    expect(observation).toMatchObject({ origin: 'full-scan', exactRows: 3, rejectedRows: 1 });
    expect(observation.fields.map(({ field }) => [field.name, field.type.kind])).toEqual([
      ['id', 'int64'],
      ['name', 'string'],
      ['when', 'date'],
    ]);
    expect(codes(observation.findings)).toEqual(['CSV_DIALECT', 'CSV_DIALECT', 'CSV_RAGGED_ROWS']);
    expect(observation.findings[2]).toMatchObject({ severity: 'warning', at: { line: 4, byteOffset: 44 } });
  });

  it('reads compressed content, several members too, whatever the name says', async () => {
    const content = Buffer.concat([gzipSync('a,b\n1,'), gzipSync('2\n3,4\n')]);
    const observation = await observeFile(new Uint8Array(content));
    expect(observation.exactRows).toBe(2);
    expect(csvFormat().lower(validOptions({}), observation)).toMatchObject({ compression: 'gzip', columns: ['a', 'b'] });
    const file = await readFile(new Uint8Array(content));
    expect(file.records).toEqual([{ row: ['1', '2'] }, { row: ['3', '4'] }]);
  });

  it('of damaged compressed content is refused', async () => {
    const content = new Uint8Array(gzipSync('a,b\n1,2\n')).slice(0, 15);
    expect((await failure(observeFile(content)))?.code).toBe('MALFORMED_UNIT');
  });

  it('of a part of a file drops the record that is not complete', async () => {
    const text = `a,b\n${'1,"x"\n'.repeat(1000)}`;
    const observation = await observeFile(text, {}, 1001);
    expect(observation).toMatchObject({ origin: 'sample', sampledBytes: 1001 });
    expect(observation.exactRows).toBeUndefined();
    expect(observation.fields.map(({ field }) => field.name)).toEqual(['a', 'b']);
    expect(codes(observation.findings)).not.toContain('CSV_RAGGED_ROWS');
  });

  it('reads past its budget until there is one record', async () => {
    const names = Array.from({ length: 500 }, (_, column) => `name${column}`);
    const observation = await observeFile(`${names}\n${names.map((_, column) => column)}\n`, {}, 100);
    expect(observation.fields.map(({ field }) => field.name)).toEqual(names);
  });

  it.each([
    ['nothing', ''],
    ['a byte order mark', '\ufeff'],
    ['empty lines', '\n\n'],
    ['comments', '#a\n#b\n'],
  ])('of a file with %s has no fields and no rows', async (_, text) => {
    const observation = await observeFile(text, { comment: '#' });
    expect(observation).toMatchObject({ fields: [], exactRows: 0, rejectedRows: 0 });
    expect(codes(observation.findings)).toEqual(['FILE_EMPTY']);
    expect((await readFile(text, { comment: '#' })).records).toEqual([]);
  });

  it('of a file with a header only has fields without a type', async () => {
    const observation = await observeFile('a,b\n');
    expect(observation.exactRows).toBe(0);
    expect(observation.fields.map(({ field }) => [field.name, field.type.kind])).toEqual([
      ['a', 'unknown'],
      ['b', 'unknown'],
    ]);
  });

  it('names columns without a header by number, or as it was told', async () => {
    expect((await readFile('1,2\n3,4\n')).fields).toEqual(['_c0', '_c1']);
    expect((await readFile('1,2\n3,4\n', { columns: ['x', 'y'] })).records).toHaveLength(2);
    const file = await readFile('X,y\n3,4\n', { columns: ['x', 'y'] });
    expect([file.fields, file.records]).toEqual([['x', 'y'], [{ row: ['3', '4'] }]]);
    expect((await failure(readFile('a,b\n', { header: true, columns: ['x'] })))?.code).toBe('CSV_COLUMN_NAMES_MISMATCH');
  });

  it('says that names were changed', async () => {
    const { findings } = await observeFile('a,A,b,\n1,2,3,4\n');
    expect(findings.find(({ code }) => code === 'CSV_HEADER_RENAMED')?.message).toContain(
      '"a" is now a0, "A" is now A1, "" is now _c3',
    );
  });

  it('returns the null tokens and takes them into account', async () => {
    const observation = await observeFile('n\n1\nNA\n2\n', { nulls: ['NA'] });
    expect([observation.nulls, observation.fields[0]?.field.type.kind]).toEqual([['NA'], 'int64']);
  });

  it('refuses UTF-32 and names the way out', async () => {
    const error = await failure(observeFile(Uint8Array.from([0xff, 0xfe, 0, 0, 0x61, 0, 0, 0])));
    expect([error?.code, error?.message]).toEqual(['CSV_ENCODING_UNSUPPORTED', expect.stringContaining('iconv')]);
  });

  it.each([
    ['a PNG image', '\x89PNG\r\n\x1a\n\0\0\0\rIHDR\n'],
    ['a ZIP archive', 'PK\x03\x04\x14\0\r\nxl/\n'],
    ['a Parquet file', 'PAR1\x15\x04\r\n1\n'],
    ['a PDF document', '%PDF-1.7\r\n%x\n'],
  ])('refuses %s for what it is, compressed too, whatever its line ends', async (name, text) => {
    const content = Uint8Array.from(Buffer.from(text, 'latin1'));
    for (const stored of [content, new Uint8Array(gzipSync(content))]) {
      const error = await failure(observeFile(stored));
      expect([error?.code, error?.recovery.kind]).toEqual(['CSV_NOT_TEXT', 'fix-input']);
      expect(error?.message).toContain(`starts like ${name}`);
    }
  });

  it('reads text whose header looks like a signature', async () => {
    expect((await observeFile('PAR1,PAR2\n1,2\n')).exactRows).toBe(1);
  });

  it('names the number of fields that the header has', async () => {
    const ragged = async (text: string, header: boolean) =>
      (await observeFile(text, { header })).findings.find(({ code }) => code === 'CSV_RAGGED_ROWS')?.message;
    expect(await ragged('a,b\n1,2\n3\n', true)).toContain('1 record has another number of fields than the header (2), the first');
    expect(await ragged('1,2\n3\n4\n5,6\n', false)).toContain(
      '2 records have another number of fields than the file has columns (2)',
    );
  });
});

describe('findings', () => {
  const finding = async (text: string | Uint8Array, code: string, options = {}) =>
    (await readFile(text, { delimiter: ',', header: true, ...options })).decoded.find((one) => one.code === code);

  it('count bad quotes and show the first one', async () => {
    expect(await finding('a,b\n1,"x"y\n2,"x"y\n', 'CSV_UNESCAPED_QUOTE')).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('2 cells'),
      at: { record: 1, line: 2, byteOffset: 6 },
    });
  });

  it('show a quote that never closes', async () => {
    expect(await finding('a,b\n1,2\n3,"x\n5,6\n', 'CSV_UNCLOSED_QUOTE')).toMatchObject({
      at: { record: 2, line: 3, byteOffset: 10 },
    });
  });

  it('count replaced bytes and show the first one', async () => {
    const content = Uint8Array.from([...bytesOf('a,b\n1,'), 0xff, 0xfe, ...bytesOf('\n2,'), 0xc3, ...bytesOf('\n')]);
    expect(await finding(content, 'TEXT_MALFORMED')).toMatchObject({
      message: expect.stringContaining('3 malformed'),
      at: { byteOffset: 6 },
    });
  });

  it('show line ends that became part of values', async () => {
    expect(await finding('a,b\n1,x\r\n2,y\n', 'CSV_MIXED_LINE_ENDS')).toMatchObject({
      at: { record: 1, line: 2, byteOffset: 4 },
    });
    expect(await finding('a,b\r1,x\n2,y\r', 'CSV_MIXED_LINE_ENDS')).toMatchObject({ at: { byteOffset: 7 } });
  });

  it('are absent from a file that is in order', async () => {
    expect((await readFile('a,b\r\n1,"x\r\ny"\r\n2,"z ""q"""\r\n')).decoded).toEqual([]);
  });
});

describe('places', () => {
  it('of rejected records count physical lines and bytes of the content', async () => {
    const text = '\ufefftitle\n\na,b\n1,"x\n\ny"\n\n#no\n2\n3,"z\n"\n4,5,6';
    const { records, skipped } = await readFile(text, { header: true, delimiter: ',', skipLines: 1, comment: '#' });
    expect(records).toEqual([
      { row: ['1', 'x\n\ny'] },
      { rejected: '2', line: 9, byteOffset: bytesOf(text.slice(0, text.indexOf('2\n3'))).length },
      { row: ['3', 'z\n'] },
      { rejected: '4,5,6', line: 12, byteOffset: bytesOf(text).length - 5 },
    ]);
    expect(skipped).toEqual({ preamble: 1, header: 1, blank: 2, comment: 1 });
  });

  it('of mixed line ends are in the refusal', async () => {
    for (const text of ['a,b\r\n1,x\n2,y\r\n', 'a,b\r\n"1\n",x\r\n']) {
      const error = await failure(observeFile(text));
      expect([error?.code, error?.recovery.kind]).toEqual(['CSV_MIXED_LINE_ENDS', 'fix-input']);
      expect(error?.context).toEqual({ byteOffset: text.indexOf('\n', 5), line: 2 });
    }
  });

  it.each<[string, string, boolean, object?]>([
    ['in a quoted cell', 'a,b\r\n1,"x\ny"\r\n', true],
    ['right behind the opening quote', 'a,b\r\n1,"\ny"\r\n', true],
    ['behind a doubled quote', 'a,b\r\n1,"x""\ny"\r\n', true],
    ['in single quotes, which are found out', `a,b\r\n${"'1','2'\r\n".repeat(3)}'3','x\ny'\r\n`, true],
    ['in the first record of a file whose first line end it is', 'a,"b\nc"\r\n1,2\r\n', true],
    ['far behind the first chunk', `a,b\r\n${'1,"x"\r\n'.repeat(50_000)}1,"x\ny"\r\n`, true],
    ['at the end of a line', 'a,b\r\n1,"x"\n2,y\r\n', false],
    ['after a quote in the middle of a cell', 'a,b\r\n1,x"\n2,y\r\n', false],
    ['in a line that is skipped', 'skip "this\r\nand "this"\nand this\r\na,b\r\n1,2\r\n', false, { skipLines: 2 }],
    ['in a cell with a quote of a file without quoting', 'a,b\r\n1,"x\ny"\r\n', false, { quote: null }],
  ])('say whether the bare LF stands inside quotes: %s', async (_, text, isQuoted, options = {}) => {
    const error = await failure(observeFile(text, options));
    expect(error?.code).toBe('CSV_MIXED_LINE_ENDS');
    const inside = ['inside a quoted cell', 'where its read buffer happens to end', 'Rewrite the line ends to be all alike'];
    for (const words of inside) expect(error?.message.includes(words)).toBe(isQuoted);
    expect(error?.message).toContain("sed -i 's/\\r$//'");
  });
});

describe('a rejected record', () => {
  it('keeps its first 64 KiB', async () => {
    const { records } = await readFile(`a,b\n1,2\n${'x'.repeat(70_000)}\n`, { header: true, delimiter: ',' });
    expect(records[1]).toMatchObject({ rejected: 'x'.repeat(64 * 1024) });
  });
});
