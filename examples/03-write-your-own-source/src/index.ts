export { type HttpOptions, httpSource } from './http-source.ts';
