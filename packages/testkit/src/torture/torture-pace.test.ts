import { expect, it } from 'vitest';
import { TorturePace } from './torture-pace.ts';

it('spreads kills over the start of a process and the time in which it writes', () => {
  const pace = new TorturePace();
  pace.learn(1000, 600);
  expect(pace.momentOf(0)).toEqual({ from: 'start', milliseconds: 0 });
  expect(pace.momentOf(0.075)).toEqual({ from: 'start', milliseconds: 300 });
  expect(pace.momentOf(0.15)).toEqual({ from: 'first change', milliseconds: 0 });
  expect(pace.momentOf(1)).toEqual({ from: 'first change', milliseconds: 420 });
});

it('follows a machine that gets slower, and learns nothing from a process that wrote nothing', () => {
  const pace = new TorturePace();
  pace.learn(1000, 600);
  pace.learn(2000, 1000);
  pace.learn(9000, null);
  expect(pace.momentOf(1)).toEqual({ from: 'first change', milliseconds: 735 });
});
