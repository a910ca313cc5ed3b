export { csvFormat } from './csv-format.ts';
export type { CsvOptions, CsvOptionsInput } from './csv-format-options.ts';
