import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { CalveError, nearestNames } from '@calve/core/plugin';
import { mapFileError } from './map-file-error.ts';

/** Where an ingestion looks: absolute, links resolved. */
export interface ResolvedLocation {
  directory: string;
  /** Only this file of the directory. */
  file?: string;
}

/**
 * Finds the folder or file that `path` names.
 *
 * @param root Folder that the path must stay in, after all links on the way are resolved; undefined: anywhere.
 * @throws {CalveError} `OPTIONS_INVALID` (fix-input): it leads out of `root`, or is neither folder nor file. `SOURCE_NOT_FOUND` (fix-input)
 *   with the nearest names. `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`.
 */
export async function resolveLocation(path: string, root: string | undefined): Promise<ResolvedLocation> {
  const wanted = root === undefined ? resolve(path) : resolve(root, path);
  // Before the file system is asked: whether something exists outside the root is nobody's business.
  if (root !== undefined && !isInside(resolve(root), wanted)) throw outside(path, root);
  try {
    const real = await realpath(wanted);
    if (root !== undefined && !isInside(await realpath(root), real)) throw outside(path, root);
    const found = await stat(real);
    if (found.isDirectory()) return { directory: real };
    if (found.isFile()) return { directory: dirname(real), file: basename(real) };
  } catch (error) {
    const mapped = mapFileError(error, wanted, 'list');
    throw mapped.code === 'SOURCE_NOT_FOUND' ? await notFound(wanted, root, mapped) : mapped;
  }
  throw new CalveError('OPTIONS_INVALID', `${wanted} is neither a folder nor a file.`, {
    recovery: 'fix-input',
    context: { path: wanted },
  });
}

/** So many names are listed all; of more only the nearest ones. */
const MOST_NAMED = 12;

/** True for the folder itself and everything below it. */
function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(path: string, root: string): CalveError {
  return new CalveError('OPTIONS_INVALID', `The path "${path}" leads out of ${root}, which this source may not leave.`, {
    recovery: 'fix-input',
    context: { path, root },
  });
}

/** Says what there is instead, in the last folder on the way that exists; never what there is outside of the root. */
async function notFound(wanted: string, root: string | undefined, error: CalveError): Promise<CalveError> {
  let missing = wanted;
  for (let folder = dirname(wanted); folder !== missing; folder = dirname(folder)) {
    if (root !== undefined && !isInside(resolve(root), folder)) return error;
    const names = await namesIn(folder, root);
    if (names) {
      const limit = names.length <= MOST_NAMED ? MOST_NAMED : undefined;
      const near = nearestNames(basename(missing), names, limit === undefined ? {} : { limit });
      const nearest = near.map((name) => resolve(folder, name));
      const place = limit ? `In ${folder} there is` : `The nearest of ${names.length} names in ${folder}`;
      const hint = near.length === 0 ? `${folder} is empty.` : `${place}: ${near.join(', ')}.`;
      return new CalveError('SOURCE_NOT_FOUND', `${error.message} ${hint}`, {
        recovery: 'fix-input',
        context: { path: wanted, nearest },
        cause: error,
      });
    }
    missing = folder;
  }
  return error;
}

/** null: the folder does not exist, or is not for us or for others to look at; the search goes on above it. */
async function namesIn(folder: string, root: string | undefined): Promise<string[] | null> {
  try {
    if (root !== undefined && !isInside(await realpath(root), await realpath(folder))) return null;
    return await readdir(folder);
  } catch {
    // Any reason will do: the error to report is the one that led here, and this only looks for a hint.
    return null;
  }
}
