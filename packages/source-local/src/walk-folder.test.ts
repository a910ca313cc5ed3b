import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type WalkedEntry, walkFolder } from './walk-folder.ts';

const FILES = ['a/1', 'a/b/2', 'a!b', 'a-', 'a0', 'a%', 'ab/3', 'é', 'z z/4', 'left/5', 'left!', 'left0/6'];
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'calve-walk-'));
  for (const name of FILES) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), '');
  }
});
afterAll(() => rm(root, { recursive: true }));

const enters = (folder: WalkedEntry) => folder.path !== 'left';

async function walk(after: string): Promise<string[]> {
  const order: string[] = [];
  for await (const entry of walkFolder(root, { after, enters }))
    order.push(entry.kind === 'folder' ? `${entry.encoded}/` : entry.encoded);
  return order;
}

describe('walkFolder', () => {
  it('goes in code unit order, and gives the folders that it does not enter', async () => {
    const all = await walk('');
    expect(all).toHaveLength(FILES.length);
    expect(all).toContain('left/');
    expect(all).toEqual([...all].sort());
  });

  it('goes on behind any entry with exactly the rest', async () => {
    const all = await walk('');
    for (const [index, after] of all.entries()) expect(await walk(after), after).toEqual(all.slice(index + 1));
  });

  it('goes on behind an entry that is gone', async () => {
    const all = await walk('');
    for (const after of ['a/b/1x', 'a.', 'ab/', 'left/zzz', '~'])
      expect(await walk(after), after).toEqual(all.filter((entry) => entry > after));
  });
});
