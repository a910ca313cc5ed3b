import type { DelimitedReader } from '@calve/core/plugin';
import { parse } from 'csv-parse/sync';
import type { DecodeOutcome } from './decode-outcome.ts';

/** Findings that say nothing of how the file is cut into cells. */
const HARMLESS = ['CSV_DIALECT', 'CSV_DIALECT_AMBIGUOUS', 'CSV_ENCODING', 'CSV_HEADER_RENAMED', 'FILE_EMPTY'];

/**
 * Compares the cells with those that csv-parse gives, where both have one meaning of the file: one kind of line end, valid UTF-8, quotes
 * that are doubled or escaped, no comments.
 *
 * @returns `null`: not comparable. Else what differs, or an empty text.
 */
export function differenceFromOtherParser(outcome: DecodeOutcome, content: Buffer): string | null {
  const plan = outcome.plan as DelimitedReader | null;
  if (plan === null || outcome.error !== null || !isComparable(outcome, plan, content)) return null;
  const lineEnd = lineEndOf(outcome);
  let records: string[][];
  try {
    records = parse(content, {
      delimiter: plan.delimiter,
      quote: plan.quote,
      escape: plan.escape,
      record_delimiter: lineEnd,
      bom: true,
      skip_empty_lines: true,
    });
  } catch {
    // csv-parse is stricter, for instance about a quote inside a cell without quotes.
    return null;
  }
  const expected = (plan.header ? records.slice(1) : records).map((record) =>
    // Inside quotes too the line end of the file becomes LF, as in Spark.
    record.map((cell) => cell.replaceAll(lineEnd, '\n')),
  );
  const actual = outcome.rows.map(({ cells }) => cells.map((cell) => cell ?? ''));
  if (actual.length !== expected.length) return `${actual.length} rows, csv-parse has ${expected.length}`;
  const row = actual.findIndex((cells, at) => JSON.stringify(cells) !== JSON.stringify(expected[at]));
  if (row < 0) return '';
  return `row ${row} is ${JSON.stringify(actual[row])}, csv-parse has ${JSON.stringify(expected[row])}`;
}

function isComparable(outcome: DecodeOutcome, plan: DelimitedReader, content: Buffer): boolean {
  const { findings, observation, rejected } = outcome;
  const seen = [...findings, ...(observation?.findings ?? [])];
  // Of nothing but line ends csv-parse makes a record, also behind a byte order mark.
  if (!/[^\r\n]/.test(content.toString('utf8').replace(/^\ufeff/, ''))) return false;
  if (rejected.length > 0 || seen.some(({ code }) => !HARMLESS.includes(code))) return false;
  if (plan.comment !== null || plan.skipLines > 0 || plan.unescapedQuotes !== 'stop-at-delimiter') return false;
  // Behind a closing quote Spark drops everything up to U+0020, csv-parse only some of it.
  if (content.includes('"\0')) return false;
  // csv-parse takes an escape character away whatever follows, Spark and Calve only before a quote or another one.
  if (plan.escape !== plan.quote && escapesOther(content.toString('latin1'), plan)) return false;
  // csv-parse takes every blank line for an empty one; and of two byte order marks it drops both.
  return !/(?:^|[\r\n])[ \t]+(?:$|[\r\n])/.test(content.toString('latin1')) && !content.subarray(3).includes('\ufeff');
}

function escapesOther(text: string, plan: DelimitedReader): boolean {
  if (plan.escape === null || plan.quote === null) return false;
  const rest = text.replaceAll(plan.escape + plan.escape, '').replaceAll(plan.escape + plan.quote, '');
  return rest.includes(plan.escape);
}

function lineEndOf({ observation }: DecodeOutcome): string {
  const { lineEnd } = (observation?.facts ?? {}) as { lineEnd?: string | null };
  return lineEnd === 'CRLF' ? '\r\n' : lineEnd === 'CR' ? '\r' : '\n';
}
