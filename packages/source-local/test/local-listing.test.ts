import { execFileSync } from 'node:child_process';
import { mkdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEnvironment } from '@calve/core/node';
import type { ListPage, ListRequest, ObjectSession } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalOptionsInput, localSource } from '../src/index.ts';
import { startFolder } from './start-folder.ts';

let folder: Awaited<ReturnType<typeof startFolder>>;
const now = Date.UTC(2024, 5, 1);
const put = (name: string, content = name, modifiedAt?: number) => folder.put(name, Buffer.from(content), modifiedAt);

beforeEach(async () => {
  folder = await startFolder();
});
afterEach(async () => {
  await folder.stop?.();
});

async function connect(options: Partial<LocalOptionsInput> = {}, root?: string): Promise<ObjectSession> {
  const source = localSource(root === undefined ? {} : { root });
  const checked = await source.options['~standard'].validate({ path: folder.path, ...options });
  if (checked.issues) throw new Error(checked.issues[0]?.message);
  const context = testContext({ environment: { ...nodeEnvironment(), now: () => now } });
  return (await source.connect(checked.value, context)) as ObjectSession;
}

async function pagesOf(session: ObjectSession, request: Partial<ListRequest> = {}): Promise<ListPage[]> {
  const pages: ListPage[] = [];
  for await (const page of session.list({ signal: new AbortController().signal, ...request })) pages.push(page);
  return pages;
}

/** What became of everything below the folder: names of units, and kind per skipped name. */
async function outcomeOf(options: Partial<LocalOptionsInput> = {}, request: Partial<ListRequest> = {}) {
  const pages = await pagesOf(await connect(options), request);
  const nameOf = (uri: string) => decodeURIComponent(uri.slice(`file://${folder.path}/`.length));
  return {
    units: pages.flatMap((page) => page.units.map((unit) => nameOf(unit.uri))),
    skipped: Object.fromEntries(pages.flatMap((page) => page.skipped.map(({ uri, kind }) => [nameOf(uri), kind]))),
    reasons: pages.flatMap((page) => page.skipped.map(({ reason }) => reason)),
    searched: pages.at(-1)?.searched,
  };
}

