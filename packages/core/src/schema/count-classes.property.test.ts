import { beforeAll, describe, expect, it } from 'vitest';
import { arena, giveBytesBack, takeBytes } from '../columns/arena.ts';
import { withoutWebAssembly } from '../columns/web-assembly.ts';
import { projectionKernels } from '../projection/compiled-kernels.ts';
import { CellClassifier } from './classify-cell.ts';
import { StatisticsCollector } from './collect-statistics.ts';
import { countClasses, type SeenCells } from './count-classes.ts';

const encoder = new TextEncoder();
const plain = 0;
const quoted = 1;
const passedOver = 2;

beforeAll(async () => {
  await projectionKernels.open();
  expect(projectionKernels.current).not.toBeNull();
});

interface Random {
  /** A whole number from 0 on, below `limit`. */
  below(limit: number): number;
}

/** xorshift32: https://www.jstatsoft.org/article/view/v008i14 */
function seededRandom(seed: number): Random {
  let state = seed | 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return { below: (limit) => next() % limit };
}

/** What columns are made of: some of a kind, so that most cells are like others. */
const kinds: ((random: Random) => string)[] = [
  (random) => String(random.below(100_000) - 50_000),
  (random) => `${random.below(1_000)}.${String(random.below(1_000)).padStart(random.below(4), '0')}`,
  (random) => `1844674407${String(random.below(1e9)).padStart(7 + random.below(3), '0')}`,
  (random) => `${random.below(3)}.${String(random.below(1e9))}${String(random.below(1e9))}`,
  (random) => `90071992547409${90 + random.below(5)}${['', '.0', '.50', '.5'][random.below(4)]}`,
  (random) => `0.${'0'.repeat(random.below(6))}${random.below(1e6)}${'0'.repeat(random.below(4))}`,
  (random) => `2024-0${1 + random.below(9)}-${10 + random.below(25)}`,
  (random) => `2024-02-0${random.below(10)}${'T '[random.below(2)]}1${random.below(10)}:${10 + random.below(60)}:59`,
  (random) => `2024-02-03T10:11:12.${random.below(1e6)}${['', 'Z', '+02:00', '-19:00', '+0200'][random.below(5)]}`,
  (random) => ['true', 'False', 'TRUE', 'tru', 'falsy', 'yes'][random.below(6)]!,
  (random) => ['word', 'two words', 'Ærø', 'x', '{"a":1}', 'same'][random.below(6)]!,
  (random) => ['1.234,50', '1 234', '03.02.2024', '12/31/2024', '1,5'][random.below(5)]!,
  (random) =>
    ['', '-', '-0', '+1', '.5', '5.', '007', '0000-01-01', '1e5', '1E-400', 'NaN', '--1', '1-', '9'.repeat(40), '12:30'][
      random.below(15)
    ]!,
];

/** A column whose cells stand in the arena. */
function columnOf(random: Random, rows: number): { cells: SeenCells; block: Uint8Array } {
  const kind = kinds[random.below(kinds.length)]!;
  const rare = random.below(20);
  const texts = Array.from({ length: rows }, () =>
    encoder.encode((random.below(20) < rare / 6 ? kinds[random.below(kinds.length)]! : kind)(random)),
  );
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  const block = takeBytes(rows * 9 + total);
  const starts = new Uint32Array(block.buffer, block.byteOffset, rows);
  const ends = new Uint32Array(block.buffer, block.byteOffset + rows * 4, rows);
  const states = block.subarray(rows * 8, rows * 9);
  const bytes = block.subarray(rows * 9);
  let at = 0;
  texts.forEach((text, row) => {
    bytes.set(text, at);
    starts[row] = at;
    at += text.length;
    ends[row] = at;
    states[row] = random.below(10) === 0 ? passedOver : random.below(2);
  });
  return { cells: { bytes, starts, ends, states, rows, plain }, block };
}

/** What a collector knows after some batches, as JSON. */
function statisticsOf(batches: readonly SeenCells[], isJson: boolean): string {
  const collector = new StatisticsCollector('column', 'unit', new CellClassifier());
  let before = 0;
  for (const cells of batches) {
    const first = before;
    const seen = isJson ? { ...cells, quoted } : cells;
    collector.addCells(seen, { positionOf: (row) => ({ unit: '', record: first + row }) });
    before += cells.rows;
  }
  return JSON.stringify(collector.finish());
}

describe('cells that are counted by compiled code', () => {
  it.each([
    ['of a delimited file', false],
    ['of JSON', true],
  ])('%s tell exactly what they tell when each is looked at', (_, isJson) => {
    const seed = Number(process.env['CALVE_SEED'] ?? Math.floor(Math.random() * 1e6));
    const random = seededRandom(seed);
    const inUse = arena()?.bytesInUse;
    for (let column = 0; column < 400; column++) {
      const batches = Array.from({ length: 1 + random.below(3) }, () => columnOf(random, 64 + random.below(200)));
      const cells = batches.map((batch) => batch.cells);
      const compiled = statisticsOf(cells, isJson);
      const alone = withoutWebAssembly(() => statisticsOf(cells, isJson));
      expect(compiled, `CALVE_SEED=${seed}, column ${column}`).toBe(alone);
      for (const { block } of batches) giveBytesBack(block);
    }
    expect(arena()?.bytesInUse).toBe(inUse);
  });

  it('are mostly not looked at', () => {
    const random = seededRandom(3);
    const { cells, block } = columnOf(
      { ...random, below: (limit: number) => random.below(limit === kinds.length ? 1 : limit) },
      1_000,
    );
    expect(countClasses(cells, true)?.rows.length).toBeLessThan(100);
    giveBytesBack(block);
  });
});
