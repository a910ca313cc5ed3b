import type { DelimitedReader } from '@calve/core/plugin';
import { ROW_CODES } from '@calve/core/plugin';
import { sqlString } from '../sql/literal.ts';
import type { SparkReader } from './spark-reader.ts';
import { CORRUPT, viewColumn, ZSTD } from './spark-reader.ts';

/** No file holds it: an unquoted empty cell stays apart from a quoted one. */
const NULL_SENTINEL = '\u0001NULL\u0001';

/** The charsets that Spark 4 reads, as it calls them, by the label of the encoding. */
const CHARSETS: Readonly<Record<string, string>> = {
  'utf-8': 'UTF-8',
  'iso-8859-1': 'ISO-8859-1',
  'utf-16le': 'UTF-16LE',
  'utf-16be': 'UTF-16BE',
};

/**
 * Spark's CSV reader with everything pinned. Columns are found by place, and `enforceSchema` is on: the planner has looked at each header, and
 * Spark's own comparison cannot pass for names that are empty, equal or padded. Pure.
 */
export function readDelimited(plan: DelimitedReader, refuse: (reason: string) => void): SparkReader | null {
  const encoding = CHARSETS[plan.encoding];
  const problems = [
    plan.multiLine ? null : 'Files without line ends inside quotes are not printed yet.',
    encoding === undefined ? `The encoding ${plan.encoding} is not printed yet.` : null,
    plan.compression === 'zstd' ? ZSTD : null,
    plan.quote === null ? 'There is no quote: Spark takes U+0000 for one then.' : null,
    unknownMember(plan),
  ].filter((problem) => problem !== null);
  for (const problem of problems) refuse(problem);
  if (problems.length > 0 || plan.quote === null || encoding === undefined) return null;
  const names = plan.columns.map((_, index) => viewColumn(index + 1));
  return {
    format: 'csv',
    options: {
      header: String(plan.header),
      enforceSchema: 'true',
      sep: plan.delimiter.replaceAll('\\', '\\\\'),
      quote: plan.quote,
      escape: plan.escape ?? plan.quote,
      ...(plan.comment === null ? {} : { comment: plan.comment }),
      multiLine: 'true',
      encoding,
      nullValue: NULL_SENTINEL,
      emptyValue: '',
      ignoreLeadingWhiteSpace: 'false',
      ignoreTrailingWhiteSpace: 'false',
      unescapedQuoteHandling: plan.unescapedQuotes === 'stop-at-delimiter' ? 'STOP_AT_DELIMITER' : 'STOP_AT_CLOSING_QUOTE',
      mode: 'PERMISSIVE',
      columnNameOfCorruptRecord: CORRUPT,
      maxColumns: String(Math.max(20_480, plan.columns.length + 1)),
      maxCharsPerColumn: '-1',
    },
    schema: [...names, CORRUPT].map((name) => `${name} STRING`).join(', '),
    select: [...names, CORRUPT],
    columns: plan.columns.map((name) => ({ name, type: { kind: 'string' }, required: false })),
    badRecord: sqlString(ROW_CODES.tokenCount),
    suffix: plan.compression === 'gzip' ? '.gz' : null,
  };
}

const KNOWN: ReadonlySet<string> = new Set<keyof DelimitedReader>([
  'kind',
  'columns',
  'delimiter',
  'quote',
  'escape',
  'comment',
  'unescapedQuotes',
  'encoding',
  'multiLine',
  'header',
  'skipLines',
  'skipFooterLines',
  'compression',
]);

/** A member that came later than this printer and asks for something. */
function unknownMember(plan: DelimitedReader): string | null {
  const found = Object.entries(plan).find(([name, value]) => !KNOWN.has(name) && Boolean(value));
  return found ? `"${found[0]}" is not printed yet.` : null;
}
