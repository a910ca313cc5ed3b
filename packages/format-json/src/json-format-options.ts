import type { OptionSchema } from '@calve/core/plugin';
import { z } from '@calve/core/plugin';

/** How to read a JSON file. Everything is optional: what is not said is found out by looking at each file. */
export interface JsonOptionsInput {
  /**
   * `lines`: one record per line (JSON Lines, NDJSON). `values`: values one after another, over any number of lines. `document`: one value, an
   * array of records or one record. Default: found out per file.
   */
  framing?: 'lines' | 'values' | 'document' | undefined;
  /**
   * Names of the members that lead to the array of records in a document: `['data', 'items']` for `{ "data": { "items": [...] } }`. Default:
   * the document itself, or the one array of objects in it.
   */
  recordsAt?: string[] | undefined;
  /** Texts that mean null, such as `NA`, in quotes or not. Default: none; null itself and members that are absent are always null. */
  nulls?: string[] | undefined;
  /** Default: `detect`, by the first bytes of each file and never by its name. */
  compression?: 'detect' | 'none' | 'gzip' | 'zstd' | undefined;
}

/** The same after defaults; what is still absent is found out per file. */
export interface JsonOptions extends JsonOptionsInput {
  nulls: string[];
  compression: 'detect' | 'none' | 'gzip' | 'zstd';
}

const schema: z.ZodType<JsonOptions, JsonOptionsInput> = z
  .strictObject({
    framing: z
      .enum(['lines', 'values', 'document'])
      .optional()
      .describe('One record per line, values one after another, or one document. Default: found out per file.'),
    recordsAt: z
      .array(z.string())
      .optional()
      .describe('Names of the members that lead to the array of records. Default: found out per file.'),
    nulls: z.array(z.string()).default([]).describe('Texts that mean null.'),
    compression: z.enum(['detect', 'none', 'gzip', 'zstd']).default('detect').describe('How the file is compressed.'),
  })
  .superRefine(({ framing, recordsAt = [] }, issues) => {
    if (recordsAt.length > 0 && framing !== undefined && framing !== 'document') {
      issues.addIssue({ code: 'custom', path: ['recordsAt'], message: 'a path to the records has a meaning in a document only' });
    }
  });

/** Validates the options and shows them as a form. */
export const jsonOptionSchema: OptionSchema<JsonOptions> = z.optionsOf(schema);
