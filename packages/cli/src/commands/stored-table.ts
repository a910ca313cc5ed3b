import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { IngestionSpec } from '@calve/core';
import { nearestNames, REJECTED_SUFFIX } from '@calve/core/plugin';
import { icebergTables } from '@calve/sink-iceberg';
import { argumentError } from '../arguments/argument-error.ts';
import { identifierOf } from '../arguments/identifier-of.ts';
import type { CommandArguments } from '../arguments/invocation.ts';
import { type LakePaths, lakePaths } from '../lake-paths.ts';
import { type LocalCalve, openCalve } from '../open-calve.ts';
import { shellWord } from '../render/shell-word.ts';
import type { CommandContext } from './command.ts';

const LISTED = 20;

/** A table of a lake, ready to be read. The caller closes `calve`. */
export interface StoredTable {
  calve: LocalCalve;
  /** Names the table, and an ingestion; it is never run. */
  spec: IngestionSpec;
}

/**
 * The table that `--table`, the landing folder, or, when it is the only one, the lake itself names. Creates nothing.
 *
 * @param id Of the ingestion, where its ledger is read too.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): there is no such lake or table, or there are several; the message lists them.
 */
export async function openStoredTable(
  given: CommandArguments,
  { workingDirectory, program }: CommandContext,
  id = 'reading',
): Promise<StoredTable> {
  const paths = lakePaths(given.lake ?? '', given.state, workingDirectory);
  const { calve, lake } = openCalve(paths);
  try {
    const tables = await icebergTables(lake);
    if (tables.length === 0) throw argumentError(await noTables(paths, given));
    const table = await chooseTable(tables, given, workingDirectory, program);
    const spec = calve.ingestion(id).from('local', { path: paths.folder }).detect().into('lake', { table }).build();
    return { calve, spec };
  } catch (error) {
    await calve.close();
    throw error;
  }
}

async function chooseTable(
  tables: readonly string[],
  given: CommandArguments,
  workingDirectory: string,
  program: string,
): Promise<string> {
  const main = tables.filter((name) => !name.endsWith(REJECTED_SUFFIX));
  const wanted = given.table ?? (given.landing === undefined ? null : await tableOfLanding(given.landing, workingDirectory));
  if (wanted === null) {
    const [only] = main;
    if (main.length === 1 && only !== undefined) return only;
    throw argumentError(`The lake ${given.lake} has ${main.length} tables; choose one with --table: ${listed(main)}.`);
  }
  if (tables.includes(wanted)) return wanted;
  const [nearest] = nearestNames(wanted, main, { limit: 1, maximumDistance: 5 });
  const didYouMean = nearest === undefined ? '' : ` Did you mean ${nearest}?`;
  const likely = nearest ?? (main.length === 1 ? main[0] : undefined);
  const words = `${program} ${given.command} ${shellWord(given.lake ?? '')} --table ${likely === undefined ? '<name>' : shellWord(likely)}`;
  throw argumentError(
    `The lake ${given.lake} has no table ${wanted}.${didYouMean} It has ${listed(main)}. To look at it: ${words}`,
  );
}

/** The table that `calve run <landing>` loads into. A folder that is gone still has its name. */
async function tableOfLanding(landing: string, workingDirectory: string): Promise<string> {
  const path = resolve(workingDirectory, landing);
  const found = await stat(path).catch(() => null);
  const folder = basename(found?.isFile() ? dirname(path) : path);
  const name = identifierOf(folder);
  if (name === null) throw argumentError(`The folder name "${folder}" is not the name of a table; name it with --table.`);
  return `default.${name}`;
}

async function noTables({ folder, catalog }: LakePaths, { lake }: CommandArguments): Promise<string> {
  const found = await stat(folder).catch(() => null);
  if (found === null) return `There is no lake ${folder}; calve run <landing> ${lake} makes one.`;
  if (!found.isDirectory()) return `The lake ${folder} is a file; a lake is a folder.`;
  const readable = await access(folder, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!readable) return `The lake ${folder} may not be opened by this user.`;
  return `The lake ${folder} has no tables yet: ${catalog} does not exist or names none.`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - LISTED;
  return `${names.slice(0, LISTED).join(', ')}${rest > 0 ? `, and ${rest} more` : ''}`;
}
