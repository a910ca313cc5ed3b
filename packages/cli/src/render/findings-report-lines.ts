import type { Finding, FindingExample, FindingsReport } from '@calve/core';
import type { CommandName } from '../arguments/command-line.ts';
import type { FileNames } from './file-names.ts';
import { optionWords } from './option-words.ts';
import { filesText } from './run-lines.ts';

const SECTIONS: Readonly<Record<Finding['about'], string>> = {
  failed: 'Could not be read',
  held: 'Held: waits for a decision',
  quarantined: 'Quarantined: the content is the reason',
  rejected: 'Rejected rows',
  plan: 'What the next run will do',
};

const RECORD = 100;

/**
 * A report that can be forwarded as it is: what landed, then each cause with the values, lines and files behind it, and the fixes by number.
 *
 * @param lineOf The line that was typed, as that of another command.
 */
export function findingsReportLines(
  report: FindingsReport,
  names: FileNames,
  lineOf: (command: CommandName, more?: readonly string[]) => string,
): string[] {
  const { ingestion, at, table, landed, ready, findings } = report;
  const lines = [
    `Findings of ${ingestion}, ${at.slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `Landed in ${table}: ${rowsText(landed.rows)} of ${filesText(landed.files)}, in ${landed.commits} ${landed.commits === 1 ? 'commit' : 'commits'}.`,
    ...(ready > 0 ? [`Ready to load: ${filesText(ready)}.`] : []),
  ];
  if (findings.length === 0) return [...lines, 'Nothing is held, quarantined, failed or rejected.'];
  for (const [about, group] of Map.groupBy(findings, (finding) => finding.about)) {
    lines.push('', SECTIONS[about]);
    for (const finding of group) lines.push(...findingLines(finding, names));
  }
  return [...lines, ...nextLines(findings, lineOf)];
}

function findingLines(finding: Finding, names: FileNames): string[] {
  const { severity, code, column, files, rows, message, examples, fixes } = finding;
  const facts = [
    ...(column === null ? [] : [`column ${column}`]),
    ...(rows === null ? [] : [rowsText(rows)]),
    ...(files > 0 ? [filesText(files)] : []),
  ];
  const words = rows === null ? optionWords(names.inText(message)).split('\n') : [];
  const places = examples.flatMap((example) => exampleLine(example, names) ?? []);
  return [
    `  ${severity === 'info' ? 'note' : severity} ${code}${facts.length > 0 ? `  ${facts.join(', ')}` : ''}`,
    ...words.map((line) => `    ${line}`),
    ...places.map((line) => `      ${line}`),
    ...fixes.map(({ number, title }) => `    [${number}] ${title}`),
  ];
}

/** The value, and where it stands; null: the message says all there is. */
function exampleLine({ file, line, value, record }: FindingExample, names: FileNames): string | null {
  if (file === null || (value === null && record === null && line === null)) return null;
  const place = `${names.of(file)}${line === null ? '' : ` line ${line}`}`;
  const shown = record === null ? '' : `  in  ${record.length > RECORD ? `${record.slice(0, RECORD - 1)}…` : record}`;
  return `${place}${value === null ? '' : `: ${JSON.stringify(value)}`}${shown}`;
}

function nextLines(findings: readonly Finding[], lineOf: Parameters<typeof findingsReportLines>[2]): string[] {
  const [first] = findings.flatMap(({ fixes }) => fixes);
  if (!first) return [];
  const hasRows = findings.some(({ about, fixes }) => about === 'rejected' && fixes.length > 0);
  return [
    '',
    `To apply a fix, by its number: ${lineOf('patch', [String(first.number)])}`,
    `Files load with the next run: ${lineOf('run')}`,
    ...(hasRows ? [`Rejected rows go again with: ${lineOf('replay')}`] : []),
  ];
}

function rowsText(rows: number): string {
  return `${rows.toLocaleString('en-US')} ${rows === 1 ? 'row' : 'rows'}`;
}
