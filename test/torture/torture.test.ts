import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  isWhole,
  placesTable,
  pyIcebergRowReader,
  type RowReader,
  type TortureAdapter,
  type TortureResult,
  torture,
} from '@calve/testkit/torture';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readersStatus } from '../readers/readers-status.ts';
import { requireTier } from '../readers/require-tier.ts';
import { calveAdapter, calveLabels, calveRewriteAdapter, laterLabels, naiveAdapter, pyIcebergAdapter } from './adapters.ts';

/** Fixed, so that a failure here is repeated by the command that it prints; `./dev torture` draws another one each time. */
const SEED = 20260305;
const KILLS = 300;
const ROWS_OF_A_BATCH = 8;

it('the sources have steps in prepare and in send of the sink, and around them in core', () => {
  for (const part of ['iceberg.prepare.', 'iceberg.send.', 'core.apply.', 'core.commit.']) {
    expect(calveLabels.filter((label) => label.startsWith(part)).length, part).toBeGreaterThan(0);
  }
});

describe.runIf(requireTier('python'))('killed with kill -9, counted by PyIceberg', () => {
  let folder: string;
  let reader: RowReader;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'calve-torture-'));
    reader = pyIcebergRowReader(readersStatus().python.path!);
  });
  afterAll(async () => {
    await reader?.[Symbol.asyncDispose]();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const run = (adapter: TortureAdapter, kills: number, lanes = 2): Promise<TortureResult> =>
    torture(adapter, { seed: SEED, kills, lanes, folder, reader });
  /** The adapter as it is when it only dies at one of its steps, besides random times. */
  const dyingAt = (adapter: TortureAdapter, label: string): TortureAdapter => ({
    ...adapter,
    stop: { ...adapter.stop!, labels: [label] },
  });

  it(`Calve: ${KILLS} kills at every step and at random times, and every record is there once (R126, R135)`, async () => {
    const result = await run(calveAdapter(), KILLS);
    process.stdout.write(`${placesTable(result)}\n`);
    const again = `./dev torture --kills ${KILLS} --seed ${SEED}`;
    expect(result.failures, again).toEqual([]);
    expect(result.damaged, again).toEqual([]);
    expect(isWhole(result), again).toBe(true);
    expect(result.unfinished, 'lakes in which the run after a crash left something to do').toBe(0);
    expect(result.kills).toBeGreaterThanOrEqual(KILLS);
    for (const label of calveLabels) expect(result.places.steps[label] ?? 0, `${label} was never visited`).toBeGreaterThan(0);
    // The first process of a lake makes the tables; what it passes once per output is killed at both.
    const ofFirsts = calveLabels.filter((label) => !laterLabels.includes(label));
    for (const label of ofFirsts) expect(result.places.firsts[label] ?? 0, `${label} in a first run`).toBeGreaterThan(0);
    expect(Object.keys(result.places.firsts)).toContain('iceberg.send.pointer#2');
    const atRandomTimes = Object.values(result.places.times).reduce((sum, kills) => sum + kills, 0);
    expect(atRandomTimes).toBeGreaterThan(KILLS / 5);
  }, 1_200_000);

  it('Calve, killed amid processes that make several commits: every record is there once', async () => {
    const result = await torture(calveAdapter(1), { seed: SEED, kills: 30, filesPerStart: 4, lanes: 2, folder, reader });
    expect(result.failures).toEqual([]);
    expect(result.damaged).toEqual([]);
    expect(isWhole(result)).toBe(true);
    expect(result.kills).toBeGreaterThanOrEqual(30);
    expect(result.batches).toBeGreaterThanOrEqual(4 * result.kills);
  });

  it.each(['merge', 'replace', 'overwrite-partitions'] as const)(
    'Calve, killed while files that are sent again replace rows (%s): every record is there once',
    async (write) => {
      const result = await run(calveRewriteAdapter(write), 16);
      expect(result.failures).toEqual([]);
      expect(result.damaged).toEqual([]);
      expect(result).toMatchObject({ duplicates: 0, lost: 0, unknown: 0 });
      expect(result.kills).toBeGreaterThanOrEqual(16);
    },
    600_000,
  );

  it('the same files appended again are there twice without a single kill: they are really sent again', async () => {
    await expect(run(calveRewriteAdapter('append-again'), 2, 1)).rejects.toThrow(/of \d+ records \d+ rows were found/);
  });

  it('the naive writer, killed between its commit and its note: each time the file is loaded twice', async () => {
    const result = await run(dyingAt(naiveAdapter('commit-first'), 'naive.committed'), 6);
    const kills = result.places.steps['naive.committed'] ?? 0;
    expect(kills).toBeGreaterThan(0);
    expect(result.duplicates).toBeGreaterThanOrEqual(kills * ROWS_OF_A_BATCH);
    expect(result).toMatchObject({ lost: 0, unknown: 0, failures: [] });
  });

  it('the naive writer that notes first, killed between its note and its commit: each time the file is lost', async () => {
    const result = await run(dyingAt(naiveAdapter('note-first'), 'naive.noted'), 6);
    const kills = result.places.steps['naive.noted'] ?? 0;
    expect(kills).toBeGreaterThan(0);
    expect(result.lost).toBeGreaterThanOrEqual(kills * ROWS_OF_A_BATCH);
    expect(result).toMatchObject({ duplicates: 0, unknown: 0, failures: [] });
  });

  it('PyIceberg with a list of done files, killed between its commit and its note: the file is loaded twice', async () => {
    const result = await run(dyingAt(pyIcebergAdapter(), 'pyiceberg.committed'), 2, 1);
    expect(result.places.steps['pyiceberg.committed']).toBeGreaterThan(0);
    expect(result.duplicates).toBeGreaterThanOrEqual(ROWS_OF_A_BATCH);
    expect(result).toMatchObject({ lost: 0, unknown: 0, failures: [] });
  });
});
