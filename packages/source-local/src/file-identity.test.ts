import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEnvironment } from '@calve/core/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HASHED_BYTES, identifyFile, identifyFileNow, unitOf } from './file-identity.ts';

let folder: string;
const environment = nodeEnvironment();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'calve-identity-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('identifyFile and identifyFileNow', () => {
  it.each([0, 1, 10_000, HASHED_BYTES - 1, HASHED_BYTES, HASHED_BYTES + 1, 2 * HASHED_BYTES, 3 * HASHED_BYTES + 7])(
    'give a file of %i bytes the same unit',
    async (size) => {
      const path = join(folder, `${size}.csv`);
      await writeFile(
        path,
        Uint8Array.from({ length: size }, (_, index) => index * 31 + (index >> 8)),
      );
      const waited = await identifyFile(path, environment);
      expect(unitOf(identifyFileNow(path, environment), 'file:///x')).toEqual(unitOf(waited, 'file:///x'));
      expect(unitOf(waited, 'file:///x').sizeBytes).toBe(size);
    },
  );

  it('refuse a link and a folder alike', async () => {
    await symlink(join(folder, '0.csv'), join(folder, 'link.csv'));
    for (const path of [join(folder, 'link.csv'), folder]) {
      const told = await identifyFile(path, environment).catch((error: { code: string }) => error.code);
      expect(['ELOOP', 'OBJECT_CHANGED']).toContain(told);
      expect(() => identifyFileNow(path, environment)).toThrow(expect.objectContaining({ code: told }));
    }
  });
});
