import type { FormatPlugin } from '@calve/core/plugin';
import { moduleBeside } from '@calve/core/plugin';
import { factsFromJson } from './csv-facts.ts';
import type { CsvOptions, CsvOptionsInput } from './csv-format-options.ts';
import { csvOptionSchema } from './csv-format-options.ts';
import { lowerCsv } from './lower-csv.ts';
import { sniffCsv } from './sniff-csv.ts';
import { splitCsv } from './split-csv.ts';

/**
 * Reads delimited text: CSV, TSV and their relatives, plain, gzip or zstd, in any usual encoding, exactly as Apache Spark does in multi-line
 * mode. Cells stay text; core types them.
 *
 * @example
 * createCalve({ formats: { csv: csvFormat() } })
 */
export function csvFormat(): FormatPlugin<CsvOptions, CsvOptionsInput> {
  return {
    contract: 'format/1',
    name: 'csv',
    version: '0.1.0',
    options: csvOptionSchema,
    sniff: sniffCsv,
    lower: (_options, observation) => lowerCsv(factsFromJson(observation.facts)),
    split: splitCsv,
    decoder: {
      get module() {
        return moduleBeside(import.meta.url, './csv-decoder');
      },
      exportName: 'csvDecoder',
      config: {},
      // Loaded when the first file is looked into: to register the format and to sniff takes less.
      create: async (context) => (await import('./csv-decoder.ts')).csvDecoder({}, context, undefined),
    },
  };
}
