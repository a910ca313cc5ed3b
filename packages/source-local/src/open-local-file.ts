import { closeSync, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ByteReader, CalveError, type ObjectUnit } from '@calve/core/plugin';
import { type FileStamp, OPEN_FLAGS, stampText } from './file-identity.ts';
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
  const changed = (what: string) =>
    new CalveError('OBJECT_CHANGED', `${path} ${what}; plan again.`, {
      recovery: 'replan',
      context: { path, uri: unit.uri, version: unit.version },
    });
  const attempt = <T>(call: () => T): T => {
    try {
      return call();
    } catch (error) {
      throw mapFileError(error, path, 'open');
    }
  };
  const expectListed = (stamp: FileStamp) => {
    if (!unit.version.startsWith(stampText(stamp))) throw changed('is not the version that was listed');
  };

  const descriptor = attempt(() => openSync(path, OPEN_FLAGS));
  try {
    expectListed(attempt(() => fstatSync(descriptor, { bigint: true })));
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
  return {
    sizeBytes: unit.sizeBytes,
    localPath: path,
    read(target, offset) {
      const filled = attempt(() => readFully(descriptor, target, offset));
      if (offset + filled > unit.sizeBytes) throw changed('has grown since it was listed');
      if (filled < target.length && offset + filled < unit.sizeBytes) throw changed('has shrunk since it was listed');
      return filled;
    },
    async verify() {
      expectListed(attempt(() => fstatSync(descriptor, { bigint: true })));
      // The open file stays what it was when another one takes its name.
      expectListed(attempt(() => lstatSync(path, { bigint: true })));
    },
    async close() {
      attempt(() => closeSync(descriptor));
    },
  };
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

/** A unit may come from a plan that was stored and edited elsewhere, so its path is checked and not trusted. */
function pathOf(unit: ObjectUnit, location: ResolvedLocation): string {
  let path: string | null = null;
  try {
    path = fileURLToPath(unit.place);
  } catch {
    // Not a file URL: answered below, in words that name the unit.
  }
  const { directory } = location;
  const folder = directory.endsWith(sep) ? directory : `${directory}${sep}`;
  const isInside = path?.startsWith(folder) && !path.slice(folder.length).split(sep).includes('..');
  if (path !== null && isInside && (location.file === undefined || path === `${folder}${location.file}`)) return path;
  throw new CalveError('OPTIONS_INVALID', `${unit.uri} is not inside ${folder}, the folder of this source.`, {
    recovery: 'fix-input',
    context: { uri: unit.uri, directory },
  });
}
