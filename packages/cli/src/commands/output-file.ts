import { stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CalveError } from '@calve/core';
import { argumentError } from '../arguments/argument-error.ts';

/**
 * Finds out whether a file can be written, before work is done that may take long.
 *
 * @param option That names the file, with its dashes.
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): its folder does not exist, or it is a folder.
 */
export async function checkOutput(option: string, output: string, workingDirectory: string): Promise<void> {
  const place = resolve(workingDirectory, output);
  const [file, folder] = await Promise.all([place, dirname(place)].map((path) => stat(path).catch(() => null)));
  if (!folder?.isDirectory()) throw argumentError(`${option}: the folder of ${place} does not exist.`);
  if (file?.isDirectory()) throw argumentError(`${option}: ${place} is a folder; name a file.`);
}

/**
 * Writes a file that an option names.
 *
 * @param what Goes into it, for people: `the plan`.
 * @throws {CalveError} `CONFIGURATION_INVALID`: it cannot be written (fix-access), or its disk is full (retry).
 */
export async function writeOutput(
  text: string,
  what: string,
  option: string,
  output: string,
  workingDirectory: string,
): Promise<void> {
  const place = resolve(workingDirectory, output);
  try {
    await writeFile(place, text);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC';
    const reason = isFull ? 'the disk is full; make room on it, or name another file.' : message;
    throw new CalveError('CONFIGURATION_INVALID', `${option}: ${what} cannot be written to ${place}: ${reason}`, {
      recovery: isFull ? 'retry' : 'fix-access',
      context: { path: place },
      cause: error,
    });
  }
}
