import type { CsvDialect } from './byte-dialect.ts';
import type { CsvOptions } from './csv-format-options.ts';
import type { Head, RecordSample } from './sample-records.ts';
import { commonWidth, sampleRecords } from './sample-records.ts';

/** What was found out, and plain sentences that say why. */
export interface DetectedDialect {
  dialect: CsvDialect;
  because: string[];
  /** 0 to 1: the share of records that the choice explains; 0 for a single column. */
  consistency: number;
}

type DialectOptions = Pick<CsvOptions, 'delimiter' | 'quote' | 'escape' | 'comment' | 'unescapedQuotes'>;

interface Candidate {
  dialect: CsvDialect;
  sample: RecordSample;
  width: number;
  /** Records of that width, and all of them. */
  records: number;
  total: number;
  consistency: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
/** A delimiter that splits fewer records alike than this is only text. */
const LEAST_CONSISTENCY = 0.5;

/**
 * Delimiter and quote of a file, as far as the options leave them open: the pair that gives most records the same number of fields,
 * more than one. A file in which nothing does so has one column.
 */
export function detectCsvDialect(head: Head, options: DialectOptions): DetectedDialect {
  const quote = options.quote === undefined ? '"' : options.quote;
  let ranked = rank(head, options, quote);
  const because: string[] = [];
  if (options.quote === undefined && usesSingleQuotes(head)) {
    const other = rank(head, options, "'");
    const [first, second] = [ranked[0] as Candidate, other[0] as Candidate];
    const isCleaner = second.sample.badRecords === 0 && second.sample.quotedCells >= 3 && first.sample.quotedCells === 0;
    if (isCleaner && second.consistency >= first.consistency) {
      ranked = other;
      because.push(`the quote is ': ${second.sample.quotedCells} sampled cells begin and end with it and none with "`);
    }
  }
  const [best, next] = ranked as [Candidate, Candidate | undefined];
  if (options.delimiter !== undefined) return { dialect: best.dialect, because, consistency: best.consistency };
  if (best.consistency < LEAST_CONSISTENCY) {
    because.unshift('the file has one column: no delimiter gives the sampled records the same number of fields');
    return { dialect: { ...best.dialect, delimiter: ',' }, because, consistency: 0 };
  }
  const runnerUp = next && next.consistency >= LEAST_CONSISTENCY ? `; the next best, ${show(next)}, gives ${fields(next)}` : '';
  because.unshift(`the delimiter is ${show(best)}: ${fields(best)}${runnerUp}`);
  return { dialect: best.dialect, because, consistency: best.consistency };
}

function rank(head: Head, options: DialectOptions, quote: string | null): Candidate[] {
  const delimiters = options.delimiter === undefined ? DELIMITERS : [options.delimiter];
  const candidates = delimiters.map((delimiter) => {
    const { unescapedQuotes, comment = null } = options;
    const dialect = { delimiter, quote, escape: quote === null ? null : (options.escape ?? quote), comment, unescapedQuotes };
    const sample = sampleRecords(head, dialect);
    const total = sample.widths.length;
    const { width, records } = commonWidth(sample.widths);
    const share = total === 0 || width < 2 ? 0 : records / total - Math.min(0.5, sample.badRecords / total);
    return { dialect, sample, width, records, total, consistency: share };
  });
  const isDecimalComma =
    candidates.some((one) => one.dialect.delimiter !== ',' && one.consistency > 0.95) && hasDecimalCommas(head);
  return candidates.sort((a, b) => {
    // Numbers such as 1,5 between other delimiters split as regularly as these do.
    if (isDecimalComma && (a.dialect.delimiter === ',') !== (b.dialect.delimiter === ','))
      return a.dialect.delimiter === ',' ? 1 : -1;
    return b.consistency - a.consistency || b.width - a.width;
  });
}

function usesSingleQuotes(head: Head): boolean {
  return head.bytes.subarray(head.start, head.length).includes(0x27);
}

/** True when nearly every comma stands between two digits, which are not all of the text. */
function hasDecimalCommas(head: Head): boolean {
  const { bytes, start, length } = head;
  const isDigit = (at: number): boolean =>
    at >= start && at < length && (bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39;
  let commas = 0;
  let decimal = 0;
  for (let at = bytes.indexOf(0x2c, start); at >= 0 && at < length; at = bytes.indexOf(0x2c, at + 1)) {
    commas += 1;
    if (isDigit(at - 1) && isDigit(at + 1)) decimal += 1;
  }
  return commas > 0 && decimal >= commas * 0.95;
}

function show(candidate: Candidate): string {
  return candidate.dialect.delimiter === '\t' ? 'a tab' : `\`${candidate.dialect.delimiter}\``;
}

function fields(candidate: Candidate): string {
  const { records, total, width } = candidate;
  if (total === 1) return `the only sampled record has ${width} fields`;
  const share = records === total ? `all ${total} sampled records have` : `${records} of ${total} sampled records have`;
  return `${share} ${width} field${width === 1 ? '' : 's'}`;
}
