import { gzipSync } from 'node:zlib';
import { nodeEnvironment } from '@calve/core/node';
import { completeLimits } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { formatConformance } from '@calve/testkit';
import { afterAll, it } from 'vitest';

const processes = nodeEnvironment().decodeProcesses!(completeLimits());
afterAll(() => processes.close());

/** The CSV format whose decoder works in a process of its own. */
function isolatedCsv() {
  const format = csvFormat();
  const { module, exportName, config } = format.decoder;
  return {
    ...format,
    decoder: { module, exportName, config, create: async () => processes.decoder({ module, exportName, config }) },
  };
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const many = `id,name,amount\n${Array.from({ length: 11_000 }, (_, row) => `${row},"name ""${row}""",${row / 4}\n`).join('')}`;

formatConformance(it, {
  create: isolatedCsv,
  files: [
    {
      name: 'awkward.csv',
      content: text('id;name;note\r\n1;"Ann ""A"" B";\r\n2;"two\r\nlines";"x"y\r\n3;too;many;fields\r\n\r\n4;;""\r\n'),
      options: { header: true },
    },
    { name: 'many.csv', content: text(many) },
    { name: 'few.csv.gz', content: new Uint8Array(gzipSync(text(many.slice(0, 20_000)))) },
  ],
});
