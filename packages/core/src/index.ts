export type {} from './json/json.ts';
