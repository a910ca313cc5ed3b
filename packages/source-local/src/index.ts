export { localSource } from './local-source.ts';
export type { LocalOptions, LocalOptionsInput, LocalSourceOptions } from './local-source-options.ts';
