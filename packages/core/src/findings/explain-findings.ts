import { FILE_URI, fileName } from '../source/file-name.ts';
import type { Finding, FindingExample, FindingsReport } from './findings-report.ts';
import { isNullKey } from './merge-keys.ts';

/** How findings are told where that depends on who shows them. */
export interface FindingsWords {
  /** What a file is called, from its URI; default: its name. */
  file(uri: string): string;
  /** A sentence about a file or column; default: as it is, with the names of local files. */
  sentence(text: string): string;
}

const PLAIN_WORDS: FindingsWords = {
  file: (uri) => fileName(uri.split('#', 1)[0] as string),
  sentence: (text) => text.replace(FILE_URI, (uri) => fileName(uri)),
};

const SECTIONS: Readonly<Record<Finding['about'], string>> = {
  failed: 'Could not be read',
  held: 'Held: waits for a decision',
  quarantined: 'Quarantined: the content is the reason',
  rejected: 'Rejected rows',
  plan: 'What the next run will do',
};

const RECORD = 100;

/**
 * A report as text that can be forwarded as it is: what landed, then each cause with the values, lines and files behind it, and the fixes by their
 * numbers. The same report gives the same text.
 */
export function explainFindings(report: FindingsReport, words: FindingsWords = PLAIN_WORDS): string {
  const { ingestion, at, table, landed, ready, findings } = report;
  const lines = [
    `Findings of ${ingestion}, ${at.slice(0, 16).replace('T', ' ')} UTC`,
    '',
    landedLine(table, landed),
    ...(ready > 0 ? [`Ready to load: ${filesText(ready)}.`] : []),
    ...(findings.length === 0 ? ['Nothing is held, quarantined, failed or rejected.'] : []),
  ];
  for (const about of Object.keys(SECTIONS) as Finding['about'][]) {
    const group = findings.filter((finding) => finding.about === about);
    if (group.length > 0) lines.push('', SECTIONS[about], ...group.flatMap((finding) => findingLines(finding, words)));
  }
  return lines.join('\n');
}

function landedLine(table: string, { rows, loadedRows, files, commits }: FindingsReport['landed']): string {
  const [of, how] = [filesText(files), `in ${commits} ${commits === 1 ? 'commit' : 'commits'}`];
  if (loadedRows === rows) return `Landed in ${table}: ${rowsText(rows)} of ${of}, ${how}.`;
  return `Landed in ${table}: ${rowsText(rows)} of ${of}. ${rowsText(loadedRows)} were loaded ${how}, ${(loadedRows - rows).toLocaleString('en-US')} of them replaced since.`;
}

function findingLines(finding: Finding, words: FindingsWords): string[] {
  const { severity, code, column, files, rows, message, examples, fixes, staysOut } = finding;
  const facts = [
    ...(column === null ? [] : [`column ${column}`]),
    ...(rows === null ? [] : [rowsText(rows)]),
    ...(files > 0 ? [filesText(files)] : []),
  ];
  // Rows speak for themselves, unless they can be loaded by now, or nothing here can mend them.
  const sentences =
    rows === null || severity === 'info' || staysOut || isNullKey(code) ? words.sentence(message).split('\n') : [];
  const places = examples.flatMap((example) => exampleLine(example, words) ?? []);
  return [
    `  ${severity === 'info' ? 'note' : severity} ${code}${facts.length > 0 ? `  ${facts.join(', ')}` : ''}`,
    ...sentences.map((line) => `    ${line}`),
    ...places.map((line) => `      ${line}`),
    ...fixes.map(({ number, title }) => `    [${number}] ${title}`),
  ];
}

/** The value, and where it stands; null: the message says all there is. */
function exampleLine({ file, line, value, record }: FindingExample, words: FindingsWords): string | null {
  if (file === null || (value === null && record === null && line === null)) return null;
  const place = `${words.file(file)}${line === null ? '' : ` line ${line}`}`;
  const shown = record === null ? '' : `  in  ${record.length > RECORD ? `${record.slice(0, RECORD - 1)}…` : record}`;
  return `${place}${value === null ? '' : `: ${JSON.stringify(value)}`}${shown}`;
}

function rowsText(rows: number): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
}

function filesText(files: number): string {
  return files === 1 ? '1 file' : `${files.toLocaleString('en-US')} files`;
}
