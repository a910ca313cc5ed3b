import type { DelimitedReader } from '@calve/core/plugin';
import { CalveError } from '@calve/core/plugin';

const encoder = new TextEncoder();

/** The choices that decide how text is cut into cells, in characters. */
export type CsvDialect = Pick<DelimitedReader, 'delimiter' | 'quote' | 'escape' | 'comment' | 'unescapedQuotes'>;

/** The same in UTF-8 bytes; -1 stands for a character that is switched off. */
export interface ByteDialect {
  /** One or more bytes. */
  delimiter: Uint8Array;
  quote: number;
  /** Equal to `quote`: a quote inside quotes is doubled. */
  escape: number;
  comment: number;
  stopAtClosingQuote: boolean;
}

/**
 * A dialect as the tokenizer needs it.
 *
 * @throws {CalveError} `OPTIONS_INVALID` (fix-input): quote, escape or comment is not one ASCII character, or the delimiter is empty
 *   or contains a quote or a line end.
 */
export function toByteDialect(dialect: CsvDialect): ByteDialect {
  const { delimiter, quote, escape: escapeCharacter, comment, unescapedQuotes } = dialect;
  if (delimiter === '' || /[\r\n]/.test(delimiter) || (quote !== null && delimiter.includes(quote))) {
    throw new CalveError(
      'OPTIONS_INVALID',
      `The delimiter ${JSON.stringify(delimiter)} cannot separate cells: give one or more characters that are neither a line end nor the quote.`,
      { recovery: 'fix-input', context: { delimiter } },
    );
  }
  const quoteByte = oneByte('quote', quote);
  return {
    delimiter: encoder.encode(delimiter),
    quote: quoteByte,
    escape: quoteByte === -1 || escapeCharacter === null ? quoteByte : oneByte('escape', escapeCharacter),
    comment: oneByte('comment', comment),
    stopAtClosingQuote: unescapedQuotes === 'stop-at-closing-quote',
  };
}

function oneByte(name: string, character: string | null): number {
  if (character === null) return -1;
  const code = character.charCodeAt(0);
  if (character.length === 1 && code < 0x80 && code !== 0x0a && code !== 0x0d) return code;
  throw new CalveError(
    'OPTIONS_INVALID',
    `The option "${name}" is ${JSON.stringify(character)}: it has to be one ASCII character other than a line end.`,
    { recovery: 'fix-input', context: { option: name, value: character } },
  );
}
