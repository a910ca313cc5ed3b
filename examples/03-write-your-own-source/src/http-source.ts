import { type CallContext, connectStorage, globSchema, type Json, type SourcePlugin } from '@calve/core/plugin';
import * as z from 'zod';
import { HttpStorage } from './http-storage.ts';

const optionsSchema = z.strictObject({
  url: z
    .url({ protocol: /^https?$/ })
    .refine(isPlain, 'Give the address without user, password, query and fragment.')
    .describe('The folder whose index page is read: "https://example.org/landing/".'),
  pattern: globSchema.default('**').describe('Files to take, relative to the folder: "2024/**/*.csv". Default: every one.'),
});

/** Options of an ingestion, defaults applied. */
export type HttpOptions = z.output<typeof optionsSchema>;

/**
 * The files of a folder that a web server lists: nginx, Apache, `python3 -m http.server`.
 *
 * @example
 * createCalve({ sources: { web: httpSource() }, … });
 */
export function httpSource(): SourcePlugin<HttpOptions, z.input<typeof optionsSchema>> {
  return {
    contract: 'source/1',
    name: 'http',
    version: '0.1.0',
    options: {
      jsonSchema: JSON.parse(JSON.stringify(z.toJSONSchema(optionsSchema, { io: 'input' }))) as Json,
      '~standard': optionsSchema['~standard'],
    },
    connect: ({ url, pattern }: HttpOptions, context: CallContext) => connectStorage(new HttpStorage(url), pattern, context),
  };
}

/** Options are stored and shown, so they hold no credentials. */
function isPlain(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && url.username + url.password === '' && !/[?#]/.test(text);
}
