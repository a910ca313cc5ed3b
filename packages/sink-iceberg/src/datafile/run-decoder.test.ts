import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RunDecoder } from './run-decoder.ts';

/** A run of one number, or eight numbers with their bits packed, lowest first. */
type Run = { repeated: number; count: number } | { packed: number[] };

function encoded(runs: readonly Run[], width: number): Uint8Array {
  const bytes: number[] = [];
  for (const run of runs) {
    const header = 'packed' in run ? ((run.packed.length / 8) << 1) | 1 : run.count << 1;
    for (let rest = header; ; rest >>>= 7) {
      bytes.push(rest < 0x80 ? rest : (rest & 0x7f) | 0x80);
      if (rest < 0x80) break;
    }
    const bits =
      'packed' in run
        ? run.packed.reduceRight((all, number) => (all << BigInt(width)) | BigInt(number), 0n)
        : BigInt(run.repeated);
    const length = 'packed' in run ? (run.packed.length * width) / 8 : Math.ceil(width / 8);
    for (let at = 0; at < length; at++) bytes.push(Number((bits >> BigInt(at * 8)) & 0xffn));
  }
  return Uint8Array.from(bytes);
}

const runs = fc.integer({ min: 1, max: 24 }).chain((width) => {
  const number = fc.integer({ min: 0, max: 2 ** width - 1 });
  const packed = fc
    .integer({ min: 1, max: 3 })
    .chain((groups) => fc.array(number, { minLength: groups * 8, maxLength: groups * 8 }));
  return fc.record({
    width: fc.constant(width),
    runs: fc.array(
      fc.oneof(
        fc.record({ repeated: number, count: fc.integer({ min: 1, max: 300 }) }),
        packed.map((numbers) => ({ packed: numbers })),
      ),
      { minLength: 1, maxLength: 5 },
    ),
    steps: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 30 }),
  });
});

describe('RunDecoder', () => {
  it('gives the numbers of all runs, however many are asked for at a time', () => {
    fc.assert(
      fc.property(runs, ({ width, runs, steps }) => {
        const expected = runs.flatMap((run) => ('packed' in run ? run.packed : Array<number>(run.count).fill(run.repeated)));
        const decoder = new RunDecoder(Uint8Array.of(255, ...encoded(runs, width)), 1, width);
        const numbers: number[] = [];
        for (const step of steps) numbers.push(...decoder.read(Math.min(step, expected.length - numbers.length)));
        numbers.push(...decoder.read(expected.length - numbers.length));
        expect(numbers).toEqual(expected);
        expect(() => decoder.read(1)).toThrow(RangeError);
      }),
    );
  });

  it('takes a run as a whole, and nothing where the numbers differ or go beyond it', () => {
    const list: Run[] = [{ repeated: 1, count: 9 }, { packed: [1, 1, 1, 1, 1, 1, 1, 1] }, { repeated: 0, count: 3 }];
    const decoder = new RunDecoder(encoded(list, 1), 0, 1);
    expect([decoder.takeRun(1, 4), decoder.takeRun(0, 1), decoder.takeRun(1, 6), decoder.takeRun(1, 5)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
    expect(decoder.takeRun(1, 8)).toBe(false);
    expect([...decoder.read(8)]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
    expect([decoder.takeRun(0, 0), decoder.takeRun(0, 3)]).toEqual([true, true]);
    expect(() => decoder.takeRun(0, 1)).toThrow(RangeError);
  });

  it('needs no bytes for numbers without bits, and takes none that are too wide', () => {
    expect([...new RunDecoder(new Uint8Array(0), 0, 0).read(3)]).toEqual([0, 0, 0]);
    expect(() => new RunDecoder(new Uint8Array(8), 0, 33)).toThrow(RangeError);
  });
});
