import { explainFindings, type FindingsReport } from '@calve/core';
import type { CommandName } from '../arguments/command-line.ts';
import type { FileNames } from './file-names.ts';
import { optionWords } from './option-words.ts';

/**
 * A report that can be forwarded as it is, and what to type next.
 *
 * @param lineOf The line that was typed, as that of another command.
 */
export function findingsReportLines(
  report: FindingsReport,
  names: FileNames,
  lineOf: (command: CommandName, more?: readonly string[]) => string,
): string[] {
  const words = { file: names.of, sentence: (text: string) => optionWords(names.inText(text)) };
  const lines = explainFindings(report, words).split('\n');
  const { findings } = report;
  const [first] = findings.flatMap(({ fixes }) => fixes);
  // Rows whose finding is a note fit the spec by now.
  const hasRows = findings.some(
    ({ about, fixes, severity, staysOut }) => about === 'rejected' && !staysOut && (fixes.length > 0 || severity === 'info'),
  );
  if (!first && !hasRows) return lines;
  return [
    ...lines,
    '',
    ...(first
      ? [
          `To apply a fix, by its number: ${lineOf('patch', [String(first.number)])}`,
          `Files load with the next run: ${lineOf('run')}`,
        ]
      : []),
    ...(hasRows ? [`Rejected rows go again with: ${lineOf('replay')}`] : []),
  ];
}
