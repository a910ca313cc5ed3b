import { gzipSync } from 'node:zlib';
import { formatConformance } from '@calve/testkit';
import { it } from 'vitest';
import { csvFormat } from '../src/index.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const awkward = 'id;name;note\r\n1;"Ann ""A"" B";\r\n2;"two\r\nlines";"x"y\r\n3;too;many;fields\r\n\r\n4;;""\r\n5;é😀;"open';
const many = `id,name,amount\n${Array.from({ length: 20_000 }, (_, row) => `${row},"name ""${row}""",${row / 4}\n`).join('')}`;

formatConformance(it, {
  create: csvFormat,
  files: [
    { name: 'awkward.csv', content: text(awkward), options: { header: true } },
    { name: 'many.csv', content: text(many) },
    { name: 'many.csv.gz', content: new Uint8Array(gzipSync(text(many))), options: { nulls: ['NA'] } },
    { name: 'malformed.tsv', content: Uint8Array.from([0xef, 0xbb, 0xbf, ...text('a\tb\n'), 0xff, 0x09, 0xc3, 0x0a]) },
  ],
});
