import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder as make } from './make-folder.ts';

describe('makeFolder', () => {
  const within = async (work: (folder: string) => Promise<void>): Promise<void> => {
    const folder = mkdtempSync(join(tmpdir(), 'calve-folder-'));
    try {
      await work(folder);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };

  it('makes all that is missing, and leaves what is there', () =>
    within(async (folder) => {
      mkdirSync(join(folder, 'a'));
      writeFileSync(join(folder, 'a', 'kept'), '');
      for (let time = 0; time < 2; time += 1) await make(join(folder, 'a', 'b', 'c'));
      expect(statSync(join(folder, 'a', 'b', 'c')).isDirectory()).toBe(true);
      expect(statSync(join(folder, 'a', 'kept')).isFile()).toBe(true);
    }));

  it('is not disturbed by others that make the same at the same time', () =>
    within(async (folder) => {
      const path = join(folder, 'a', 'b', 'c', 'd');
      await Promise.all(Array.from({ length: 8 }, async () => make(path)));
      expect(statSync(path).isDirectory()).toBe(true);
    }));

  it.skipIf(process.platform !== 'linux')('ends where a folder refuses new ones as if it were not there', async () => {
    await expect((async () => make('/proc/calve/folder'))()).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says that a part of the path is a file', () =>
    within(async (folder) => {
      writeFileSync(join(folder, 'file'), '');
      await expect((async () => make(join(folder, 'file')))()).rejects.toMatchObject({ code: 'EEXIST' });
      await expect((async () => make(join(folder, 'file', 'b')))()).rejects.toMatchObject({
        code: expect.stringMatching(/^(ENOTDIR|EEXIST)$/),
      });
    }));
});
