import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { sep } from 'node:path';
import type { CalveError } from '@calve/core/plugin';
import { encodeName } from './file-uri.ts';
import { isAboutOneFile, mapFileError } from './map-file-error.ts';

/** Something that a folder holds. */
export interface WalkedEntry {
  /** Relative to where the walk began, separator `/`. */
  path: string;
  /** The same, encoded as it stands in a URL: what entries are ordered by, and what a cursor holds. */
  encoded: string;
  absolute: string;
  kind: 'file' | 'folder' | 'link' | 'other';
  /** The name is not valid UTF-8, so that no program can name the file through it. */
  isUnnameable: boolean;
  /** A folder that was to be entered and cannot be read. */
  problem?: CalveError;
}

/** Whether the walk goes into a folder, and from where. */
export interface WalkOptions {
  /** Entries up to and including this one (encoded) are left out, and folders wholly before it are not read. */
  after: string;
  /** Asked for each folder, before it is read. */
  enters(folder: WalkedEntry): boolean;
}

/** What a folder holds, in the order of the walk. What is said of an entry is made when the walk comes to it: thousands may wait. */
interface Listed {
  folder: WalkedEntry;
  isRoot: boolean;
  /** Of a file that stands in a path as it is only its name: most are, and there may be thousands. */
  names: readonly (Dirent | string)[];
}

/**
 * Everything below a folder, in the code unit order of the encoded paths, links not followed. One folder's names are in memory per level.
 *
 * A folder that disappears meanwhile holds nothing; one that cannot be read is given as an entry with its `problem`.
 *
 * @throws {CalveError} for the folder itself: `SOURCE_NOT_FOUND`, `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`. The last one also when this
 *   process can open nothing more.
 */
export async function* walkFolder(root: string, options: WalkOptions): AsyncGenerator<WalkedEntry> {
  const folder: WalkedEntry = { path: '', encoded: '', absolute: root, kind: 'folder', isUnnameable: false };
  yield* walk(await listed(folder, true), options);
}

async function* walk({ folder, isRoot, names }: Listed, options: WalkOptions): AsyncGenerator<WalkedEntry> {
  const prefix = isRoot ? '' : `${folder.path}/`;
  const encodedPrefix = isRoot ? '' : `${folder.encoded}/`;
  // A name of a folder's own listing needs nothing of what `join` does.
  const inside = folder.absolute.endsWith(sep) ? folder.absolute : folder.absolute + sep;
  for (const listedName of names) {
    const name = nameOf(listedName);
    const kind = kindOf(listedName);
    const encoded = `${encodedPrefix}${encodeName(name)}`;
    const isFolder = kind === 'folder';
    // A folder's own place in the order is that of its first file: `a/` comes after `a!` and before `a0`.
    const order = isFolder ? `${encoded}/` : encoded;
    const isResumedInside = isFolder && options.after.startsWith(order);
    if (order <= options.after && !isResumedInside) continue;
    const absolute = inside + name;
    const isUnnameable = name.includes('\ufffd') && (await isMissing(absolute));
    const entry: WalkedEntry = { path: `${prefix}${name}`, encoded, absolute, kind, isUnnameable };
    if (isFolder && options.enters(entry)) {
      const found = await listedOrProblem(entry);
      if ('names' in found) yield* walk(found, options);
      // Resumed behind one of its files, it could be read before: what was left of it must not get lost.
      else if (options.after !== order) yield { ...entry, problem: found };
    } else if (!isResumedInside) yield entry;
  }
}

function nameOf(entry: Dirent | string): string {
  return typeof entry === 'string' ? entry : entry.name;
}

function kindOf(entry: Dirent | string): WalkedEntry['kind'] {
  if (typeof entry === 'string') return 'file';
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
}

async function listedOrProblem(folder: WalkedEntry): Promise<Listed | CalveError> {
  try {
    return await listed(folder, false);
  } catch (error) {
    const mapped = mapFileError(error, folder.absolute, 'open');
    if (mapped.code === 'OBJECT_NOT_FOUND') return { folder, isRoot: false, names: [] };
    if (isAboutOneFile(mapped)) return mapped;
    throw mapFileError(error, folder.absolute, 'list');
  }
}

async function listed(folder: WalkedEntry, isRoot: boolean): Promise<Listed> {
  const names = await readdir(folder.absolute, { withFileTypes: true }).catch((error: unknown) => {
    throw isRoot ? mapFileError(error, folder.absolute, 'list') : error;
  });
  return { folder, isRoot, names: inOrder(names) };
}

/** The names of a folder as their encoded paths are ordered; most stand in a path as they are. */
function inOrder(entries: readonly Dirent[]): (Dirent | string)[] {
  const others = new Map<Dirent, string>();
  const names = entries.map((entry) => {
    const encoded = encodeName(entry.name);
    const kind = kindOf(entry);
    if (kind === 'file' && encoded === entry.name) return encoded;
    others.set(entry, kind === 'folder' ? `${encoded}/` : encoded);
    return entry;
  });
  const orderOf = (entry: Dirent | string): string => (typeof entry === 'string' ? entry : (others.get(entry) as string));
  return names.sort((a, b) => {
    const [first, second] = [orderOf(a), orderOf(b)];
    return first < second ? -1 : first > second ? 1 : 0;
  });
}

async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => mapFileError(error, path, 'list').code === 'SOURCE_NOT_FOUND',
  );
}
