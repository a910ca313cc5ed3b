import { type AuditChoice, type AuditFinding, type AuditReport, bytesText } from '@calve/core';
import type { CommandName } from '../arguments/command-line.ts';
import type { FileNames } from './file-names.ts';
import { filesText } from './run-lines.ts';

type LineOf = (command: CommandName, more?: readonly string[]) => string;

const TITLES: Readonly<Record<AuditFinding['kind'], string>> = {
  'never-seen': 'never seen',
  'changed-after-load': 'changed after load',
  'loaded-but-gone': 'loaded, and gone from the folder',
  'twice-in-table': 'in the table twice',
  'missing-from-table': 'in the ledger, and not in the table',
  'not-in-ledger': 'in the table, and not in the ledger',
  'rejected-rows': 'rejected rows differ',
  'set-aside': 'set aside',
  'counted-as-loaded': 'counted as loaded',
  'ledger-and-table': 'ledger and table do not fit together',
  'open-commit': 'a commit that has not ended',
  'unnamed-rows': 'rows of another writer',
  unsettled: 'not looked at',
  'not-compared': 'not compared',
  'changed-meanwhile': 'changed meanwhile',
};

/** An audit as people read it: what agrees in one line, then each finding with its files, its numbers and what to do. */
export function auditLines(report: AuditReport, names: FileNames, lineOf: LineOf): string[] {
  const { findings, isHealthy } = report;
  const told = findings.flatMap((finding) => ['', ...findingLines(finding, names, lineOf)]);
  return [headline(report), ...(isHealthy ? [] : placesLines(report)), ...told];
}

function headline({ table, isHealthy, agreeing, compared, folder, found, ledger, findings }: AuditReport): string {
  const agree = `${filesText(agreeing.files)} with ${rowsText(agreeing.rows)}${agreeing.rejected === 0 ? '' : ` and ${agreeing.rejected.toLocaleString('en-US')} rejected`}`;
  if (!isHealthy) {
    const count = (severity: AuditFinding['severity'], word: string): string[] => {
      const number = findings.filter((finding) => finding.severity === severity).length;
      return number === 0 ? [] : [`${number} ${word}${number === 1 ? '' : 's'}`];
    };
    const wrong = [...count('error', 'error'), ...count('warning', 'warning')].join(' and ');
    return `${table}: ${wrong}. ${compared === 'files' ? `Ledger and table agree about ${agree}.` : ''}`.trim();
  }
  if (compared === 'files') {
    const nothing = folder.files === 0 && ledger.files === 0 && found.files === 0;
    return nothing
      ? `${table}: nothing in the folder, nothing loaded.`
      : `${table}: everything agrees. Ledger and table: ${agree}.`;
  }
  const rows = found.rows === null ? 'rows were not compared' : `${rowsText(found.rows)} in the table`;
  return `${table}: nothing is wrong as far as it can be told: ${rowsText(ledger.rows)} in the ledger, ${rows}.`;
}

function placesLines({ folder, ledger, found }: AuditReport): string[] {
  const table =
    found.rows === null
      ? 'rows not read'
      : [rowsText(found.rows), ...(found.rejected ? [`${found.rejected.toLocaleString('en-US')} rejected`] : [])].join(', ');
  const loaded = [
    `${filesText(ledger.files)} loaded`,
    rowsText(ledger.rows),
    ...(ledger.rejected ? [`${ledger.rejected.toLocaleString('en-US')} rejected`] : []),
  ].join(', ');
  return [
    `  folder  ${filesText(folder.files)} (${bytesText(folder.bytes)})`,
    `  ledger  commit ${ledger.commit}: ${loaded}`,
    `  table   commit ${found.commit}: ${table}`,
  ];
}

function findingLines(
  { kind, severity, reason, message, files, rows, examples, choices }: AuditFinding,
  names: FileNames,
  lineOf: LineOf,
): string[] {
  const numbers = [
    ...(files === null ? [] : [filesText(files)]),
    ...(rows === null
      ? []
      : [
          rows.ledger === 0 && kind !== 'missing-from-table'
            ? `${rowsText(rows.table)} in the table`
            : `${rowsText(rows.ledger)} in the ledger, ${rows.table.toLocaleString('en-US')} in the table`,
        ]),
  ].join(', ');
  const code = reason === null ? '' : ` (${reason})`;
  const shown = examples.map(({ file, rows: own }) => {
    const count = own ? ` (${own.ledger.toLocaleString('en-US')} / ${own.table.toLocaleString('en-US')})` : '';
    return `${names.of(file)}${count}`;
  });
  const more =
    (files ?? 0) > shown.length && shown.length > 0 ? [`… ${((files ?? 0) - shown.length).toLocaleString('en-US')} more`] : [];
  const legend = rows !== null && shown.length > 0 ? 'rows in ledger / table: ' : '';
  return [
    `${severity}: ${TITLES[kind]}${code}${numbers === '' ? '' : `: ${numbers}`}`,
    ...(shown.length === 0 ? [] : [`  ${legend}${[...shown, ...more].join(', ')}`]),
    `  ${names.inText(message)}`,
    ...choices.map((choice) => `  -> ${choiceText(choice, lineOf)}`),
  ];
}

function choiceText({ words, command }: AuditChoice, lineOf: LineOf): string {
  if (command === null) return words;
  const more = command === 'reset' ? flagIn(words) : [];
  return `${words}: ${lineOf(command, more)}`;
}

/** The choice that the words name. */
function flagIn(words: string): string[] {
  return ['--reload', '--from-now'].filter((flag) => words.includes(flag));
}

function rowsText(count: number): string {
  return `${count.toLocaleString('en-US')} row${count === 1 ? '' : 's'}`;
}
