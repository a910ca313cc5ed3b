import type { DelimitedReader } from '@calve/core/plugin';
import type { CsvFacts } from './csv-facts.ts';

/** What both engines do with a file of these facts. */
export function lowerCsv(facts: CsvFacts): DelimitedReader {
  const { dialect, encoding, isEncodingAssumed, skipLines, skipFooterLines, header, names, compression } = facts;
  return {
    kind: 'delimited',
    columns: names.safe,
    delimiter: dialect.delimiter,
    quote: dialect.quote,
    escape: dialect.escape,
    comment: dialect.comment,
    unescapedQuotes: dialect.unescapedQuotes,
    encoding,
    ...(isEncodingAssumed ? { isEncodingAssumed } : {}),
    multiLine: true,
    header,
    skipLines,
    skipFooterLines,
    compression,
  };
}
