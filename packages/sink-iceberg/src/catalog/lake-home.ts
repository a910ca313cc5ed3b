import type { BigIntStats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { localPath } from '../files/file-uri.ts';
import { mapFileError } from '../files/map-file-error.ts';

/** What belongs together on disk: a catalog file, and the folder under which it creates tables. */
export interface Lake {
  /** Name of the catalog inside its file. */
  name: string;
  /** Path of the catalog file. */
  catalog: string;
  /** Path of the warehouse folder. */
  warehouse: string;
}

/** The same file twice: where a catalog says that it is, and where this lake has one of the same name in the same folders. */
export interface Twin {
  said: string;
  here: string;
  /** What the two lie in: the folders that somebody moved or copied. */
  from: string;
  to: string;
  /** `moved`: there is nothing left where the catalog points to. */
  kind: 'moved' | 'copied';
}

/**
 * Looks for the twin of a file that a catalog points to outside of its own lake. Such a file may lie there for good: another engine may put a
 * table where it likes. Only a second one under the same name inside this lake shows that the lake is not where it was made. File names of
 * table metadata hold a random id, so they are not equal by chance.
 *
 * @param location URI or path of the metadata file.
 * @returns null: it is inside the lake, or nowhere but there, or both names lead to one file (a link, a second mount).
 * @throws {CalveError} as `mapFileError` says, when a file cannot be looked at.
 */
export async function findTwin(location: string, lake: Lake): Promise<Twin | null> {
  const said = pathOf(location);
  if (said === null || isInside(said, lake.warehouse)) return null;
  const here = await samePlaceIn(lake, said);
  if (here === null || here === said) return null;
  const [thatFolder, thisFolder] = [await look(dirname(said)), await look(dirname(here))];
  if (thatFolder && thisFolder && isSame(thatFolder, thisFolder)) return null;
  return { said, here, ...movedFolders(said, here, lake), kind: thatFolder ? 'copied' : 'moved' };
}

/** The local path of a location; null: it is on another machine, where nobody can move it with this lake. */
export function pathOf(location: string): string | null {
  return /^[A-Za-z][A-Za-z0-9+.-]+:\/\//.test(location) && !/^file:/.test(location) ? null : localPath(location);
}

/** True for the folder itself and everything below it. Links are not resolved. */
export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !(process.platform === 'win32' && /^[A-Za-z]:/.test(way));
}

/** What the file system knows of a path, links followed; null when there is nothing. */
export async function look(path: string): Promise<BigIntStats | null> {
  try {
    return await stat(path, { bigint: true });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw mapFileError(error, 'look at', path);
  }
}

/** One file or folder under two names. */
export function isSame(one: BigIntStats, other: BigIntStats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

/** A file of this lake whose path ends as the other one does; as long an end as there is, its folder and its name at least. */
async function samePlaceIn(lake: Lake, path: string): Promise<string | null> {
  const names = path.split(sep).filter((name) => name !== '');
  for (let start = 1; start <= names.length - 2; start += 1) {
    const end = names.slice(start);
    for (const folder of [dirname(lake.catalog), lake.warehouse]) {
      const candidate = join(folder, ...end);
      if ((await look(candidate)) !== null) return candidate;
    }
  }
  return null;
}

/** The lake as a whole where that is what was moved; otherwise the two folders above what both paths share. */
function movedFolders(said: string, here: string, lake: Lake): { from: string; to: string } {
  const to = dirname(lake.catalog);
  const inside = isInside(here, to) ? `${sep}${relative(to, here)}` : null;
  if (inside !== null && said.endsWith(inside)) return { from: said.slice(0, -inside.length), to };
  let [from, now] = [said, here];
  while (from.split(sep).at(-1) === now.split(sep).at(-1) && dirname(from) !== from) [from, now] = [dirname(from), dirname(now)];
  return { from, to: now };
}
