import { bytesReader, slowReader } from '@calve/testkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ENCODINGS, encodingKind, encodingNamed } from '../src/encoding/encoding-names.ts';
import { csvFormat } from '../src/index.ts';
import { bytesOf, observeFile, readFile } from './read-file.ts';
import { charactersOf, encodeText } from './text-encoder.ts';

/** Those that a file can be written in. */
const written = ENCODINGS.filter((encoding) => encoding !== 'utf-16');
const dialect = { delimiter: ',', quote: '"', escape: '"', header: true, skipLines: 0, compression: 'none' } as const;
const rejectedPlaces = (records: readonly object[]) =>
  records.flatMap((one) => ('byteOffset' in one ? [(one as { byteOffset: number }).byteOffset] : []));

describe.each(written)('%s', (encoding) => {
  const character = fc.constantFrom(...charactersOf(encoding), 'a', 'b', ' ', '\n', '"', ',');
  const cell = fc.array(character, { maxLength: 8 }).map((characters) => characters.join(''));

  it('reads back what was written, wherever pieces end, with the places of the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 16, max: 48 }),
        fc.integer({ min: 1, max: 7 }),
        async (rows, chunkBytes, maxRead) => {
          const records = [
            'a,b',
            ...rows.flatMap((row) => [row.map((one) => `"${one.replaceAll('"', '""')}"`).join(','), 'bad']),
          ];
          const content = encodeText(records.map((record) => `${record}\n`).join(''), encoding);
          const reader = slowReader(bytesReader(content), maxRead);
          const file = await readFile(content, { ...dialect, encoding }, { chunkBytes, reader });
          expect(file.records).toEqual(rows.flatMap((row) => [{ row }, expect.objectContaining({ rejected: 'bad' })]));
          let offset = 0;
          const places = records.flatMap((record) => {
            const at = offset;
            offset += encodeText(`${record}\n`, encoding).length;
            return record === 'bad' ? [at] : [];
          });
          expect(rejectedPlaces(file.records)).toEqual(places);
        },
      ),
      { numRuns: 12 },
    );
  });

  it('reads any bytes as the text that the platform makes of them', async () => {
    if (encoding === 'iso-8859-1' || encoding === 'utf-8') return;
    const bytes = fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0x0a, 0x0d, 0x81, 0x8f, 0xff, 0x2c, 0x22, 0x00)), {
      maxLength: 60,
      size: 'max',
    });
    await fc.assert(
      fc.asyncProperty(bytes, async (list) => {
        const content = Uint8Array.from(list);
        const options = { ...dialect, header: false, columns: ['x', 'y'], encoding };
        fc.pre(!(content[0] === 0xff && content[1] === 0xfe) && !(content[0] === 0xfe && content[1] === 0xff));
        const read = (bytes: Uint8Array, options: object) =>
          readFile(bytes, options, { chunkBytes: 16 }).then(
            ({ records }) => records.map((one) => ('row' in one ? one.row : one.rejected)),
            (error: { code: string }) => error.code,
          );
        const text = new TextDecoder(encoding, { ignoreBOM: true }).decode(content);
        expect(await read(content, options)).toEqual(await read(bytesOf(text), { ...options, encoding: 'utf-8' }));
      }),
      { numRuns: 25 },
    );
  });
});

describe('an encoding', () => {
  it('keeps to its own table where platforms differ', async () => {
    const bytes = Uint8Array.from([...bytesOf('a\n'), 0x80, 0x92, 0xe9, 0x0a]);
    const cells = async (encoding: string) => (await readFile(bytes, { ...dialect, encoding })).records;
    expect(await cells('windows-1252')).toEqual([{ row: ['€’é'] }]);
    expect(await cells('iso-8859-1')).toEqual([{ row: ['\u0080\u0092é'] }]);
  });

  it('is known by several names', () => {
    const names = ['UTF8', 'latin1', 'ISO_8859-15', 'cp1252', 'Windows-1251', 'sjis', 'UTF-16LE', 'nonsense'];
    expect(names.map(encodingNamed)).toEqual([
      'utf-8',
      'iso-8859-1',
      'iso-8859-15',
      'windows-1252',
      'windows-1251',
      'shift_jis',
      'utf-16le',
      'nonsense',
    ]);
    expect(ENCODINGS.filter((name) => name !== 'utf-16' && encodingKind(name) === null)).toEqual([]);
  });

  it('goes over many pieces of the file', async () => {
    const rows = Array.from({ length: 40_000 }, (_, row) => `${row},größe 名 ${row}\n`);
    const text = `id,n\n${rows.join('')}bad\n`;
    for (const encoding of ['utf-16le', 'gb18030']) {
      const table = encoding === 'gb18030' ? text.replaceAll('ß', 's').replaceAll('ö', 'o') : text;
      const file = await readFile(encodeText(table, encoding), { ...dialect, encoding });
      expect(file.records).toHaveLength(40_001);
      const end = file.records.at(-1) as { line: number; byteOffset: number };
      expect([end.line, end.byteOffset]).toEqual([40_002, encodeText(table.slice(0, -4), encoding).length]);
    }
  });
});

