import { accessSync, constants, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** SQLite asks for 32 KiB at once; a disk with less than twice that is full to it. */
const HARDLY_ANYTHING = 65_536;

/**
 * Why nothing can be written beside a path: `full`: its disk has no room left. `read-only`: this user may not write in its folder, or nobody may. SQLite
 * says of many failures only that the opening or the disk failed, so somebody has to look.
 *
 * @returns null: neither is the case, or it cannot be told.
 */
export function whyUnwritable(path: string): 'full' | 'read-only' | null {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    try {
      const { bavail, bsize, files, ffree } = statfsSync(folder);
      if (bavail * bsize < HARDLY_ANYTHING || (files > 0 && ffree === 0)) return 'full';
      accessSync(folder, constants.W_OK);
      return null;
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (['EROFS', 'EACCES', 'EPERM'].includes(code)) return 'read-only';
      if (code !== 'ENOENT' || dirname(folder) === folder) return null;
    }
  }
}
