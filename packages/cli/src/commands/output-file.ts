import { randomBytes } from 'node:crypto';
import { chmod, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
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

/** EDQUOT of Linux, for which Node has no name. */
const QUOTA = 'Unknown system error -122';

/**
 * Writes a file that an option names. Until all of it is durable, what was there before stays as it is: no half of a plan can be taken for one.
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
    await replaceFile(place, text);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const isFull = code === 'ENOSPC' || code === QUOTA;
    const full = code === QUOTA ? 'the quota of this user is used up' : 'the disk is full';
    const reason = isFull ? `${full}; make room on it, or name another file.` : message;
    throw new CalveError('CONFIGURATION_INVALID', `${option}: ${what} cannot be written to ${place}: ${reason}`, {
      recovery: isFull ? 'retry' : 'fix-access',
      context: { path: place },
      cause: error,
    });
  }
}

async function replaceFile(place: string, text: string): Promise<void> {
  const found = await stat(place).catch(() => null);
  // A pipe or a device, say `/dev/stdout`, is written to and never replaced.
  if (found && !found.isFile()) return writeFile(place, text);
  // Whoever has a link there keeps it.
  const target = found ? await realpath(place) : place;
  const beside = `${target}.${randomBytes(4).toString('hex')}.part`;
  try {
    await writeDurably(beside, text, found?.mode);
    await rename(beside, target);
  } catch (error) {
    await rm(beside, { force: true });
    // A file that may be written in a folder that may not: there is no place beside it.
    if (found && ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return writeFile(target, text);
    throw error;
  }
}

/** @param mode Of the file that it replaces. */
async function writeDurably(path: string, text: string, mode: number | undefined): Promise<void> {
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (mode !== undefined) await chmod(path, mode & 0o7777);
}
