import { globSchema, z } from '@calve/core/plugin';

/** How a host sets the source up. */
export interface LocalSourceOptions {
  /**
   * Every ingestion's `path` is relative to this folder and must stay inside it, links resolved. Set it where specs come from other people:
   * `/srv/landing`, or for each tenant its own, `({ tenant }) => join('/srv/landing', tenant)`; nobody learns then what lies beside it. A tenant is
   * 1 to 64 letters, digits, `_` or `-`. Default: no limit; a relative `path` is relative to the working directory.
   */
  root?: string | ((scope: { tenant: string }) => string);
}

/** Options of an ingestion, defaults applied. */
export interface LocalOptions {
  /** Folder, or a single file. */
  path: string;
  /** Files to take, relative to the folder; `**`: every file. */
  pattern: string;
  /** Look into folders too. */
  recursive: boolean;
}

/** What a user writes: `path`, and `pattern` and `recursive` where the defaults do not fit. */
export interface LocalOptionsInput {
  /** Folder, or a single file: `./landing`. */
  path: string;
  /** Files to take, relative to the folder: `orders-*.csv.gz`, `2024/**\/*.csv`. Default: every file. */
  pattern?: string | undefined;
  /** Look into folders too. Default: true. */
  recursive?: boolean | undefined;
}

/** A pattern with a segment that leads elsewhere could never match a listed file; saying so beats finding nothing. */
const LEADS_ELSEWHERE = /(^|[/{,])\.{1,2}(?=[/},]|$)/;

/** Validates the options of an ingestion from local files. */
export const localOptionsSchema: z.ZodType<LocalOptions, LocalOptionsInput> = z.strictObject({
  path: z
    .string()
    .min(1)
    .refine((path) => !path.includes('\u0000'), 'A path cannot hold a zero character.')
    .describe('Folder, or a single file: "./landing".'),
  pattern: globSchema
    .refine((pattern) => !/^([/\\]|[A-Za-z]:[/\\])/.test(pattern), 'A pattern is relative to `path`; it cannot begin with "/".')
    .refine((pattern) => !LEADS_ELSEWHERE.test(pattern), 'A pattern cannot hold "." or ".." as a folder; change `path` instead.')
    .refine((pattern) => !/\/(\/|$)/.test(pattern), 'A pattern cannot hold an empty name; for a whole folder write "folder/**".')
    .default('**')
    .describe('Files to take, relative to the folder: "orders-*.csv.gz", "2024/**/*.csv". Default: every file.'),
  recursive: z.boolean().default(true).describe('Look into folders too. Default: true.'),
});
