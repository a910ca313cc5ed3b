import { appendFile, readFile, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ByteReader, ObjectSession, ObjectUnit } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localSource } from '../src/index.ts';
import { startFolder } from './start-folder.ts';

let folder: Awaited<ReturnType<typeof startFolder>>;
let session: ObjectSession;
let unit: ObjectUnit;
let path: string;
const content = Buffer.from('id,name\n'.repeat(40_000));

beforeEach(async () => {
  folder = await startFolder();
  path = join(folder.path, 'a.csv');
  await folder.put('a.csv', content);
  session = (await localSource().connect({ path: folder.path, pattern: '**', recursive: true }, testContext())) as ObjectSession;
  for await (const page of session.list({ signal: new AbortController().signal })) unit = page.units[0]!;
});
afterEach(async () => {
  await session.close();
  await folder.stop?.();
});

async function withReader<T>(body: (reader: ByteReader) => Promise<T>): Promise<T> {
  const reader = await session.open(unit, testContext());
  try {
    return await body(reader);
  } finally {
    await reader.close();
  }
}

const changed = expect.objectContaining({ code: 'OBJECT_CHANGED', recovery: { kind: 'replan' } });

describe('a reader of localSource', () => {
  it('answers a plain number and names the path', async () => {
    await withReader(async (reader) => {
      expect(reader.read(new Uint8Array(100), 0)).toBe(100);
      expect(reader.localPath).toBe(path);
      expect(await readFile(reader.localPath!)).toEqual(content);
    });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['other content of other size', () => writeFile(path, 'other')],
    ['a new time only', () => utimes(path, 1, 1)],
    [
      'another file of the same size and time',
      async () => {
        await folder.put('b.csv', Buffer.from(content).fill(120));
        await rename(join(folder.path, 'b.csv'), path);
      },
    ],
    [
      'a link to a file with the same content',
      async () => {
        await rename(path, join(folder.path, 'real.csv'));
        await symlink('real.csv', path);
      },
    ],
    [
      'a folder',
      async () => {
        await rm(path);
        await folder.put('a.csv/x', content);
      },
    ],
  ])('is refused after %s', async (_name, change) => {
    await change();
    await expect(session.open(unit, testContext())).rejects.toEqual(changed);
  });

  it('is refused after the file was deleted', async () => {
    await rm(path);
    await expect(session.open(unit, testContext())).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
      recovery: { kind: 'replan' },
    });
  });

  it('notices a file that shrinks while it is read', async () => {
    await withReader(async (reader) => {
      expect(reader.read(new Uint8Array(1000), 0)).toBe(1000);
      await truncate(path, 5000);
      expect(() => reader.read(new Uint8Array(100_000), 1000)).toThrow(changed);
      await expect(reader.verify()).rejects.toEqual(changed);
    });
  });

  it('notices a file that grows while it is read', async () => {
    await withReader(async (reader) => {
      await appendFile(path, 'more\n');
      expect(() => reader.read(new Uint8Array(content.length + 100), 0)).toThrow(changed);
      await expect(reader.verify()).rejects.toEqual(changed);
    });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    ['rewritten in place', () => writeFile(path, Buffer.from(content).fill(120)), 'OBJECT_CHANGED'],
    [
      'replaced under its name',
      async () => {
        await folder.put('b.csv', content);
        await rename(join(folder.path, 'b.csv'), path);
      },
      'OBJECT_CHANGED',
    ],
    ['deleted', () => rm(path), 'OBJECT_NOT_FOUND'],
  ])('verifies that the file was not %s', async (_name, change, code) => {
    await withReader(async (reader) => {
      const target = Buffer.alloc(content.length);
      expect(reader.read(target, 0)).toBe(content.length);
      await reader.verify();
      await change();
      await expect(reader.verify()).rejects.toMatchObject({ code, recovery: { kind: 'replan' } });
    });
  });

  it.each(['file:///etc/passwd', 'file:///%2e%2e/etc/passwd', 's3://bucket/a.csv', 'nonsense'])(
    'refuses the place %s',
    async (place) => {
      const forged = { ...unit, place };
      await expect(session.open(forged, testContext())).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        recovery: { kind: 'fix-input' },
      });
    },
  );

  it('refuses a place that climbs out of the folder', async () => {
    const forged = { ...unit, place: `file://${folder.path}/%2e%2e%2f../etc/passwd` };
    await expect(session.open(forged, testContext())).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });
});
