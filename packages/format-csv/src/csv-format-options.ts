import type { OptionSchema } from '@calve/core/plugin';
import { z } from '@calve/core/plugin';
import { ENCODINGS, encodingNamed } from './encoding/encoding-names.ts';

/** How to read a delimited file. Everything is optional: what is not said is found out by looking at each file. */
export interface CsvOptionsInput {
  /** One or more characters between two cells, such as `;` or `||`. Default: found out per file among `,` `;` tab `|`, and pairs such as `||`. */
  delimiter?: string | undefined;
  /** One ASCII character around cells, or `null` when quotes mean nothing. Default: `"`, or `'` where a file clearly uses it. */
  quote?: string | null | undefined;
  /**
   * One ASCII character that makes a following quote part of the value, such as `\`. Default: the quote itself, written twice, or `\` where
   * only that explains the quotes of a file.
   */
  escape?: string | undefined;
  /** Whether the first record names the columns. Default: `detect`, per file, with the reason as a finding. */
  header?: boolean | 'detect' | undefined;
  /** Column names in file order, for files without a header; instead of the names in a header where there is one. */
  columns?: string[] | undefined;
  /** Texts that mean null, such as `NA`. Default: none; a cell with nothing in it is always null, a quoted empty one is empty text. */
  nulls?: string[] | undefined;
  /** One ASCII character; a line that begins with it is no data. Default: no comments. */
  comment?: string | undefined;
  /** Physical lines before the header or the first record that are no data, 0 or more. Default: found out per file, with a finding. */
  skipLines?: number | undefined;
  /** Lines at the end that are no data, such as totals, 0 to 1,000; those of nothing but blanks do not count. Default: 0. */
  skipFooterLines?: number | undefined;
  /**
   * How far a cell reaches whose closing quote is followed by more text: to the next delimiter (`stop-at-delimiter`, the default:
   * `"a"b` is read as it stands) or to the next quote that closes it (`stop-at-closing-quote`). Both are Spark's.
   */
  unescapedQuotes?: 'stop-at-delimiter' | 'stop-at-closing-quote' | undefined;
  /** Default: `detect`, by the first bytes of each file and never by its name. */
  compression?: 'detect' | 'none' | 'gzip' | 'zstd' | undefined;
  /**
   * How characters are stored as bytes, for every file: a name such as `windows-1252`, `iso-8859-1`, `utf-16le` or `shift_jis`. Default: `detect`, per
   * file: UTF-16 by its byte order mark or its NUL bytes, else UTF-8.
   */
  encoding?: string | undefined;
  /** The encoding of files that turn out not to be UTF-8, such as `windows-1252`. Default: none; their malformed bytes become U+FFFD. */
  fallbackEncoding?: string | undefined;
}

/** The same after defaults; what is still absent is found out per file. */
export interface CsvOptions extends CsvOptionsInput {
  header: boolean | 'detect';
  nulls: string[];
  skipFooterLines: number;
  unescapedQuotes: 'stop-at-delimiter' | 'stop-at-closing-quote';
  compression: 'detect' | 'none' | 'gzip' | 'zstd';
  encoding: string;
}

const character = z.string().refine(isOneCharacter, 'expected one ASCII character that is not a line end');

/** UTF-16 is known by its first bytes. */
const FALLBACKS = ENCODINGS.filter((name) => !name.startsWith('utf-'));

const schema: z.ZodType<CsvOptions, CsvOptionsInput> = z
  .strictObject({
    delimiter: z
      .string()
      .regex(/^[^\r\n]+$/, 'expected one or more characters without a line end')
      .optional()
      .describe('What stands between two cells. Default: found out per file.'),
    quote: character.nullable().optional().describe('What stands around cells, or null for none. Default: found out per file.'),
    escape: character.optional().describe('Makes a following quote part of the value. Default: the quote, written twice.'),
    header: z
      .union([z.boolean(), z.literal('detect')])
      .default('detect')
      .describe('Whether the first record names the columns.'),
    columns: z.array(z.string().min(1)).min(1).optional().describe('Column names in file order.'),
    nulls: z.array(z.string()).default([]).describe('Texts that mean null.'),
    comment: character.optional().describe('A line that begins with it is no data.'),
    skipLines: z
      .int()
      .min(0)
      .optional()
      .describe('Physical lines before the header or the first record that are no data. Default: found out per file.'),
    skipFooterLines: z
      .int()
      .min(0)
      .max(1000)
      .default(0)
      .describe('Lines at the end that are no data; those of nothing but blanks do not count.'),
    unescapedQuotes: z
      .enum(['stop-at-delimiter', 'stop-at-closing-quote'])
      .default('stop-at-delimiter')
      .describe('How far a cell reaches whose closing quote is followed by more text.'),
    compression: z.enum(['detect', 'none', 'gzip', 'zstd']).default('detect').describe('How the file is compressed.'),
    encoding: z
      .string()
      .overwrite(encodingNamed)
      .refine((name) => name === 'detect' || ENCODINGS.includes(name), `expected detect, ${ENCODINGS.join(', ')}`)
      .default('detect')
      .describe('How characters are stored as bytes. Default: UTF-16 where the first bytes say so, else UTF-8.'),
    fallbackEncoding: z
      .string()
      .overwrite(encodingNamed)
      .refine((name) => FALLBACKS.includes(name), `expected ${FALLBACKS.join(', ')}`)
      .optional()
      .describe('The encoding of files that turn out not to be UTF-8. Default: none.'),
  })
  .superRefine((options, issues) => {
    const { delimiter, quote, comment, columns } = options;
    const refuse = (path: string, message: string): void => issues.addIssue({ code: 'custom', path: [path], message });
    if (quote != null && delimiter?.includes(quote)) refuse('delimiter', 'the delimiter contains the quote');
    if (quote === null && options.escape !== undefined) refuse('escape', 'an escape character has no meaning without quotes');
    if (options.escape !== undefined && delimiter?.includes(options.escape))
      refuse('escape', 'the delimiter contains the escape character');
    if (comment !== undefined && (comment === quote || delimiter?.startsWith(comment))) {
      refuse('comment', 'the comment character is also the quote or the delimiter');
    }
    if (options.fallbackEncoding !== undefined && options.encoding !== 'detect')
      refuse('fallbackEncoding', 'the option "encoding" says how every file is encoded');
    const names = columns?.map((name) => name.toLowerCase()) ?? [];
    const twice = columns?.find((_, index) => names.indexOf(names[index] as string) !== index);
    if (twice !== undefined)
      refuse('columns', `the name ${JSON.stringify(twice)} occurs twice (upper and lower case are the same)`);
  });

/** Validates the options and shows them as a form. */
export const csvOptionSchema: OptionSchema<CsvOptions> = z.optionsOf(schema);

function isOneCharacter(text: string): boolean {
  return text.length === 1 && text.charCodeAt(0) < 0x80 && text !== '\n' && text !== '\r';
}
