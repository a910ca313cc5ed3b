import { visibleText } from '@calve/core/node';
import { rowTable } from '../render/row-table.ts';
import type { Command } from './command.ts';
import { openStoredTable } from './stored-table.ts';

/** `calve head`: the first rows of a table as any reader sees them. */
export const head: Command = async (given, context) => {
  const { calve: opened, spec } = await openStoredTable(given, context);
  await using calve = opened;
  const rows = await calve.head(spec, { signal: context.signal, ...(given.rows === undefined ? {} : { rows: given.rows }) });
  context.note([`${rows.table}, snapshot ${rows.snapshot ?? 'none'}; the columns that tell where a row came from are in --json`]);
  const lines = rows.rows.length === 0 ? [`${rows.table} has no rows.`] : rowTable(rows.fields, rows.rows);
  return { document: { command: 'head', exitCode: 0, error: null, rows }, text: `${lines.map(visibleText).join('\n')}\n` };
};
