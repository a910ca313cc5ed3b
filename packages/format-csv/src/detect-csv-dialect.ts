import type { CsvDialect } from './byte-dialect.ts';
import type { CsvOptions } from './csv-format-options.ts';
import { DELIMITERS, LONG_DELIMITERS, MEANINGFUL_CHARACTERS } from './delimiters.ts';
import type { Head, RecordSample } from './sample-records.ts';
import { commonWidth, sampleRecords } from './sample-records.ts';

/** What was found out, and plain sentences that say why. */
export interface DetectedDialect {
  dialect: CsvDialect;
  because: string[];
  /** 0 to 1: the share of records that the choice explains; 0 for a single column. */
  consistency: number;
  /** The delimiters, the chosen one first, when another one fits as well. */
  rivals: string[];
  /** What the dialect makes of the first records, with the texts of the first one; absent when it was not tried. */
  sample?: RecordSample;
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

/** A delimiter fits as well as the chosen one when it splits nearly all records alike, and hardly fewer than that one. */
const RIVAL_CONSISTENCY = 0.95;
const RIVAL_DISTANCE = 0.02;
/** A delimiter that splits fewer records alike than this is only text. */
const LEAST_CONSISTENCY = 0.5;

/**
 * Delimiter and quote of a file, as far as the options leave them open: the pair that gives most records the same number of fields,
 * more than one. A file in which nothing does so has one column.
 */
export function detectCsvDialect(head: Head, options: DialectOptions): DetectedDialect {
  const quote = options.quote === undefined ? '"' : options.quote;
  const seen = charactersIn(head);
  let ranked = rank(head, seen, options, quote);
  const because: string[] = [];
  if (options.quote === undefined && mayInclude(seen, "'")) {
    const other = rank(head, seen, options, "'");
    const [first, second] = [ranked[0] as Candidate, other[0] as Candidate];
    const isCleaner = second.sample.badRecords === 0 && second.sample.quotedCells >= 3 && first.sample.quotedCells === 0;
    if (isCleaner && second.consistency >= first.consistency) {
      ranked = other;
      because.push(`the quote is ': ${second.sample.quotedCells} sampled cells begin and end with it and none with "`);
    }
  }
  const escaped = explainedByBackslash(head, seen, options, ranked[0] as Candidate);
  if (escaped) {
    ranked = escaped;
    because.push(
      'the escape character is \\: with doubled quotes alone there are quotes that neither close a cell nor are doubled',
    );
  }
  const [best, next] = ranked as [Candidate, Candidate | undefined];
  const { dialect, consistency, sample } = best;
  if (options.delimiter !== undefined) return { dialect, because, consistency, rivals: [], sample };
  if (best.consistency < LEAST_CONSISTENCY) {
    because.unshift('the file has one column: no delimiter gives the sampled records the same number of fields');
    return { dialect: { ...best.dialect, delimiter: ',' }, because, consistency: 0, rivals: [] };
  }
  const runnerUp = next && next.consistency >= LEAST_CONSISTENCY ? `; the next best, ${show(next)}, gives ${fields(next)}` : '';
  because.unshift(`the delimiter is ${show(best)}: ${fields(best)}${runnerUp}`);
  const rivals = ranked.filter((one) => one !== best && isRival(one, best, head)).map(({ dialect }) => dialect.delimiter);
  return { dialect, because, consistency, rivals: rivals.length > 0 ? [dialect.delimiter, ...rivals] : [], sample };
}

/** The ranking with a backslash as escape character, when quotes make sense with it and do not without; else `null`. */
function explainedByBackslash(
  head: Head,
  seen: ReadonlySet<string>,
  options: DialectOptions,
  best: Candidate,
): Candidate[] | null {
  const { quote } = best.dialect;
  if (options.escape !== undefined || quote === null || best.sample.badRecords === 0) return null;
  if (!includesText(head, `\\${quote}`)) return null;
  const ranked = rank(head, seen, { ...options, escape: '\\' }, quote);
  const [other] = ranked as [Candidate];
  return other.sample.badRecords === 0 && other.consistency >= best.consistency ? ranked : null;
}

/** True when a file could be meant so: its first record is split like the others, and decimal commas are no reason why. */
function isRival(one: Candidate, best: Candidate, head: Head): boolean {
  const [a, b] = [one.dialect.delimiter, best.dialect.delimiter];
  const isClose = one.consistency >= RIVAL_CONSISTENCY && one.consistency >= best.consistency - RIVAL_DISTANCE;
  if (!isClose || one.total < 2 || one.sample.widths[0] !== one.width || a.includes(b) || b.includes(a)) return false;
  return a !== ',' || !hasDecimalCommas(head);
}

function rank(head: Head, seen: ReadonlySet<string>, options: DialectOptions, quote: string | null): Candidate[] {
  const { unescapedQuotes, comment = null } = options;
  const candidateOf = (delimiter: string, known?: RecordSample): Candidate => {
    const dialect = { delimiter, quote, escape: quote === null ? null : (options.escape ?? quote), comment, unescapedQuotes };
    const sample = known ?? sampleRecords(head, dialect, 1);
    const total = sample.widths.length;
    const { width, records } = commonWidth(sample.widths);
    const share = total === 0 || width < 2 ? 0 : records / total - Math.min(0.5, sample.badRecords / total);
    return { dialect, sample, width, records, total, consistency: share };
  };
  if (options.delimiter !== undefined) return [candidateOf(options.delimiter)];
  const delimiters = delimitersIn(head, seen);
  // The longer ones are there.
  const present = delimiters.filter((delimiter) => mayInclude(seen, delimiter));
  const candidates = present.map((delimiter) => candidateOf(delimiter));
  // What the head does not have is of no interest beside one that fits. Else it is read alike with each of these: no delimiter cuts it.
  if (!candidates.some(({ consistency }) => consistency >= LEAST_CONSISTENCY)) {
    let uncut: RecordSample | undefined;
    for (const delimiter of delimiters.filter((one) => !present.includes(one))) {
      const candidate = candidateOf(delimiter, uncut);
      uncut = candidate.sample;
      candidates.push(candidate);
    }
    candidates.sort((a, b) => delimiters.indexOf(a.dialect.delimiter) - delimiters.indexOf(b.dialect.delimiter));
  }
  const isDecimalComma =
    candidates.some((one) => one.dialect.delimiter !== ',' && one.consistency > 0.95) && hasDecimalCommas(head);
  return candidates.sort((a, b) => {
    // Numbers such as 1,5 between other delimiters split as regularly as these do.
    if (isDecimalComma && (a.dialect.delimiter === ',') !== (b.dialect.delimiter === ','))
      return a.dialect.delimiter === ',' ? 1 : -1;
    const [first, second] = [a.dialect.delimiter, b.dialect.delimiter];
    // A longer one that is always together beats its own parts, between which every other cell would be empty.
    if (first.length !== second.length && Math.min(a.consistency, b.consistency) >= LEAST_CONSISTENCY) {
      if (first.includes(second)) return -1;
      if (second.includes(first)) return 1;
    }
    return b.consistency - a.consistency || b.width - a.width;
  });
}

/** The delimiters to try: single characters, and longer ones that the head has, as long as their characters stand nowhere alone. */
function delimitersIn(head: Head, seen: ReadonlySet<string>): string[] {
  const long = LONG_DELIMITERS.filter((delimiter) => {
    if (!mayInclude(seen, delimiter) || !includesText(head, delimiter)) return false;
    const together = countOf(head, delimiter);
    return [...new Set(delimiter)].every(
      (character) => countOf(head, character) === together * (delimiter.split(character).length - 1),
    );
  });
  return [...DELIMITERS, ...long];
}

/** Which of the characters that mean something in some dialect the head has. */
function charactersIn({ bytes, start, length }: Head): Set<string> {
  const known = bytes.subarray(start, length);
  return new Set(MEANINGFUL_CHARACTERS.filter((character) => known.includes(character.charCodeAt(0))));
}

/** False when a text cannot stand in a head that has these characters. */
function mayInclude(seen: ReadonlySet<string>, text: string): boolean {
  return [...text].every((character) => seen.has(character));
}

/** How often an ASCII text stands in the head, one behind the other. */
function countOf({ bytes, start, length }: Head, text: string): number {
  let count = 0;
  for (let at = indexOfText(bytes, text, start, length); at >= 0; at = indexOfText(bytes, text, at + text.length, length))
    count += 1;
  return count;
}

function includesText({ bytes, start, length }: Head, text: string): boolean {
  return indexOfText(bytes, text, start, length) >= 0;
}

function indexOfText(bytes: Uint8Array, text: string, from: number, to: number): number {
  const first = text.charCodeAt(0);
  const known = bytes.subarray(0, to);
  for (let at = known.indexOf(first, from); at >= 0; at = known.indexOf(first, at + 1)) {
    let index = 1;
    while (index < text.length && known[at + index] === text.charCodeAt(index)) index += 1;
    if (index === text.length) return at;
  }
  return -1;
}

/** True when nearly every comma stands between two digits, which are not all of the text. */
function hasDecimalCommas(head: Head): boolean {
  const { bytes, start, length } = head;
  const known = bytes.subarray(0, length);
  const isDigit = (at: number): boolean =>
    at >= start && at < length && (known[at] as number) >= 0x30 && (known[at] as number) <= 0x39;
  let commas = 0;
  let decimal = 0;
  for (let at = known.indexOf(0x2c, start); at >= 0; at = known.indexOf(0x2c, at + 1)) {
    commas += 1;
    if (isDigit(at - 1) && isDigit(at + 1)) decimal += 1;
  }
  return commas > 0 && decimal >= commas * 0.95;
}

function show(candidate: Candidate): string {
  return shownDelimiter(candidate.dialect.delimiter);
}

/** A delimiter as people read it. */
export function shownDelimiter(delimiter: string): string {
  return delimiter === '\t' ? 'a tab' : `\`${delimiter.replaceAll('\t', '\\t')}\``;
}

function fields(candidate: Candidate): string {
  const { records, total, width } = candidate;
  if (total === 1) return `the only sampled record has ${width} fields`;
  const share = records === total ? `all ${total} sampled records have` : `${records} of ${total} sampled records have`;
  return `${share} ${width} field${width === 1 ? '' : 's'}`;
}
