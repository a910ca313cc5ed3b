export { httpSource } from './http-source.ts';
export type { HttpOptions, HttpOptionsInput, HttpSourceOptions } from './http-source-options.ts';
