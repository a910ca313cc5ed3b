import { statfsSync } from 'node:fs';
import { rename, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeEnvironment } from '@calve/core/node';
import type { ListingNotes, ObjectSession, ObjectUnit } from '@calve/core/plugin';
import { testContext } from '@calve/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localSource } from '../src/index.ts';
import { startFolder } from './start-folder.ts';

let folder: Awaited<ReturnType<typeof startFolder>>;
let kept: Map<string, string>;
let hashed = 0;
const notes: ListingNotes = { recall: async () => new Map(kept), keep: (place, note) => void kept.set(place, note) };
/** Elsewhere every file is read each time, and the cases about content hold all the same. */
const isHonest = [0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x794c7630].includes(
  statfsSync(process.env['TMPDIR'] ?? '/tmp').type,
);

beforeEach(async () => {
  folder = await startFolder();
  kept = new Map();
});
afterEach(async () => {
  await folder.stop?.();
});

/** The units of a listing with notes, by a clock that is so far ahead; `hashed` counts the files that were read. */
async function list(aheadMilliseconds = 10_000): Promise<ObjectUnit[]> {
  hashed = 0;
  const real = nodeEnvironment();
  const environment = {
    ...real,
    now: () => Date.now() + aheadMilliseconds,
    sha256: () => {
      hashed += 1;
      return real.sha256();
    },
  };
  const source = localSource();
  const checked = await source.options['~standard'].validate({ path: folder.path });
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
    await folder.put('a.csv', Buffer.from('content'), Date.now());
    await list(0);
    await list(0);
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
