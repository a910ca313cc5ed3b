import type { TableRows } from '@calve/core';
import { visibleText } from '@calve/core/node';
import { fileNames } from '../render/file-names.ts';
import type { Command } from './command.ts';
import { openStoredTable } from './stored-table.ts';

const SHOWN_CHARACTERS = 100;

/** `calve rejects`: the first rejected rows of a table, with file, line and reason. */
export const rejects: Command = async (given, context) => {
  const { calve: opened, spec } = await openStoredTable(given, context);
  await using calve = opened;
  const rows = await calve.rejects(spec, { signal: context.signal, ...(given.rows === undefined ? {} : { rows: given.rows }) });
  context.note([`${rows.table}, snapshot ${rows.snapshot ?? 'none'}`]);
  const lines = rows.rows.length === 0 ? ['No row was rejected.'] : rows.rows.flatMap(rejectedLines);
  return { document: { command: 'rejects', exitCode: 0, error: null, rows }, text: `${lines.map(visibleText).join('\n')}\n` };
};

const names = fileNames(null);

function rejectedLines(row: TableRows['rows'][number]): string[] {
  const { _source_file: file, line, errors, raw } = row;
  const place = `${names.of(String(file))}${line === null || line === undefined ? '' : `:${String(line)}`}`;
  const codes = Array.isArray(errors) ? errors.join(', ') : '';
  return [`${place}  ${codes}`, `  ${rawText(raw)}`];
}

/** The row as it stood in the file. */
function rawText(raw: TableRows['rows'][number][string] | undefined): string {
  if (typeof raw !== 'string') return '';
  // Base64 of 4 characters holds 3 bytes; a character of UTF-8 has at most 4.
  const text = Buffer.from(raw.slice(0, SHOWN_CHARACTERS * 8), 'base64')
    .toString('utf8')
    .trimEnd();
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS - 1)}…`;
}
