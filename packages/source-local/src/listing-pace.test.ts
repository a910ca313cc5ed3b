import { expect, it } from 'vitest';
import { ListingPace } from './listing-pace.ts';

const items = Array.from({ length: 200 }, (_, index) => index);

/** A storage that takes so long for an item, and what was asked of it in which way. */
function storageThatTakes(milliseconds: (item: number) => number) {
  let clock = 0;
  let pauses = 0;
  const ways: string[] = [];
  const ask = (way: string, item: number): string => {
    ways.push(way);
    clock += milliseconds(item);
    return `item ${item}`;
  };
  const environment = {
    now: () => clock,
    sleep: async () => {
      pauses += 1;
    },
  };
  const all = () =>
    new ListingPace(environment).all(
      items,
      async (item) => ask('waiting', item),
      (item) => ask('at once', item),
      new AbortController().signal,
    );
  return { all, ways, pauses: () => pauses };
}

it('asks a quick storage without waiting, and lets others go on in between', async () => {
  const { all, ways, pauses } = storageThatTakes(() => 0.05);
  expect(await all()).toEqual(items.map((item) => `item ${item}`));
  expect(ways.filter((way) => way === 'at once').length).toBeGreaterThan(180);
  expect(pauses()).toBeGreaterThan(10);
});

it('waits for a slow one', async () => {
  const { all, ways } = storageThatTakes(() => 20);
  expect(await all()).toEqual(items.map((item) => `item ${item}`));
  expect(new Set(ways)).toEqual(new Set(['waiting']));
});

it('does not trust one for long that answers quickly at times only', async () => {
  let asked = 0;
  const { all, ways } = storageThatTakes(() => (asked++ % 24 < 8 ? 0 : 10));
  expect(await all()).toEqual(items.map((item) => `item ${item}`));
  expect(ways.filter((way) => way === 'at once').length).toBeLessThanOrEqual(4 * 16);
});

it('stops where the signal says so', async () => {
  const environment = {
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) => (signal?.aborted ? Promise.reject(new Error('cancelled')) : Promise.resolve()),
  };
  const looked: number[] = [];
  const controller = new AbortController();
  const listing = new ListingPace(environment).all(
    items,
    async (item) => {
      looked.push(item);
      controller.abort();
    },
    () => undefined,
    controller.signal,
  );
  await expect(listing).rejects.toThrow('cancelled');
  expect(looked.length).toBeLessThanOrEqual(8);
});
