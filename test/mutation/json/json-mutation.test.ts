import { randomInt } from 'node:crypto';
import { ROW_CODES } from '@calve/core/plugin';
import { describe, expect, it } from 'vitest';
import { randomJsonMutant } from './json-mutant.ts';
import { JSON_MUTATORS } from './json-mutators.ts';
import { JSON_FILE_CODES, judgeMutant } from './judge-json.ts';

/** Turns of every mutator with seeds that stay the same, and with some that nobody has seen yet. */
const FIXED_TURNS = 100;
const FRESH_TURNS = 15;
/** Every so many seeds one mutant is read in other pieces too. */
const IN_PIECES_EVERY = 20;

const replayed = process.env['CALVE_JSON_MUTATION_SEED'];

function chosenSeeds(): number[] {
  if (replayed !== undefined) return [Number(replayed)];
  const fixed = Array.from({ length: FIXED_TURNS * JSON_MUTATORS.length }, (_, seed) => seed);
  const first = randomInt(fixed.length, 2 ** 31 - FRESH_TURNS * JSON_MUTATORS.length);
  return [...fixed, ...Array.from({ length: FRESH_TURNS * JSON_MUTATORS.length }, (_, at) => first + at)];
}

describe('mutants of JSON files', () => {
  const verdicts = new Map<string, number>();
  const raise = (name: string, by = 1): void => void verdicts.set(name, (verdicts.get(name) ?? 0) + by);

  it('are read or refused as the contract says: typed, positioned, bounded, in plain words, and as JSON.parse reads them', async () => {
    const problems: string[] = [];
    for (const seed of chosenSeeds()) {
      const mutant = randomJsonMutant(seed);
      const judged = await judgeMutant(mutant, seed % IN_PIECES_EVERY === 0 || replayed !== undefined).catch(
        (error: unknown) => ({
          verdict: 'untyped error',
          rejectedCodes: [],
          compared: 0,
          problems: [error instanceof Error ? (error.stack ?? error.message) : String(error)],
        }),
      );
      raise(judged.verdict);
      raise('compared', judged.compared);
      for (const code of judged.rejectedCodes) raise(code);
      if (judged.problems.length === 0) continue;
      const { mutators, options, limits, bytes } = mutant;
      problems.push(
        `CALVE_JSON_MUTATION_SEED=${seed} ./dev test test/mutation/json\n  ${judged.problems.slice(0, 3).join('\n  ').slice(0, 1500)}\n` +
          `  ${mutators.join(', ')}; ${JSON.stringify([options, limits])}\n  ${JSON.stringify(Buffer.from(bytes.subarray(0, 600)).toString('latin1'))}`,
      );
      if (problems.length >= 10) break;
    }
    expect(problems.join('\n')).toBe('');
  });

  it.runIf(replayed === undefined)('visit every code with which a file or a record can be refused', () => {
    process.stdout.write(`JSON mutants: ${[...verdicts].map(([name, count]) => `${count} ${name}`).join(', ')}.\n`);
    const rows = Object.values(ROW_CODES).filter((code) => code !== ROW_CODES.structure && code !== ROW_CODES.tokenCount);
    // Only what a sample did not meet misses its structure; a signature of another format takes four bytes by chance, and a value behind a
    // document has to be where the sample is not.
    const rare = ['JSON_NOT_TEXT', 'JSON_FRAMING_AMBIGUOUS'];
    const usual = JSON_FILE_CODES.filter((code) => !rare.includes(code));
    expect([...rows, ...usual].filter((code) => !verdicts.has(code))).toEqual([]);
    expect(verdicts.get('compared')).toBeGreaterThan(5000);
  });
});
