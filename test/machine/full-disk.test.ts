import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pyIcebergRowReader, type RowReader } from '@calve/testkit/torture';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../../packages/cli/test/run-main.ts';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';
import { chosen, expectPlain, isEvery } from './failing-call.ts';
import { type DiskError, FaultyShell, missingFaultyDisk } from './faulty-shell.ts';
import { FaultyWorld, memoryFolder, placeOf } from './faulty-world.ts';
import { requireOfMachine } from './require-machine.ts';

/** Every place that a run writes to. */
const PLACES = [
  ...['folder', 'state', 'state-wal', 'state-shm', 'catalog', 'catalog-journal'],
  ...['data file', 'manifest', 'manifest list', 'metadata file'].flatMap((place) => [place, `rejected rows: ${place}`]),
];

const isHere = requireOfMachine('disks that fail', missingFaultyDisk());

describe.runIf(requireTier('python') && isHere)('a disk that fails at its nth write, whichever that is', () => {
  let reader: RowReader;
  beforeAll(() => {
    reader = pyIcebergRowReader(readersStatus().python.path!);
  });
  afterAll(() => reader?.[Symbol.asyncDispose]());

  async function count(world: FaultyWorld, lake: string, kept = false): Promise<number[]> {
    const ids = await reader.ids(world.tables(lake, kept));
    return ids.sort((a, b) => a - b);
  }

  /**
   * @param before First ids of files that are loaded before the disk begins to fail.
   * @param choose Which of the calls fail, each in a lake of its own.
   */
  async function everyWrite(
    error: DiskError,
    before: readonly number[],
    choose: (calls: readonly string[]) => number[],
  ): Promise<Set<string>> {
    using world = new FaultyWorld(memoryFolder());
    const all = [...before, 11].flatMap((first) => [first, first + 1, first + 2]);
    // The rows of a file and its rejected rows are in two tables, hence in two commits.
    const possible = [all.slice(0, -3), all.slice(0, -1), all].map((ids) => ids.join());
    const places = new Set<string>();
    const tried: { lake: string; call: string; code: number }[] = [];
    {
      // Dies before room is made, as a process of a shell does: a lease that it could not give back holds up nobody.
      await using shell = new FaultyShell(join(world.path, 'shell'), world.disk);
      const prepare = async (lake: string): Promise<void> => {
        for (const first of before) {
          world.put(lake, first);
          expect((await shell.calve(world.words(lake), world.path)).code).toBe(0);
        }
        world.put(lake, 11);
      };
      await prepare('whole');
      const whole = await shell.calve(world.words('whole'), world.path);
      expect(whole.code, whole.stderr).toBe(0);
      for (const at of choose(whole.calls)) {
        const lake = `at-${at}`;
        await prepare(lake);
        const end = await shell.calve(world.words(lake), world.path, at, error);
        world.keepCatalog(lake);
        const call = end.calls[at - 1] ?? '';
        tried.push({ lake, call, code: end.code });
        if (end.failed === 0) continue;
        places.add(placeOf(call));
        if (end.code !== 0) expectPlain(end, error, world, `${error} at ${call}`);
      }
    }
    for (const { lake, call, code: failed } of tried) {
      const meanwhile = (await count(world, lake, true)).filter((id) => all.includes(id)).join();
      // What fails after the last commit does no harm: what is in the log of the state is durable.
      expect(failed === 0 ? [all.join()] : possible, `${error} at ${call}`).toContain(meanwhile);
      const { code, stderr } = await runMain(world.words(lake), world.path);
      expect(code, `${error} at ${call}: ${stderr}`).toBe(0);
      expect(await count(world, lake), `${error} at ${call}`).toEqual(all);
    }
    process.stdout.write(
      `${error}, ${before.length} commits before: ${tried.length} writes failed, at ${[...places].sort().join(', ')}\n`,
    );
    return places;
  }

  it('full, in a first run: each place is named, and when room is made the next run finishes with every row once', async () => {
    const places = await everyWrite('ENOSPC', [], (calls) => chosen(calls, 4));
    for (const place of PLACES) expect([...places], place).toContain(place);
  });

  it('full, in a later run', async () => {
    const places = await everyWrite('ENOSPC', [1], (calls) => chosen(calls, 3));
    for (const place of PLACES) expect([...places].includes(place) || place === 'folder' || place === 'state', place).toBe(true);
  });

  it.each<[DiskError, string]>([
    ['EIO', 'broken'],
    ['EROFS', 'mounted read-only in the middle'],
    ['EDQUOT', 'the quota of the user is used up'],
  ])('%s: %s, in a first and in a later run', async (error) => {
    const turn = ['EIO', 'EROFS', 'EDQUOT'].indexOf(error);
    const choose = (calls: readonly string[]) => chosen(calls, 1).filter((_, at) => isEvery || at % 3 === turn);
    await everyWrite(error, [], choose);
    await everyWrite(error, [1], choose);
  });
});

describe.runIf(isHere)('a disk that is full', () => {
  it.each<[string, string, string, number]>([
    ['the plan', 'plan', '--output', 30],
    ['the bundle', 'bundle', '--output', 30],
    ['the bundle', 'run', '--bundle', 0],
  ])(
    'when %s of calve %s is written: what was there before stays, no half of one is left, and the next one is whole',
    async (what, command, option, fails) => {
      using world = new FaultyWorld();
      world.put('lake', 1);
      const folder = join(world.disk, 'kept');
      mkdirSync(folder);
      const output = join(folder, 'a.json');
      const words = world.words('lake', command, [option, output]);
      await using shell = new FaultyShell(join(world.path, 'shell'), folder);
      const whole = await shell.calve(words, world.path);
      expect(whole.code, whole.stderr).toBe(0);
      expect(whole.calls.map((call) => call.split(' ')[1])).toEqual(['create', 'write', 'sync', 'rename']);
      for (const before of [readFileSync(output, 'utf8'), null]) {
        if (before === null) rmSync(output);
        for (const at of [1, 2, 3, 4]) {
          const { code, stderr } = await shell.calve(words, world.path, at);
          expect(code).toBe(fails);
          expect(stderr).toContain(
            `${option}: ${what} cannot be written to ${output}: the disk is full; make room on it, or name another file.`,
          );
          expect(readdirSync(folder)).toEqual(before === null ? [] : ['a.json']);
          if (before !== null) expect(readFileSync(output, 'utf8')).toBe(before);
        }
      }
      expect((await shell.calve(words, world.path)).code).toBe(0);
      expect(JSON.parse(readFileSync(output, 'utf8'))).toMatchObject({});
      if (command === 'plan') expect((await runMain(['explain', output], world.path)).code).toBe(0);
    },
  );
});
