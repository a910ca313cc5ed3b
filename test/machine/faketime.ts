import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../readers/readers-status.ts';

/** Where `tools/prepare-faketime.ts` unpacks the Debian package. */
export function faketimeFolder(): string {
  return join(cacheFolder(), 'faketime');
}

/** libfaketime of this machine, or of the cache; null: there is none. It goes into `LD_PRELOAD`. */
export function faketimeLibrary(): string | null {
  for (const root of [faketimeFolder(), '/']) {
    const libraries = join(root, 'usr', 'lib');
    const machines = existsSync(libraries) ? readdirSync(libraries) : [];
    for (const machine of ['.', ...machines]) {
      const library = join(libraries, machine, 'faketime', 'libfaketimeMT.so.1');
      if (existsSync(library)) return library;
    }
  }
  return null;
}

/**
 * The environment of a process whose wall clock, as the system tells it, is set by `jumping-date.ts`; timers go on as they are.
 *
 * @param file A place for what it is told.
 */
export function faketimeEnvironment(file: string): Record<string, string> {
  writeFileSync(file, '+0');
  return {
    LD_PRELOAD: faketimeLibrary() ?? '',
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
}

/** Why clocks of processes cannot be moved here, as half a sentence; null: they can. */
export function missingFaketime(): string | null {
  return faketimeLibrary() ? null : 'libfaketime is not here: run ./dev readers, or install it';
}
