import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pyIcebergRowReader, type RowReader } from '@calve/testkit/torture';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runMain } from '../../packages/cli/test/run-main.ts';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';
import { type DiskError, type FaultyEnd, FaultyShell, missingFaultyDisk } from './faulty-shell.ts';
import { FaultyWorld, placeOf } from './faulty-world.ts';
import { requireOfMachine } from './require-machine.ts';

/** All calls instead of the first and the last of each row of equal ones: `CALVE_EVERY_WRITE=1 ./dev test test/machine/full-disk.test.ts`. */
const isEvery = process.env['CALVE_EVERY_WRITE'] === '1';

const CODES = [
  'CHECKPOINT_UNAVAILABLE',
  'CHECKPOINT_OUTCOME_UNKNOWN',
  'ICEBERG_DISK_FULL',
  'ICEBERG_FILE_ACCESS_DENIED',
  'ICEBERG_FILE_UNAVAILABLE',
  'ICEBERG_CATALOG_UNAVAILABLE',
  'COMMIT_STATE_UNKNOWN',
  'COMMIT_REFUSED',
];

const WORDS: Readonly<Record<DiskError, RegExp>> = {
  ENOSPC: /the disk is full; make room on it, then run again/,
  EROFS: /read-only|may not be written|allow writing|cannot be opened|the disk reported an error/,
  EIO: /EIO|the disk reported an error|cannot be opened/,
};

/** Every place that a run writes to. */
const PLACES = [
  ...['folder', 'state', 'state-wal', 'state-shm', 'catalog', 'catalog-journal'],
  ...['data file', 'manifest', 'manifest list', 'metadata file'].flatMap((place) => [place, `rejected rows: ${place}`]),
];

/** Numbers of the calls at which the disk shall fail. @param step Of them each nth one. */
function chosen(calls: readonly string[], step: number): number[] {
  const kinds = calls.map((call) => `${call.split(' ')[1]} ${placeOf(call)}`);
  if (isEvery) return kinds.map((_, at) => at + 1);
  const ends = kinds.flatMap((kind, at) => (kind !== kinds[at - 1] || kind !== kinds[at + 1] ? [at + 1] : []));
  return ends.filter((_, at) => at % step === 0);
}

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

  function expectPlain(end: FaultyEnd, error: DiskError, world: FaultyWorld, place: string): void {
    const { error: told } = JSON.parse(end.stdout) as { error: { code: string } };
    expect(CODES, place).toContain(told.code);
    expect(end.code, place).toBe(1);
    expect(end.stderr, place).toMatch(WORDS[error]);
    expect(end.stderr, place).toContain(world.disk);
    expect(end.stderr, place).toContain('What to do: ');
    expect(end.stderr, place).not.toMatch(/defect|^\s+at |undefined/m);
  }

  /** @param before First ids of files that are loaded before the disk begins to fail. */
  async function everyWrite(error: DiskError, before: readonly number[], step = 1): Promise<Set<string>> {
    using world = new FaultyWorld();
    const all = [...before, 11].flatMap((first) => [first, first + 1, first + 2]);
    const known = all.slice(0, -3);
    const places = new Set<string>();
    const tried: string[] = [];
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
      for (const at of chosen(whole.calls, step)) {
        const lake = `at-${at}`;
        await prepare(lake);
        const end = await shell.calve(world.words(lake), world.path, at, error);
        world.keepCatalog(lake);
        tried.push(lake);
        if (end.failed === 0) continue;
        const call = end.calls[at - 1] ?? '';
        places.add(placeOf(call));
        // What fails after the last commit does no harm: what is in the log of the state is durable.
        if (end.code !== 0) expectPlain(end, error, world, `${error} at ${call}`);
        else expect(await count(world, lake, true), call).toEqual(all);
      }
    }
    for (const lake of tried) {
      const meanwhile = await count(world, lake, true);
      // The rows of a file and its rejected rows are in two tables, hence in two commits.
      expect(
        [known, all.slice(0, -1), all].map((ids) => ids.join()),
        lake,
      ).toContain(meanwhile.filter((id) => all.includes(id)).join());
      const { code, stderr } = await runMain(world.words(lake), world.path);
      expect(code, `${lake}: ${stderr}`).toBe(0);
      expect(await count(world, lake), lake).toEqual(all);
    }
    process.stdout.write(
      `${error}, ${before.length} commits before: ${tried.length} writes failed, at ${[...places].sort().join(', ')}\n`,
    );
    return places;
  }

  it('full, in a first run: each place is named, and when room is made the next run finishes with every row once', async () => {
    const places = await everyWrite('ENOSPC', []);
    for (const place of PLACES) expect([...places], place).toContain(place);
  });

  it('full, in a later run', async () => {
    const places = await everyWrite('ENOSPC', [1]);
    for (const place of PLACES) expect([...places].includes(place) || place === 'folder' || place === 'state', place).toBe(true);
  });

  it.each<[DiskError, string]>([
    ['EIO', 'broken'],
    ['EROFS', 'mounted read-only in the middle'],
  ])('%s: %s, in a first and in a later run', async (error) => {
    await everyWrite(error, [], 9);
    await everyWrite(error, [1], 9);
  });
});

describe.runIf(isHere)('a disk that is full', () => {
  it('when a plan is written: no plan is left that could be taken for one, and the next one is whole', async () => {
    using world = new FaultyWorld();
    world.put('lake', 1);
    const output = join(world.disk, 'plan.json');
    const words = world.words('lake', 'plan', ['--output', output]);
    await using shell = new FaultyShell(join(world.path, 'shell'), world.disk);
    const whole = await shell.calve(words, world.path);
    expect(whole.calls.map((call) => call.split(' ').slice(1).join(' '))).toEqual([`create ${output}`, `write ${output}`]);
    for (const before of ['an earlier plan', null]) {
      if (before === null) rmSync(output);
      const { code, stderr } = await shell.calve(words, world.path, 1);
      expect(code).toBe(30);
      expect(stderr).toMatch(
        /the plan cannot be written to \S+plan\.json: the disk is full; make room on it, or name another file/,
      );
      expect(existsSync(output) ? readFileSync(output, 'utf8') : '').toBe('');
      expect((await runMain(['apply', output, world.lake('lake')], world.path)).code).not.toBe(0);
    }
    expect((await shell.calve(words, world.path)).code).toBe(0);
    expect((await runMain(['explain', output], world.path)).code).toBe(0);
  });
});
