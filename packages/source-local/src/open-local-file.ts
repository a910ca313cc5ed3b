import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ByteReader, CalveError, type ObjectUnit } from '@calve/core/plugin';
import { type FileStamp, OPEN_FLAGS, stampText } from './file-identity.ts';
import { fileUri, isPlainPath } from './file-uri.ts';
import { mapFileError } from './map-file-error.ts';
import type { ResolvedLocation } from './resolve-location.ts';

/**
 * Opens exactly the version that was listed: same size, modification time in nanoseconds and inode.
 *
 * Reads are synchronous and answer a plain number. A file that is found shorter or longer while it is read is `OBJECT_CHANGED`.
 *
 * @throws {CalveError} `OBJECT_CHANGED` or `OBJECT_NOT_FOUND` (replan); `SOURCE_ACCESS_DENIED`, `SOURCE_UNAVAILABLE`; `OPTIONS_INVALID`: the
 *   unit is not below the folder of this source.
 */
export function openLocalFile(unit: ObjectUnit, location: ResolvedLocation): ByteReader {
  const path = pathOf(unit, location);
  try {
    const descriptor = openSync(path, OPEN_FLAGS);
    try {
      const stamp = fstatSync(descriptor, { bigint: true });
      if (!unit.version.startsWith(stampText(stamp))) throw changed(unit, path, NOT_AS_LISTED);
      return new LocalFile(descriptor, path, unit, stamp);
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  } catch (error) {
    throw CalveError.is(error) ? error : mapFileError(error, path, 'open');
  }
}

/** There are thousands of files, each of which is opened several times: a class takes less for each than functions of its own. */
class LocalFile implements ByteReader {
  readonly sizeBytes: number;
  readonly localPath: string;
  readonly #descriptor: number;
  readonly #unit: ObjectUnit;
  readonly #stamp: FileStamp;

  /** @param stamp Of the version that was listed. */
  constructor(descriptor: number, path: string, unit: ObjectUnit, stamp: FileStamp) {
    this.sizeBytes = unit.sizeBytes;
    this.localPath = path;
    this.#descriptor = descriptor;
    this.#unit = unit;
    this.#stamp = stamp;
  }

  read(target: Uint8Array, offset: number): number {
    const { sizeBytes } = this;
    let filled: number;
    try {
      filled = readFully(this.#descriptor, target, offset);
    } catch (error) {
      throw mapFileError(error, this.localPath, 'open');
    }
    if (offset + filled > sizeBytes) throw changed(this.#unit, this.localPath, 'has grown since it was listed');
    if (filled < target.length && offset + filled < sizeBytes)
      throw changed(this.#unit, this.localPath, 'has shrunk since it was listed');
    return filled;
  }

  /** What bears the name now tells of the open file too: it is the same inode, or another file has taken its name. */
  async verify(): Promise<void> {
    let now: FileStamp;
    try {
      now = lstatSync(this.localPath, { bigint: true });
    } catch (error) {
      throw mapFileError(error, this.localPath, 'open');
    }
    const { size, mtimeNs, ino } = this.#stamp;
    if (now.size !== size || now.mtimeNs !== mtimeNs || now.ino !== ino) throw changed(this.#unit, this.localPath, NOT_AS_LISTED);
  }

  async close(): Promise<void> {
    try {
      closeSync(this.#descriptor);
    } catch (error) {
      throw mapFileError(error, this.localPath, 'open');
    }
  }
}

const NOT_AS_LISTED = 'is not the version that was listed';

function changed({ uri, version }: ObjectUnit, path: string, what: string): CalveError {
  return new CalveError('OBJECT_CHANGED', `${path} ${what}; plan again.`, {
    recovery: 'replan',
    context: { path, uri, version },
  });
}

/** One call may give less than asked for, above 2 GiB for instance. */
function readFully(descriptor: number, target: Uint8Array, offset: number): number {
  let filled = 0;
  while (filled < target.length) {
    const count = readSync(descriptor, target, filled, target.length - filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
}

/** URLs of the folders of sources. */
const folderUris = new WeakMap<ResolvedLocation, string>();

/** A unit may come from a plan that was stored and edited elsewhere, so its path is checked and not trusted. */
function pathOf(unit: ObjectUnit, location: ResolvedLocation): string {
  const { directory } = location;
  const folder = directory.endsWith(sep) ? directory : `${directory}${sep}`;
  const path = plainPath(unit.place, folder, location) ?? anyPath(unit.place);
  const isInside = path?.startsWith(folder) && !path.slice(folder.length).split(sep).includes('..');
  if (path !== null && isInside && (location.file === undefined || path === `${folder}${location.file}`)) return path;
  throw new CalveError('OPTIONS_INVALID', `${unit.uri} is not inside ${folder}, the folder of this source.`, {
    recovery: 'fix-input',
    context: { uri: unit.uri, directory },
  });
}

/** The path of a URL that needs no parsing, as most do: names of ordinary characters behind the URL of the folder. Null: it has to be parsed. */
function plainPath(place: string, folder: string, location: ResolvedLocation): string | null {
  if (sep !== '/') return null;
  const uri = folderUris.get(location) ?? fileUri(folder);
  folderUris.set(location, uri);
  if (!place.startsWith(uri)) return null;
  const rest = place.slice(uri.length);
  return isPlainPath(rest) ? folder + rest : null;
}

function anyPath(place: string): string | null {
  try {
    return fileURLToPath(place);
  } catch {
    // Not a file URL: the caller answers in words that name the unit.
    return null;
  }
}
