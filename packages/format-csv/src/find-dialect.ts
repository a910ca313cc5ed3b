import type { Diagnostic } from '@calve/core/plugin';
import type { CsvOptions } from './csv-format-options.ts';
import type { DetectedDialect } from './detect-csv-dialect.ts';
import { detectCsvDialect, shownDelimiter } from './detect-csv-dialect.ts';
import type { DetectedPreamble } from './detect-preamble.ts';
import { beginsWithTitle, detectPreamble } from './detect-preamble.ts';
import { countLineEnds } from './line-end.ts';
import type { Head, RecordSample } from './sample-records.ts';
import { sampleRecords } from './sample-records.ts';

/** How the records of a head are cut, and what comes out. */
export interface FoundDialect extends Omit<DetectedDialect, 'sample'> {
  sample: RecordSample;
  /** Lines in front of the first record of the sample that are no data. */
  preamble: (DetectedPreamble & { lines: number }) | null;
}

type FindOptions = Pick<CsvOptions, 'delimiter' | 'quote' | 'escape' | 'comment' | 'unescapedQuotes' | 'skipLines' | 'columns'> &
  Partial<Pick<CsvOptions, 'header'>>;

const SAMPLED_TEXTS = 200;
const OPTIONS = '/input/format/options';

/** Finds what the options leave open: delimiter, quote, escape and, where the head begins at the first line of the file, a title above the table. */
export function findDialect(head: Head, options: FindOptions, isAtFirstLine: boolean): FoundDialect {
  const found = detectCsvDialect(head, options);
  const isHeaderKnown = options.header === true || options.header === false;
  // Texts cost more than all else: the first record tells in most files that there is no title.
  let sample =
    (isHeaderKnown ? found.sample : undefined) ?? sampleRecords(head, found.dialect, isHeaderKnown ? 1 : SAMPLED_TEXTS);
  const mayHaveTitle = isAtFirstLine && options.skipLines === undefined && options.header !== false && !options.columns;
  if (mayHaveTitle && isHeaderKnown && beginsWithTitle(sample)) sample = sampleRecords(head, found.dialect, SAMPLED_TEXTS);
  const preamble = mayHaveTitle ? detectPreamble(sample) : null;
  if (preamble === null) return { ...found, sample, preamble };
  const lines = countLineEnds(head.bytes, head.start, preamble.start, head.lineEnd);
  // Without the title the other lines tell more.
  return { ...findDialect({ ...head, start: preamble.start }, options, false), preamble: { ...preamble, lines } };
}

/** What a person should decide: two dialects that fit, a title that was taken for one. With the patches that settle it. */
export function dialectFindings({
  rivals,
  preamble,
  dialect,
}: Pick<FoundDialect, 'rivals' | 'preamble' | 'dialect'>): Diagnostic[] {
  const add = (option: string, value: string | number) => [{ op: 'add', path: `${OPTIONS}/${option}`, value }];
  const findings: Diagnostic[] = [];
  if (rivals.length > 0) {
    const [chosen, ...others] = rivals.map(shownDelimiter);
    findings.push({
      code: 'CSV_DIALECT_AMBIGUOUS',
      severity: 'warning',
      message: `Two dialects fit: ${others.join(' and ')} would split the sampled records as evenly as ${chosen}, which comes first. Say which one it is with the option "delimiter".`,
      at: { unit: '' },
      fixes: rivals.map((delimiter) => ({
        title: `${delimiter === dialect.delimiter ? 'Stay with' : 'Cut at'} ${shownDelimiter(delimiter)}`,
        specPatch: add('delimiter', delimiter),
      })),
    });
  }
  if (preamble) {
    const { lines, because } = preamble;
    const count = lines === 1 ? '1 line' : `${lines} lines`;
    findings.push({
      code: 'CSV_PREAMBLE',
      severity: 'warning',
      message: `The first ${count} ${lines === 1 ? 'is' : 'are'} taken for a title and left out: there ${because.startsWith('a ') ? 'is' : 'are'} ${because}. Say how many lines it has with the option "skipLines".`,
      at: { unit: '', line: 1 },
      fixes: [
        { title: `Leave out the first ${count} of every file`, specPatch: add('skipLines', lines) },
        { title: 'The first line is no title', specPatch: add('skipLines', 0) },
      ],
    });
  }
  return findings;
}
