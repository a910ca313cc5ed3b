import { memoryState } from '@calve/core';
import { memorySink } from '@calve/testkit';
import { describe, expect, it } from 'vitest';
import { ended, MemoryWorld, rowsOf, TABLE } from './memory-world.ts';

/** Three commits: two files, one file with a broken record, one file. */
async function loaded(): Promise<MemoryWorld> {
  const world = new MemoryWorld();
  world.files['a.csv'] = rowsOf(1);
  world.files['b.csv'] = rowsOf(2, 3);
  await world.run();
  world.files['c.csv'] = `${rowsOf(4)}5,too,many\n`;
  await world.run({ limits: { maxRejectedRatio: 1 } });
  world.files['d.csv'] = rowsOf(6);
  await world.run();
  return world;
}

async function history(world: MemoryWorld, page: { limit?: number; before?: number } = {}) {
  await using calve = world.calve();
  return await calve.history(world.spec(), page);
}

describe('the history of a ledger', () => {
  it('tells each commit, newest first, with its counts and snapshots', async () => {
    const world = await loaded();
    const snapshots = world.sink.snapshots(TABLE).map(({ id }) => id);
    const { commits, ...rest } = await history(world);
    expect(rest).toEqual({ ingestion: 'orders', state: 'memory', table: TABLE, next: null });
    expect(commits.map(({ sequence, units, isInLedger, difference }) => ({ sequence, units, isInLedger, difference }))).toEqual(
      [3, 2, 1].map((sequence) => ({ sequence, units: sequence === 1 ? 2 : 1, isInLedger: true, difference: null })),
    );
    expect(commits.map(({ counts }) => counts?.['main'])).toMatchObject([
      { read: 1, written: 1 },
      { read: 2, written: 1, rejected: 1 },
      { read: 3, written: 3 },
    ]);
    expect(commits.map(({ outputs }) => outputs['main'])).toEqual(
      [...snapshots].reverse().map((snapshot) => ({ snapshot, state: 'live' })),
    );
    expect(commits.map(({ outputs }) => outputs['rejected']?.state)).toEqual(['none', 'live', 'none']);
    expect(new Set(commits.map(({ commitId }) => commitId)).size).toBe(3);
  });

  it('tells what a commit did then, and which of its files were replaced since', async () => {
    const world = new MemoryWorld();
    const replace = { onChanged: 'replace' as const };
    world.files['a.csv'] = rowsOf(1, 2, 3);
    world.files['b.csv'] = rowsOf(4);
    await world.run(replace);
    world.files['a.csv'] = rowsOf(5);
    await world.run(replace);
    const told = async () =>
      (await history(world)).commits.map(({ units, counts, replacedSince }) => ({ units, ...counts?.['main'], replacedSince }));
    expect(await told()).toMatchObject([
      { units: 1, written: 1, replaced: 3, replacedSince: null },
      { units: 2, written: 4, replaced: 0, replacedSince: { units: 1, rows: 3 } },
    ]);
    // The earlier version has its record back, now of the third commit.
    world.files['a.csv'] = rowsOf(1, 2, 3);
    await world.run(replace);
    const [third, second, first] = await told();
    expect(third).toMatchObject({ units: 1, written: 3, replaced: 1, replacedSince: null });
    expect(second).toMatchObject({ units: 1, written: 1, replacedSince: { units: 1, rows: 1 } });
    expect(first).toEqual({ units: 2, replacedSince: null });
  });

  it('comes in pages', async () => {
    const world = await loaded();
    const first = await history(world, { limit: 2 });
    expect({ next: first.next, sequences: first.commits.map(({ sequence }) => sequence) }).toEqual({
      next: 2,
      sequences: [3, 2],
    });
    const second = await history(world, { limit: 2, before: first.next! });
    expect({ next: second.next, sequences: second.commits.map(({ sequence }) => sequence) }).toEqual({
      next: null,
      sequences: [1],
    });
    expect((await history(world, { before: 1 })).commits).toEqual([]);
    for (const page of [{ limit: 0 }, { limit: 1001 }, { limit: 1.5 }, { before: Number.NaN }])
      await expect(history(world, page)).rejects.toMatchObject({ code: 'OPTIONS_INVALID' });
  });

  it('works from the table alone, and says that the ledger is missing', async () => {
    const world = await loaded();
    world.state = memoryState();
    const { commits } = await history(world);
    expect(commits).toHaveLength(3);
    for (const commit of commits) {
      expect(commit).toMatchObject({
        isInLedger: false,
        counts: null,
        difference: 'The table holds this commit, the ledger does not know it.',
      });
      expect(commit.units).toBeGreaterThan(0);
    }
  });

  it('works from the ledger alone, and says that the table is missing', async () => {
    const world = await loaded();
    world.sink = memorySink();
    const { commits } = await history(world);
    expect(commits.map(({ counts }) => counts?.['main']?.written)).toEqual([1, 1, 3]);
    for (const commit of commits) {
      expect(commit).toMatchObject({
        at: null,
        isInLedger: true,
        difference: 'The ledger knows this commit, the table does not.',
      });
      expect(commit.outputs['main']).toEqual({ snapshot: null, state: 'none' });
    }
  });

  it('says of a commit that was left open that it will be settled', async () => {
    const world = await loaded();
    world.files['e.csv'] = rowsOf(7);
    world.sink.faults.push('lost-after');
    await using impatient = world.calve({ commitPatienceMilliseconds: 0 });
    await ended(impatient.run(world.spec()));
    expect((await history(world)).commits[0]).toMatchObject({
      sequence: 4,
      isInLedger: false,
      outputs: { main: { state: 'live' } },
      difference: 'An earlier run left this commit open; the next one settles it.',
    });
  });

  it('of an ingestion that never ran is empty', async () => {
    expect(await history(new MemoryWorld())).toMatchObject({ commits: [], next: null });
  });

  it('counts a file once that was touched later', async () => {
    const world = await loaded();
    world.touched.set('d.csv', 1);
    await world.run();
    expect((await history(world)).commits[0]).toMatchObject({ sequence: 3, units: 1, counts: { main: { written: 1 } } });
  });

  it('goes on over a reset: what the ledger forgot is known from the table', async () => {
    const world = await loaded();
    await using calve = world.calve();
    await calve.reset(world.spec(), { fromNow: true });
    world.files['e.csv'] = rowsOf(7);
    await world.run();
    const { commits } = await history(world);
    expect(commits.map(({ sequence, units, counts }) => [sequence, units, counts?.['main']?.written ?? null])).toEqual([
      [4, 1, 1],
      [3, 1, null],
      [2, 1, null],
      [1, 2, null],
    ]);
    expect(commits.every(({ difference }) => difference === null)).toBe(true);
  });
});
