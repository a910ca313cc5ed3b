import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SourceWorld } from '@calve/testkit';
import { localSource } from '../src/index.ts';

/** A folder of its own for one test. Files are written in place, so a new version keeps the inode as programs that append do. */
export async function startFolder(): Promise<SourceWorld & { path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'calve-local-'));
  return {
    path,
    source: localSource(),
    options: (choice) => ({ path, ...choice }),
    put: async (name, content, modifiedAt = Date.UTC(2024, 0, 1)) => {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      await utimes(file, modifiedAt / 1000, modifiedAt / 1000);
    },
    remove: (name) => rm(join(path, name)),
    stop: () => rm(path, { recursive: true }),
  };
}
