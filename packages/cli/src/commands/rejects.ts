import type { TableRows } from '@calve/core';
import { visibleText } from '@calve/core/node';
import type { RejectedCause } from '../documents.ts';
import { fileNames } from '../render/file-names.ts';
import type { Command } from './command.ts';
import { openStoredTable } from './stored-table.ts';

const SHOWN_CHARACTERS = 100;
const EXAMPLES = 3;
/** Rows that are looked at to find causes. */
const MOST_ROWS = 10_000;

/** `calve rejects`: why rows of a table were rejected, with three of each cause; with `--all` single rows. */
export const rejects: Command = async (given, context) => {
  const { calve: opened, spec } = await openStoredTable(given, context);
  await using calve = opened;
  const isListed = given.all === true || given.rows !== undefined;
  const limit = isListed ? given.rows : MOST_ROWS;
  const rows = await calve.rejects(spec, { signal: context.signal, ...(limit === undefined ? {} : { rows: limit }) });
  context.note([`${rows.table}, snapshot ${rows.snapshot ?? 'none'}`]);
  const causes = isListed ? null : causesOf(rows);
  const isCut = causes !== null && rows.rows.length === MOST_ROWS;
  const lines =
    rows.rows.length === 0
      ? ['No row was rejected.']
      : causes === null
        ? rows.rows.flatMap(rejectedLines)
        : [...(isCut ? [`Of the first ${MOST_ROWS.toLocaleString('en-US')} rejected rows:`] : []), ...causes.flatMap(causeLines)];
  const shown = causes === null ? rows : { ...rows, rows: rows.rows.slice(0, 10) };
  return {
    document: { command: 'rejects', exitCode: 0, error: null, rows: shown, causes },
    text: `${lines.map(visibleText).join('\n')}\n`,
  };
};

const names = fileNames(null);

type Row = TableRows['rows'][number];

/** By code of the first error, most rows first. */
function causesOf({ rows }: TableRows): RejectedCause[] {
  const groups = Map.groupBy(rows, ({ errors }) => String((Array.isArray(errors) ? errors[0] : null) ?? 'row:rejected'));
  const causes = [...groups].map(([code, group]): RejectedCause => {
    const files = new Set(group.map((row) => row['_source_file']));
    const examples = group
      .slice(0, EXAMPLES)
      .map((row) => ({ file: String(row['_source_file']), line: lineOf(row), raw: rawText(row['raw']) }));
    return { code, rows: group.length, files: files.size, examples };
  });
  return causes.sort((a, b) => b.rows - a.rows);
}

function causeLines({ code, rows, files, examples }: RejectedCause): string[] {
  const number = (value: number, what: string): string => `${value.toLocaleString('en-US')} ${what}${value === 1 ? '' : 's'}`;
  return [
    `${code}  ${number(rows, 'row')}, ${number(files, 'file')}`,
    ...examples.flatMap(({ file, line, raw }) => [`  ${placeText(file, line)}`, `    ${raw}`]),
  ];
}

function rejectedLines(row: Row): string[] {
  const { _source_file: file, errors, raw } = row;
  const codes = Array.isArray(errors) ? errors.join(', ') : '';
  return [`${placeText(String(file), lineOf(row))}  ${codes}`, `  ${rawText(raw)}`];
}

function lineOf({ line }: Row): number | null {
  return line === null || line === undefined ? null : Number(line);
}

function placeText(file: string, line: number | null): string {
  return `${names.of(file)}${line === null ? '' : `:${line}`}`;
}

/** The row as it stood in the file. */
function rawText(raw: Row[string] | undefined): string {
  if (typeof raw !== 'string') return '';
  // Base64 of 4 characters holds 3 bytes; a character of UTF-8 has at most 4.
  const text = Buffer.from(raw.slice(0, SHOWN_CHARACTERS * 8), 'base64')
    .toString('utf8')
    .trimEnd();
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`;
}
