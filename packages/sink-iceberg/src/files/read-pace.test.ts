import { expect, it } from 'vitest';
import { ReadPace } from './read-pace.ts';

/** Reads pieces from a storage that takes so long for each. @returns In which way each was read. */
async function waysOf(milliseconds: readonly number[]): Promise<string[]> {
  let clock = 0;
  const ways: string[] = [];
  const pace = new ReadPace({ now: () => clock });
  for (const [index, takes] of milliseconds.entries()) {
    const ask = (way: string): number => {
      ways.push(way);
      clock += takes;
      return index;
    };
    expect(
      await pace.read(
        () => ask('now'),
        async () => ask('later'),
      ),
    ).toBe(index);
  }
  return ways;
}

it('reads a quick storage at once', async () => {
  expect(await waysOf([0, 1, 0, 5])).toEqual(['now', 'now', 'now', 'now']);
});

it('waits for a slow one after its first piece', async () => {
  expect(await waysOf([20, 20, 20, 20])).toEqual(['now', 'later', 'later', 'later']);
});

it('reads at once again when it was only busy', async () => {
  expect(await waysOf([20, 0, 0, 0])).toEqual(['now', 'later', 'now', 'now']);
});

it('does not trust one for ever that answers quickly at times only', async () => {
  const ways = await waysOf(Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? 20 : 0)));
  expect(ways.filter((way) => way === 'now')).toHaveLength(8);
});

it('throws what a read throws, and goes on', async () => {
  const pace = new ReadPace({ now: () => 0 });
  const fails = () => {
    throw new RangeError('a defect');
  };
  expect(() => pace.read(fails, async () => 0)).toThrow('a defect');
  expect(
    await pace.read(
      () => 3,
      async () => 4,
    ),
  ).toBe(3);
});
