import { globSchema } from '@calve/core/plugin';
import * as z from 'zod';

/** How a host sets the source up. What may be a value in a spec belongs into the options of an ingestion instead. */
export interface HttpSourceOptions {
  /** Sends the requests; one of your own adds an `Authorization` header or goes through a proxy. Default: the `fetch` of the platform. */
  fetch?: typeof fetch;
}

/** Validates the options of an ingestion. They are stored in specs, so a URL with a password or a signature is refused. */
export const httpOptionsSchema = z.strictObject({
  url: z
    .string()
    .refine(
      isPlainFolder,
      'Give an http or https URL without user, password, query and "#"; credentials go into the fetch of the source.',
    )
    .describe('The folder whose index page is read: "https://example.org/landing/".'),
  pattern: globSchema
    .default('**')
    .describe('Files to take, relative to the URL: "orders-*.csv.gz", "2024/**/*.csv". Default: every one.'),
  recursive: z.boolean().default(true).describe('Whether folders inside the folder are read as well.'),
});

/** Options of an ingestion, defaults applied. */
export type HttpOptions = z.output<typeof httpOptionsSchema>;

/** What a user writes. */
export type HttpOptionsInput = z.input<typeof httpOptionsSchema>;

function isPlainFolder(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && !/[?#]/.test(text) && url.username + url.password === '';
}