describe('the encoding of a file', () => {
  const lines = 'id,name\n1,Zoé\n2,Åse\n';

  it.each(['utf-16le', 'utf-16be'])('is %s where its byte order mark says so, and the finding too', async (encoding) => {
    const content = encodeText(`\ufeff${lines}`, encoding);
    const file = await readFile(content);
    expect([file.fields, file.records]).toEqual([
      ['id', 'name'],
      [{ row: ['1', 'Zoé'] }, { row: ['2', 'Åse'] }],
    ]);
    expect(file.findings[0]).toMatchObject({ code: 'CSV_ENCODING', severity: 'info', message: expect.stringContaining('mark') });
    const guess = csvFormat().sniff({ name: 'a.csv', head: content, tail: content, complete: true });
    expect(guess?.because).toContain(`the file begins with the byte order mark of ${encoding.toUpperCase()}`);
    expect(guess?.options).toEqual({ delimiter: ',', header: true });
    expect((await readFile(content, { encoding: 'utf-16' })).records).toHaveLength(2);
  });

  it.each(['utf-16le', 'utf-16be'])('is assumed to be %s by its NUL bytes, with the patch that declares it', async (encoding) => {
    const { findings, facts } = await observeFile(encodeText(lines, encoding));
    expect(facts).toMatchObject({ encoding });
    expect(findings[0]).toMatchObject({
      code: 'CSV_ENCODING',
      severity: 'warning',
      message: expect.stringContaining('assumed'),
      at: { byteOffset: encoding === 'utf-16le' ? 1 : 0 },
      fixes: [{ specPatch: [{ op: 'add', path: '/input/format/options/encoding', value: encoding }] }],
    });
    const declared = await observeFile(encodeText(lines, encoding), { encoding });
    expect(declared.findings.map(({ code }) => code)).not.toContain('CSV_ENCODING');
  });

  it('contradicts the options: refused for UTF-16, a finding for UTF-8', async () => {
    await expect(observeFile(encodeText(`\ufeff${lines}`, 'utf-16le'), { encoding: 'windows-1252' })).rejects.toMatchObject({
      code: 'CSV_ENCODING_UNSUPPORTED',
      recovery: { kind: 'fix-input' },
    });
    const { findings } = await observeFile(bytesOf(`\ufeff${lines}`), { encoding: 'windows-1252' });
    expect(findings[0]).toMatchObject({ code: 'CSV_ENCODING', severity: 'warning', fixes: [{ title: expect.any(String) }] });
  });

  it.each([
    [
      '0x92, which is punctuation in windows-1252 only',
      'id,name\n1,O’Neil\n2,Zoé\n',
      'control character in ISO-8859-1, is ’ there',
    ],
    ['letters that both have', 'id,name\n1,Ångström\n2,Zoé\n3,façade\n', 'ISO-8859-1 would give the same text'],
  ])('is guessed aloud, not read so, for %s', async (_, text, words) => {
    const content = encodeText(text, 'windows-1252');
    const { findings, decoded, records } = await readFile(content);
    const finding = findings.find(({ code }) => code === 'TEXT_MALFORMED');
    const first = content.findIndex((byte) => byte >= 0x80);
    expect(finding).toMatchObject({ severity: 'warning', at: { byteOffset: first } });
    for (const said of [`the first one at byte ${first}`, 'windows-1252 (confidence 0.', words]) {
      expect(finding?.message).toContain(said);
    }
    expect(decoded).toEqual([finding]);
    expect(JSON.stringify(records)).toContain('\ufffd');
    const fallback = finding?.fixes?.[0]?.specPatch.at(-1) as { path: string; value: string };
    expect(fallback).toMatchObject({ path: '/input/format/options/fallbackEncoding', value: 'windows-1252' });
    const again = await readFile(content, { fallbackEncoding: fallback.value });
    expect(again.records).toEqual((await readFile(text)).records);
    expect(again.findings.map(({ code }) => code)).toContain('CSV_ENCODING');
    expect([...again.findings, ...again.decoded].map(({ code }) => code)).not.toContain('TEXT_MALFORMED');
  });

  it.each([
    ['UTF-8 with a broken character', [...bytesOf('a\né,ü,ö,ä\nß'), 0xff, 0x0a]],
    ['Cyrillic', [...encodeText('a\nПривет, мир\n', 'windows-1251')]],
    ['Japanese', [...encodeText('a\n日本語\n', 'shift_jis')]],
    ['bytes without a meaning there', [0x61, 0x0a, 0x81, 0x0a]],
  ])('is not guessed for %s', async (_, bytes) => {
    const { findings } = await observeFile(Uint8Array.from(bytes), { delimiter: ',' });
    expect(findings.find(({ code }) => code === 'TEXT_MALFORMED')).not.toHaveProperty('fixes');
  });

  it('falls back only where a file is not UTF-8', async () => {
    const utf8 = await observeFile(lines, { fallbackEncoding: 'windows-1252' });
    expect(utf8.facts).toMatchObject({ encoding: 'utf-8' });
    const options = { encoding: 'utf-8', fallbackEncoding: 'windows-1252' };
    const checked = csvFormat().options['~standard'].validate(options);
    expect(checked).toMatchObject({ issues: [{ path: ['fallbackEncoding'] }] });
  });

  it('has bytes without a meaning: U+FFFD and a finding', async () => {
    const { decoded, records } = await readFile(Uint8Array.from([0x61, 0x0a, 0x62, 0xaa, 0x0a]), {
      ...dialect,
      encoding: 'windows-1253',
    });
    expect(records).toEqual([{ row: ['b\ufffd'] }]);
    expect(decoded).toMatchObject([
      { code: 'TEXT_MALFORMED', at: { byteOffset: 3 }, message: expect.stringContaining('WINDOWS-1253') },
    ]);
  });
});
