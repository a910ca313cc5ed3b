import { randomInt } from 'node:crypto';
import { nodeEnvironment } from '@calve/core/node';
import { completeLimits, type DecodeProcesses } from '@calve/core/plugin';
import { csvFormat } from '@calve/format-csv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FILE_CODES } from './judge-outcome.ts';
import { type Tally, tallyText } from './mutation-tally.ts';
import { MUTATORS, randomMutant } from './random-mutant.ts';
import { runMutant } from './run-mutant.ts';
import { problemReport, replayCommand, runMutants } from './run-thread.ts';

/** Turns of every mutator with seeds that stay the same, and with some that nobody has seen yet. */
const FIXED_TURNS = 180;
const FRESH_TURNS = 20;
/** Every so many fixed seeds one mutant is decoded in a process of its own, too. */
const ISOLATED_EVERY = 37;

const replayed = process.env['CALVE_MUTATION_SEED'];
const fixedSeeds = Array.from({ length: FIXED_TURNS * MUTATORS.length }, (_, seed) => seed);

function chosenSeeds(): number[] {
  if (replayed !== undefined) return [Number(replayed)];
  const first = randomInt(fixedSeeds.length, 2 ** 31 - FRESH_TURNS * MUTATORS.length);
  return [...fixedSeeds, ...Array.from({ length: FRESH_TURNS * MUTATORS.length }, (_, at) => first + at)];
}

describe('mutants of CSV files', () => {
  let tally: Tally | null = null;

  it('are read or refused as the contract says: typed, positioned, bounded, in plain words, without a loss', async () => {
    const result = await runMutants(chosenSeeds());
    tally = result.tally;
    expect(problemReport(result.problems)).toBe('');
    expect(result.failure).toBeNull();
  });

  it.runIf(replayed === undefined)('visit every mutator and every code with which a file can be refused', () => {
    process.stdout.write(`${tally === null ? 'No summary.' : tallyText(tally)}\n`);
    expect(tally?.mutants).toBeGreaterThanOrEqual(20_000);
    expect(Object.keys(tally?.byMutator ?? {})).toHaveLength(MUTATORS.length);
    expect(tally?.compared).toBeGreaterThan(5000);
    // A ratio counts from 64 MiB of content on only.
    const reached = new Set([...Object.keys(tally?.verdicts ?? {}), ...Object.keys(tally?.runs ?? {})]);
    expect(FILE_CODES.filter((code) => code !== 'LIMIT_RATIO' && !reached.has(code))).toEqual([]);
  });
});

describe('a decoder in a process of its own', () => {
  let processes: DecodeProcesses;

  beforeAll(() => {
    const { decodeProcesses } = nodeEnvironment();
    if (!decodeProcesses) throw new Error('the environment of Node has no decode processes');
    processes = decodeProcesses(completeLimits());
  });

  afterAll(() => processes?.close());

  it('gives the same outcome for every mutant', async () => {
    const { module, exportName, config } = csvFormat().decoder;
    const seeds = replayed === undefined ? fixedSeeds.filter((seed) => seed % ISOLATED_EVERY === 0) : [Number(replayed)];
    const problems: string[] = [];
    for (const seed of seeds) {
      const other = processes.decoder({ module, exportName, config });
      const report = await runMutant(randomMutant(seed), { pieces: false, wholeRun: false, other });
      for (const problem of report.problems) problems.push(`${replayCommand(seed)}\n  ${problem.slice(0, 800)}`);
    }
    expect(problems.join('\n')).toBe('');
    if (replayed === undefined) expect(seeds.length).toBeGreaterThanOrEqual(500);
  });
});
