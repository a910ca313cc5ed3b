import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CalveError } from '@calve/core';
import { argumentError } from '../arguments/argument-error.ts';
import type { CommandName } from '../arguments/command-line.ts';
import type { CommandArguments } from '../arguments/invocation.ts';
import type { LakePaths } from '../lake-paths.ts';

/** A reset may come before the first load: what is there counts as loaded. */
const MAKES_A_LAKE: ReadonlySet<CommandName> = new Set(['run', 'apply', 'reset']);

/**
 * Finds out before the files are looked at, which may take long, whether there can be a lake. What exists is left to those who open it.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): the lake, or a folder above it, is a file; `CHECKPOINT_UNAVAILABLE` (fix-access):
 *   the command would make the lake where this user may not.
 */
export async function checkLake({ folder }: LakePaths, { lake, command }: CommandArguments): Promise<void> {
  const { path, isFolder } = await nearestOf(folder);
  if (!isFolder && path === folder) throw argumentError(`The lake ${lake} is a file; a lake is a folder.`, command);
  if (!isFolder) throw argumentError(`The lake ${lake} cannot be made: ${path} is a file.`, command);
  if (path === folder || !MAKES_A_LAKE.has(command)) return;
  try {
    await access(path, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CalveError('CHECKPOINT_UNAVAILABLE', `The lake ${folder} cannot be made: this user may not write in ${path}.`, {
      recovery: 'fix-access',
      context: { path },
      cause: error,
    });
  }
}

/** The path itself, or the nearest one above it that exists and may be looked at. */
async function nearestOf(path: string): Promise<{ path: string; isFolder: boolean }> {
  try {
    const found = await stat(path);
    return { path, isFolder: found.isDirectory() };
  } catch (error) {
    const parent = dirname(path);
    if (parent === path) throw error;
    return nearestOf(parent);
  }
}
