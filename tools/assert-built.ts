// Run by `pnpm pack` in the folder of a package, before anything is packed: a tarball without code would be made without a word otherwise.
import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

interface Manifest {
  name: string;
  bin?: Record<string, string>;
  publishConfig?: { exports?: Record<string, Record<string, string>> };
}

/** What is missing of the built package in `folder`, by its name there; empty: it can be packed. */
export function missingFiles(folder: string): string[] {
  const { bin = {}, publishConfig } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  const files = [...Object.values(publishConfig?.exports ?? {}).flatMap((entry) => Object.values(entry)), ...Object.values(bin)];
  return [...new Set(files)].filter((file) => !existsSync(join(folder, file)));
}

if (import.meta.main) {
  const folder = process.cwd();
  const [first, ...others] = missingFiles(folder);
  if (first !== undefined) {
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const place = relative(join(import.meta.dirname, '..'), folder);
    process.stderr.write(
      `${place} is not built: ${first}${more} is missing, so nothing was packed.\n` +
        'Run ./dev pack <folder> at the top of the repository: it builds all packages and puts their tarballs into that folder.\n',
    );
    process.exitCode = 1;
  }
}
