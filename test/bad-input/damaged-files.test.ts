import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GOOD, runLanding, testFolder } from './run-landing.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const compressed = new Uint8Array(
  gzipSync(`id,name\n${Array.from({ length: 5000 }, (_, row) => `${row},name ${row}\n`).join('')}`),
);

describe('files that are not what their name says', () => {
  it('a gzip file that ends early is quarantined whole, with the byte where it ends', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'cut.csv.gz': compressed.subarray(0, compressed.length - 300), 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['cut.csv.gz']).toMatchObject({ state: 'quarantined', code: 'MALFORMED_UNIT' });
    expect(end.setAside['cut.csv.gz']?.message).toMatch(/gzip.*byte \d+.*ends in the middle/);
    expect(end.rows).toEqual(
      [
        { id: '1', name: 'Ada' },
        { id: '2', name: 'Grace' },
      ].map((row) => ({ ...row, id: end.rows[0]?.['id'] === 1 ? Number(row.id) : row.id })),
    );
  });

  it('a gzip file with a flipped bit is quarantined whole', async () => {
    using folder = testFolder();
    const damaged = compressed.slice();
    damaged[damaged.length - 6]! ^= 1;
    const end = await runLanding(folder, { 'flipped.csv.gz': damaged, 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['flipped.csv.gz']).toMatchObject({ state: 'quarantined', code: 'MALFORMED_UNIT' });
    expect(end.rows).toHaveLength(2);
  });

  it('a PNG named .csv is recognised as a picture and left out', async () => {
    using folder = testFolder();
    const png = Uint8Array.of(
      0x89,
      0x50,
      0x4e,
      0x47,
      0x0d,
      0x0a,
      0x1a,
      0x0a,
      0,
      0,
      0,
      13,
      ...bytes('IHDR'),
      ...new Uint8Array(300).map((_, at) => at * 7),
    );
    const end = await runLanding(folder, { 'photo.csv': png, 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['photo.csv']?.message).toMatch(/PNG/);
    expect(end.rows).toHaveLength(2);
  });

  it('P19 a NUL byte at the beginning makes it no text: it waits, and the screen says at which byte', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'nul.csv': 'id,name\n1,A\0da\n2,Grace\n', 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['nul.csv']?.message).toMatch(/NUL byte at byte 11/);
    expect(end.screen).not.toContain('\0');
    expect(end.rows).toHaveLength(2);
  });

  it('P19 NUL bytes far inside a text are kept: no value is cut there', async () => {
    using folder = testFolder();
    const long = Array.from({ length: 30 }, (_, row) => `${row},${'n'.repeat(20_000)}\n`).join('');
    const end = await runLanding(folder, { 'nul.csv': `id,name\n${long}30,A\0da\n` });
    expect(end.code).toBe(0);
    expect(end.rows.at(-1)?.['name']).toBe('A\0da');
    expect(end.screen).not.toContain('\0');
  });

  it('P19 a file full of NUL bytes is no text, and says so', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'zeros.csv': new Uint8Array(4096), 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['zeros.csv']).toBeDefined();
    expect(end.rows).toHaveLength(2);
  });

  it('P18 invalid UTF-8 becomes U+FFFD, with one finding that counts and says where the first one is', async () => {
    using folder = testFolder();
    const content = Uint8Array.from([...bytes('id,name\n0,Zoé\n1,Ad'), 0xff, ...bytes('\n2,'), 0xc3, ...bytes('\n3,Ada\n')]);
    const end = await runLanding(folder, { 'damaged.csv': content });
    expect(end.code).toBe(0);
    expect(end.rows.map(({ name }) => name)).toEqual(['Zoé', 'Ad\ufffd', '\ufffd', 'Ada']);
    expect(end.messages('TEXT_MALFORMED')).toEqual([expect.stringMatching(/damaged\.csv.*2 malformed pieces.*U\+FFFD.*byte 19/)]);
  });

  it('P18 text that looks like windows-1252 is held until somebody says so, with the first byte that is not UTF-8', async () => {
    using folder = testFolder();
    const content = Uint8Array.from(Buffer.from('id,name\n1,Zo\u00e9\n2,\u00c5se\n', 'latin1'));
    const end = await runLanding(folder, { 'latin.csv': content, 'good.csv': GOOD });
    expect(end.code).toBe(10);
    expect(end.setAside['latin.csv']?.message).toMatch(/byte 12.*windows-1252.*fallbackEncoding/);
    expect(end.rows).toHaveLength(2);
  });

  it('P17 a byte order mark is no part of the first name; one in the middle is data', async () => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'mark.csv': '\ufeffid,name\n1,\ufeffAda\n' });
    expect(end.code).toBe(0);
    expect(end.rows).toEqual([{ id: end.rows[0]?.['id'], name: '\ufeffAda' }]);
  });

  it.each([
    ['UTF-16 little endian', Uint8Array.from([0xff, 0xfe, ...new Uint8Array(Buffer.from(GOOD, 'utf16le'))])],
    ['UTF-16 big endian', Uint8Array.from([0xfe, 0xff, ...new Uint8Array(Buffer.from(GOOD, 'utf16le').swap16())])],
  ])('P17 %s is read as what its byte order mark says', async (_title, content) => {
    using folder = testFolder();
    const end = await runLanding(folder, { 'wide.csv': content });
    expect(end.code).toBe(0);
    expect(end.rows.map(({ name }) => name)).toEqual(['Ada', 'Grace']);
    expect(Object.keys(end.rows[0] ?? {})).toEqual(['id', 'name']);
  });
});
