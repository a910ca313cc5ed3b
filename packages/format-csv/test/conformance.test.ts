import { gzipSync, zstdCompressSync } from 'node:zlib';
import { formatConformance } from '@calve/testkit';
import { it } from 'vitest';
import { csvFormat } from '../src/index.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const awkward = 'id;name;note\r\n1;"Ann ""A"" B";\r\n2;"two\r\nlines";"x"y\r\n3;too;many;fields\r\n\r\n4;;""\r\n5;é😀;"open';
const many = `id,name,amount\n${Array.from({ length: 20_000 }, (_, row) => `${row},"name ""${row}""",${row / 4}\n`).join('')}`;

const some = many.slice(0, many.indexOf('\n2000,') + 1);
const latin1 = (value: string): Uint8Array => Uint8Array.from(Buffer.from(value.replaceAll('name', 'n\u00e4me'), 'latin1'));

formatConformance(it, {
  create: csvFormat,
  files: [
    { name: 'awkward.csv', content: text(awkward), options: { header: true } },
    { name: 'many.csv', content: text(many) },
    { name: 'many.csv.gz', content: new Uint8Array(gzipSync(text(many))), options: { nulls: ['NA'] } },
    { name: 'many-windows-1252.csv', content: latin1(some), options: { encoding: 'windows-1252' } },
    { name: 'many-utf-16.csv.zst', content: new Uint8Array(zstdCompressSync(Buffer.from(`\ufeff${some}`, 'utf16le'))) },
    {
      name: 'shift-jis.csv',
      content: Uint8Array.from([...text('id,n\n1,'), 0x93, 0xfa, 0x96, 0x7b, 0x0a]),
      options: { encoding: 'shift_jis' },
    },
    {
      name: 'bars.txt',
      content: text('a||b\n1||"x||y"\n2||"z\\"z"\n'),
      options: { delimiter: '||', escape: '\\', header: true },
    },
    {
      name: 'report.csv',
      content: text(`Report of today\n\n${some}Total,,1\n\n`),
      options: { skipFooterLines: 1 },
    },
    { name: 'malformed.tsv', content: Uint8Array.from([0xef, 0xbb, 0xbf, ...text('a\tb\n'), 0xff, 0x09, 0xc3, 0x0a]) },
  ],
});
