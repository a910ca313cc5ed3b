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
  yield* walk(await entriesOf(folder, true), options);
}

async function* walk(entries: readonly WalkedEntry[], options: WalkOptions): AsyncGenerator<WalkedEntry> {
  for (const entry of entries) {
    const isFolder = entry.kind === 'folder';
    // A folder's own place in the order is that of its first file: `a/` comes after `a!` and before `a0`.
    const order = isFolder ? `${entry.encoded}/` : entry.encoded;
    const isResumedInside = isFolder && options.after.startsWith(order);
    if (order <= options.after && !isResumedInside) continue;
    if (isFolder && options.enters(entry)) {
      const inside = await entriesOrProblem(entry);
      if (Array.isArray(inside)) yield* walk(inside, options);
      // Resumed behind one of its files, it could be read before: what was left of it must not get lost.
      else if (options.after !== order) yield { ...entry, problem: inside };
    } else if (!isResumedInside) yield entry;
  }
}

async function entriesOrProblem(folder: WalkedEntry): Promise<WalkedEntry[] | CalveError> {
  try {
    return await entriesOf(folder, false);
  } catch (error) {
    const mapped = mapFileError(error, folder.absolute, 'open');
    if (mapped.code === 'OBJECT_NOT_FOUND') return [];
    if (isAboutOneFile(mapped)) return mapped;
    throw mapFileError(error, folder.absolute, 'list');
  }
}

async function entriesOf(folder: WalkedEntry, isRoot: boolean): Promise<WalkedEntry[]> {
  const found = await readdir(folder.absolute, { withFileTypes: true }).catch((error: unknown) => {
    throw isRoot ? mapFileError(error, folder.absolute, 'list') : error;
  });
  const prefix = isRoot ? '' : `${folder.path}/`;
  const encodedPrefix = isRoot ? '' : `${folder.encoded}/`;
  // A name of a folder's own listing needs nothing of what `join` does.
  const inside = folder.absolute.endsWith(sep) ? folder.absolute : folder.absolute + sep;
  const entries: (WalkedEntry & { order: string })[] = [];
  for (const entry of found) {
    const encoded = `${encodedPrefix}${encodeName(entry.name)}`;
    const absolute = inside + entry.name;
    const kind = entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : entry.isSymbolicLink() ? 'link' : 'other';
    entries.push({
      path: `${prefix}${entry.name}`,
      encoded,
      absolute,
      kind,
      isUnnameable: entry.name.includes('\ufffd') && (await isMissing(absolute)),
      order: kind === 'folder' ? `${encoded}/` : encoded,
    });
  }
  return entries.sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0));
}

async function isMissing(path: string): Promise<boolean> {
  return lstat(path).then(
    () => false,
    (error: unknown) => mapFileError(error, path, 'list').code === 'SOURCE_NOT_FOUND',
  );
}
