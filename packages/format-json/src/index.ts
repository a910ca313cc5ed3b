export { jsonFormat } from './json-format.ts';
export type { JsonOptions, JsonOptionsInput } from './json-format-options.ts';
