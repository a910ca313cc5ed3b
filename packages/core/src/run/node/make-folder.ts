import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, and throws what the file system says of the first that cannot be made. Not the recursive `mkdirSync`: of a
 * read-only or broken disk, and of a quota that is used up, it says that the folder does not exist, and where a folder refuses new ones with that
 * very error (`/proc`), it never returns.
 */
export function makeFolderSync(folder: string): void {
  const isThere = (): boolean => statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  if (isThere()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolderSync(above);
  try {
    mkdirSync(folder);
  } catch (error) {
    // Another process made it meanwhile.
    if (!isThere()) throw error;
  }
}