describe('the listing of localSource', () => {
  it('matches the pattern against the whole relative path', async () => {
    for (const name of ['a.csv', 'a.txt', '2024/b.csv', '2024/01/c.csv', '2023/d.csv']) await put(name);
    expect((await outcomeOf()).units).toEqual(['2023/d.csv', '2024/01/c.csv', '2024/b.csv', 'a.csv', 'a.txt']);
    expect((await outcomeOf({ pattern: '*.csv' })).units).toEqual(['a.csv']);
    expect((await outcomeOf({ pattern: '**/*.csv' })).units).toHaveLength(4);
    expect((await outcomeOf({ pattern: '2024/**' })).units).toEqual(['2024/01/c.csv', '2024/b.csv']);
    expect((await outcomeOf({ pattern: '202[34]/*.csv' })).units).toEqual(['2023/d.csv', '2024/b.csv']);
  });

  it('does not go into folders in which nothing can match, and says so', async () => {
    for (const name of ['a.csv', 'x/b.csv']) await put(name);
    const outcome = await outcomeOf({ pattern: '*.csv' });
    expect(outcome.skipped).toEqual({ x: 'directory' });
    expect(outcome.searched?.excludedByPattern).toBe(0);
    expect((await outcomeOf({ recursive: false })).skipped).toEqual({ x: 'directory' });
  });

  it('names hidden and marker files with a reason that holds their name', async () => {
    for (const name of [
      '_SUCCESS',
      '.DS_Store',
      '~$b.xlsx',
      'a.crc',
      'a.part',
      'a._COPYING_',
      '.x',
      '_x',
      '.git/c',
      'd._COPYING_/e',
      'ok',
    ]) {
      await put(name);
    }
    const outcome = await outcomeOf();
    expect(outcome.units).toEqual(['ok']);
    expect(outcome.skipped).toEqual({
      _SUCCESS: 'marker',
      '.DS_Store': 'marker',
      '~$b.xlsx': 'marker',
      'a.crc': 'marker',
      'a.part': 'marker',
      'a._COPYING_': 'marker',
      'd._COPYING_': 'marker',
      '.x': 'hidden',
      _x: 'hidden',
      '.git': 'hidden',
    });
    expect(outcome.reasons.every((reason) => /"[^"]+"/.test(reason))).toBe(true);
  });

  it('never follows a link to a file, a folder, itself or nothing', async () => {
    await put('a.csv');
    await put('sub/b.csv');
    await symlink(join(folder.path, 'a.csv'), join(folder.path, 'link.csv'));
    await symlink(join(folder.path, 'sub'), join(folder.path, 'folder-link'));
    await symlink('/etc', join(folder.path, 'outside'));
    await symlink('.', join(folder.path, 'loop'));
    await symlink('nowhere', join(folder.path, 'broken'));
    const outcome = await outcomeOf();
    expect(outcome.units).toEqual(['a.csv', 'sub/b.csv']);
    expect(outcome.skipped).toEqual({
      'link.csv': 'symlink',
      'folder-link': 'symlink',
      outside: 'symlink',
      loop: 'symlink',
      broken: 'symlink',
    });
  });

  it('skips a pipe without waiting for it', async () => {
    execFileSync('mkfifo', [join(folder.path, 'pipe')]);
    await put('a.csv');
    expect(await outcomeOf()).toMatchObject({ units: ['a.csv'], skipped: { pipe: 'special' } });
  });

  it('skips a name that is not UTF-8 instead of losing it', async () => {
    await writeFile(Buffer.concat([Buffer.from(`${folder.path}/bad`), Buffer.from([0xff]), Buffer.from('.csv')]), 'x');
    await put('a.csv');
    expect(await outcomeOf()).toMatchObject({ units: ['a.csv'], skipped: { 'bad\ufffd.csv': 'name' } });
  });

  it('leaves out what is not settled, and says how long ago it was modified', async () => {
    await put('done.csv', 'x', now - 2000);
    await put('fresh.csv', 'x', now - 500);
    await put('future.csv', 'x', now + 86_400_000);
    const outcome = await outcomeOf({}, { settledBefore: now - 2000 });
    expect(outcome.units).toEqual(['done.csv']);
    expect(outcome.skipped).toEqual({ 'fresh.csv': 'settling', 'future.csv': 'settling' });
    expect(outcome.reasons).toEqual([
      'Modified 0.5 seconds ago; it may still be written.',
      'Modified 24 hours in the future, at 2024-06-02T00:00:00.000Z (is a clock wrong?); it may still be written.',
    ]);
  });

  it('tells where it searched, the nearest names and what the pattern left out when nothing matches (R030)', async () => {
    for (const name of ['order-01.csv.gz', 'returns.csv', 'readme.md']) await put(name);
    const outcome = await outcomeOf({ pattern: 'orders-*.csv.gz' });
    expect(outcome.units).toEqual([]);
    expect(outcome.searched).toEqual({
      root: folder.path,
      nearest: ['order-01.csv.gz', 'returns.csv', 'readme.md'],
      excludedByPattern: 3,
    });
  });

  it('takes a path that is a file as just that file, even a hidden one', async () => {
    for (const name of ['.a.csv', 'b.csv', 'sub/c.csv']) await put(name);
    const session = await connect({ path: join(folder.path, '.a.csv') });
    const pages = await pagesOf(session);
    expect(pages.flatMap((page) => page.units.map((unit) => unit.uri))).toEqual([`file://${folder.path}/.a.csv`]);
    expect(pages.flatMap((page) => page.skipped)).toEqual([]);
  });

  it('resumes after a page whatever kinds of entries stand at its end', async () => {
    for (let index = 0; index < 700; index++) await put(`a/${index}.csv`);
    for (let index = 0; index < 700; index++) await mkdir(join(folder.path, `b${index}`, 'empty'), { recursive: true });
    for (let index = 0; index < 900; index++) await put(`c/d/${index}.txt`);
    const options = { pattern: '{a,c}/**/*.csv' };
    const pages = await pagesOf(await connect(options));
    expect(pages.map((page) => page.units.length + page.skipped.length)).toEqual([500, 500, 500, 500, 300]);
    for (const [index, { cursor }] of pages.slice(0, -1).entries()) {
      const resumed = await pagesOf(await connect(options), { cursor: cursor! });
      expect(resumed).toEqual(pages.slice(index + 1));
    }
    expect(pages.at(-1)?.searched?.excludedByPattern).toBe(900);
  });

  describe('of files that cannot be read', () => {
    /** The error of the system in the middle of the second file. */
    async function connectFailing(code: string): Promise<ObjectSession> {
      const source = localSource();
      const node = nodeEnvironment();
      let files = 0;
      const sha256 = () => {
        files += 1;
        if (files === 2) throw Object.assign(new Error(`${code}: i/o, read`), { code });
        return node.sha256();
      };
      const context = testContext({ environment: { ...node, sha256 } });
      return (await source.connect({ path: folder.path, pattern: '**', recursive: true }, context)) as ObjectSession;
    }

    it('goes on with the others, and gives the one with code, path and cause', async () => {
      for (const name of ['a', 'b', 'c']) await put(name);
      const [page] = await pagesOf(await connectFailing('EIO'));
      const unread = page!.unreadable![0]!;
      expect(
        page!.units
          .map(({ uri }) => uri)
          .concat(unread.uri)
          .sort(),
      ).toEqual(['a', 'b', 'c'].map((name) => `file://${folder.path}/${name}`));
      expect(page!.units).toHaveLength(2);
      expect(unread.error).toMatchObject({ code: 'SOURCE_UNAVAILABLE', recovery: { kind: 'retry' } });
      expect(unread.error.message).toMatch(/^\S+\/[abc] could not be read: the disk reported an error\.$/);
      expect(JSON.parse(JSON.stringify(page))).toEqual(page);
    });

    it('ends when the next file would meet the same', async () => {
      for (const name of ['a', 'b', 'c']) await put(name);
      await expect(pagesOf(await connectFailing('EMFILE'))).rejects.toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        recovery: { kind: 'retry' },
      });
    });

    it('passes what is no error of the file system', async () => {
      for (const name of ['a', 'b', 'c']) await put(name);
      await expect(pagesOf(await connectFailing('nonsense'))).rejects.toMatchObject({ code: 'INTERNAL' });
    });
  });

  it('refuses a cursor of somebody else', async () => {
    await expect(pagesOf(await connect(), { cursor: 'abc' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });

  it('keeps the identity of a file that is read, and changes it with content, time or inode', async () => {
    await put('a.csv', 'content');
    const key = async () => (await pagesOf(await connect()))[0]?.units[0]?.key;
    const first = await key();
    expect(await key()).toBe(first);
    await utimes(join(folder.path, 'a.csv'), 1_700_000_000.5, 1_700_000_000.5);
    const touched = await key();
    expect(touched).not.toBe(first);
    await put('b.csv', 'content');
    await utimes(join(folder.path, 'b.csv'), 1_700_000_000.5, 1_700_000_000.5);
    await rename(join(folder.path, 'b.csv'), join(folder.path, 'a.csv'));
    expect(await key()).not.toBe(touched);
  });

  it('ends with an error when the folder disappears', async () => {
    const session = await connect();
    await rm(folder.path, { recursive: true });
    await expect(pagesOf(session)).rejects.toMatchObject({ code: 'SOURCE_NOT_FOUND', recovery: { kind: 'fix-input' } });
    expect(await session.check()).toMatchObject([{ code: 'SOURCE_NOT_FOUND', severity: 'error' }]);
    await mkdir(folder.path);
  });
});

describe('the path of localSource', () => {
  it('that does not exist is answered with the nearest names', async () => {
    await put('landing/a.csv');
    await put('archive/a.csv');
    const error = await connect({ path: join(folder.path, 'lannding', 'x') }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'SOURCE_NOT_FOUND', recovery: { kind: 'fix-input' } });
    expect(error).toMatchObject({ context: { nearest: [join(folder.path, 'landing'), join(folder.path, 'archive')] } });
    expect(String(error)).toContain(`In ${folder.path} there is: landing, archive.`);
  });

  it('that does not exist among many names is told to be one of many', async () => {
    for (let at = 10; at < 23; at += 1) await put(`folder-${at}/a.csv`);
    const error = await connect({ path: join(folder.path, 'folder-2') }).catch((thrown: unknown) => thrown);
    expect(String(error)).toMatch(/The nearest of 13 names in .*: folder-12, folder-20, folder-21\./);
  });

  it('may not leave the root: by dots, absolute, or through a link', async () => {
    await put('inside/a.csv');
    await put('outside/secret.csv');
    const root = join(folder.path, 'inside');
    await symlink(join(folder.path, 'outside'), join(root, 'link'));
    for (const path of [
      '..',
      '../outside',
      './x/../../outside',
      '/etc',
      join(folder.path, 'outside'),
      'link',
      'link/secret.csv',
    ]) {
      await expect(connect({ path }, root), path).rejects.toMatchObject({
        code: 'OPTIONS_INVALID',
        recovery: { kind: 'fix-input' },
      });
    }
    expect((await pagesOf(await connect({ path: '.' }, root)))[0]?.units).toHaveLength(1);
    expect((await pagesOf(await connect({ path: 'a.csv' }, root)))[0]?.units).toHaveLength(1);
    expect((await pagesOf(await connect({ path: root }, root)))[0]?.units).toHaveLength(1);
  });

  it('may be a link itself: what it leads to is the place', async () => {
    await put('real/a.csv');
    await symlink('real', join(folder.path, 'current'));
    const pages = await pagesOf(await connect({ path: join(folder.path, 'current') }));
    expect(pages[0]?.units[0]?.place).toBe(`file://${folder.path}/real/a.csv`);
  });

  it('that is neither folder nor file is refused', async () => {
    await expect(connect({ path: '/dev/null' })).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });

  it.each(['../*.csv', 'a/../b', '{..,a}/x', '/etc/*', 'C:\\x', './a', 'a//b', 'a/', '[', ''])(
    'the pattern %s is refused',
    async (pattern) => {
      await expect(connect({ pattern })).rejects.toThrow(/pattern/i);
    },
  );

  it('is told to other engines as a URL', async () => {
    await put('two words/a.csv');
    const session = await connect({ path: join(folder.path, 'two words') });
    expect(session.externalAccess()).toEqual({ kind: 'spark', uri: `file://${folder.path}/two%20words`, conf: {}, jars: [] });
  });
});
