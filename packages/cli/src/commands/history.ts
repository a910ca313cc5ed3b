import { visibleText } from '@calve/core/node';
import type { CommandArguments } from '../arguments/invocation.ts';
import { lakePaths } from '../lake-paths.ts';
import { commitLines } from '../render/ledger-lines.ts';
import type { Command, CommandContext } from './command.ts';
import { openIngestion } from './ingestion.ts';
import { onlyIngestion } from './only-ingestion.ts';
import { openStoredTable, type StoredTable } from './stored-table.ts';

/** `calve history`: the commits of an ingestion, newest first. */
export const history: Command = async (given, context) => {
  const { calve: opened, spec } = await openLedger(given, context);
  await using calve = opened;
  const history = await calve.history(spec, {
    signal: context.signal,
    ...(given.commits === undefined ? {} : { limit: given.commits }),
    ...(given.before === undefined ? {} : { before: given.before }),
  });
  const { table, ingestion, state, commits, next } = history;
  context.note([
    `Commits of ingestion ${ingestion} to ${table}, as ledger (${state}) and table tell them; --json has the snapshots of rejected rows too`,
  ]);
  if (next !== null) context.note([`Older commits: ${context.lineOf('history', ['--before', String(next)])}`]);
  const none = `Ingestion ${ingestion} has committed nothing to ${table}${given.before === undefined ? '' : ` before ${given.before}`}.`;
  const lines = commits.length === 0 ? [none] : commits.flatMap(commitLines);
  return { document: { command: 'history', exitCode: 0, error: null, history }, text: `${lines.map(visibleText).join('\n')}\n` };
};

/** Without a landing folder, a lake with one ingestion and one table is enough. */
async function openLedger(given: CommandArguments, context: CommandContext): Promise<StoredTable> {
  if (given.landing !== undefined || given.specFile !== undefined) return openIngestion(given, context);
  const { state } = lakePaths(given.lake ?? '', given.state, context.workingDirectory);
  // The lake comes first: one that does not exist has no state either.
  const stored = await openStoredTable(given, context, given.id);
  if (given.id !== undefined) return stored;
  try {
    return { ...stored, spec: { ...stored.spec, id: onlyIngestion(state) } };
  } catch (error) {
    await stored.calve.close();
    throw error;
  }
}
