import { statfsSync } from 'node:fs';
import { rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { nodeEnvironment } from '@calve/core/node';
import type { ListingNotes, ObjectSession, ObjectUnit } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LocalOptionsInput, localSource } from '../src/index.ts';
import { startFolder } from './start-folder.ts';

let folder: Awaited<ReturnType<typeof startFolder>>;
let kept: Map<string, string>;
let hashed = 0;
const notes: ListingNotes = {
  recall: async ({ from, until }) => new Map([...kept].filter(([place]) => place >= from && place <= until)),
  keep: (place, note) => void kept.set(place, note),
  forget: (place) => void kept.delete(place),
};
/** Elsewhere every file is read each time, and the cases about content hold all the same. */
const isHonest = [0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x794c7630].includes(statfsSync(tmpdir()).type);

beforeEach(async () => {
  folder = await startFolder();
  kept = new Map();
});
afterEach(async () => {
  await folder.stop?.();
});

/** The units of a listing with notes, at a time that is some seconds ahead by default; `hashed` counts the files that were read. */
async function list(now = Date.now() + 10_000, options: LocalOptionsInput = { path: folder.path }): Promise<ObjectUnit[]> {
  hashed = 0;
  const real = nodeEnvironment();
  const environment = {
    ...real,
    now: () => now,
    sha256: () => {
      hashed += 1;
      return real.sha256();
    },
  };
  const source = localSource();
  const checked = await source.options['~standard'].validate(options);
  if (checked.issues) throw new Error(checked.issues[0]?.message);
  const session = (await source.connect(checked.value, testContext({ environment }))) as ObjectSession;
  const units: ObjectUnit[] = [];
  for await (const page of session.list({ signal: new AbortController().signal, notes })) units.push(...page.units);
  return units;
}

describe('a listing with notes', () => {
  it('gives the same units as without, and reads each file once', async () => {
    for (let index = 0; index < 40; index++) await folder.put(`${index}.csv`, Buffer.from(`row ${index}`));
    const first = await list();
    expect(hashed).toBe(40);
    expect(await list()).toEqual(first);
    expect(hashed).toBe(isHonest ? 0 : 40);
    kept.clear();
    expect(await list()).toEqual(first);
    expect(hashed).toBe(40);
  });

  it('reads again what was written just now', async () => {
    const written = Date.now();
    await folder.put('a.csv', Buffer.from('content'), written);
    await list(written);
    await list(written);
    expect(hashed).toBe(1);
    expect(kept.size).toBe(0);
  });

  it.each([
    ['rewritten in place', (path: string) => writeFile(path, 'CONTENT')],
    [
      'replaced by another one',
      async (path: string) => {
        await writeFile(`${path}.part`, 'CONTENT');
        await rename(`${path}.part`, path);
      },
    ],
  ])('sees a file that is %s with the same size and its old time', async (_name, change) => {
    await folder.put('a.csv', Buffer.from('content'));
    const path = join(folder.path, 'a.csv');
    const [before] = await list();
    await list();
    const { atime, mtime } = await stat(path);
    await change(path);
    await utimes(path, atime, mtime);
    const [after] = await list();
    expect(after?.sizeBytes).toBe(before?.sizeBytes);
    expect(after?.modifiedAt).toBe(before?.modifiedAt);
    expect(after?.key).not.toBe(before?.key);
    expect(after?.fingerprint).not.toBe(before?.fingerprint);
  });

  it('forgets files that are gone, wherever they stood, and none that it only leaves out', async () => {
    for (const name of ['a.csv', 'b.csv', 'm/1.csv', 'm/2.csv', 'y.csv', 'z é.csv']) await folder.put(name, Buffer.from(name));
    await list();
    const noted = () => [...kept.keys()].map((place) => decodeURI(place.slice(place.lastIndexOf('/') + 1))).sort();
    const all = isHonest ? ['1.csv', '2.csv', 'a.csv', 'b.csv', 'y.csv', 'z é.csv'] : [];
    expect(noted()).toEqual(all);
    await list(undefined, { path: folder.path, recursive: false });
    await list(undefined, { path: join(folder.path, 'm') });
    await list(undefined, { path: join(folder.path, 'b.csv') });
    expect(noted()).toEqual(all);
    for (const name of ['a.csv', 'm/2.csv', 'z é.csv']) await rm(join(folder.path, name));
    expect(await list()).toHaveLength(3);
    expect(noted()).toEqual(all.filter((name) => ['1.csv', 'b.csv', 'y.csv'].includes(name)));
    for (const name of ['b.csv', 'y.csv', 'm']) await rm(join(folder.path, name), { recursive: true });
    expect(await list()).toEqual([]);
    expect(noted()).toEqual([]);
  });

  it('takes no note of a file for one that moved to its place', async () => {
    await folder.put('a.csv', Buffer.from('one'));
    await folder.put('b.csv', Buffer.from('two'));
    const [one, two] = await list();
    await rename(join(folder.path, 'a.csv'), join(folder.path, 'c.csv'));
    await rename(join(folder.path, 'b.csv'), join(folder.path, 'a.csv'));
    const moved = await list();
    expect(moved.map(({ fingerprint }) => fingerprint)).toEqual([two?.fingerprint, one?.fingerprint]);
  });
});
