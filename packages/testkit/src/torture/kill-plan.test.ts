import { describe, expect, it } from 'vitest';
import { type KillPoint, killsOfLake, stepsPassed, stepText, usualKillsPerLake } from './kill-plan.ts';

const plan = { seed: 7, killsPerLake: 9, births: ['a', 'b', 'b#2'], steps: ['a', 'b', 'c', 'b#2', 'd'] };
const labelsOf = (points: readonly KillPoint[]): string[] =>
  points.flatMap((point) => (point.kind === 'step' ? [stepText(point)] : []));

describe('the kills of a lake', () => {
  it('are the same for the same seed and number, and others for another seed', () => {
    expect(killsOfLake(plan, 3)).toEqual(killsOfLake(plan, 3));
    expect(killsOfLake(plan, 3)).not.toEqual(killsOfLake({ ...plan, seed: 8 }, 3));
    expect(killsOfLake(plan, 3)).not.toEqual(killsOfLake(plan, 6));
  });

  it('begin with each step of a first run in turn', () => {
    const firsts = [0, 1, 2, 3].map((lake) => killsOfLake(plan, lake)[0]);
    expect(firsts).toEqual([
      { kind: 'step', label: 'a', passage: 1 },
      { kind: 'step', label: 'b', passage: 1 },
      { kind: 'step', label: 'b', passage: 2 },
      { kind: 'step', label: 'a', passage: 1 },
    ]);
  });

  it('take every step in turn and every second time a random moment', () => {
    const points = [0, 1, 2, 3, 4].flatMap((lake) => killsOfLake(plan, lake).slice(1));
    const labels = labelsOf(points);
    expect(points).toHaveLength(40);
    expect(labels).toHaveLength(20);
    for (const step of plan.steps)
      expect(
        labels.filter((label) => label === step),
        step,
      ).toHaveLength(4);
    for (const point of points) if (point.kind === 'time') expect(point.share >= 0 && point.share < 1).toBe(true);
  });

  it('are all at random moments for a program without steps', () => {
    const points = killsOfLake({ ...plan, births: [], steps: [] }, 0);
    expect(points.map(({ kind }) => kind)).toEqual(Array.from({ length: 9 }, () => 'time'));
  });
});

describe('the steps of a process', () => {
  it('are those that it passed, the second time as well, and those that only another one may pass', () => {
    expect(stepsPassed('b\na\nb\nb\nunknown\n', ['a', 'b', 'c'])).toEqual(['b', 'a', 'b#2', 'c']);
  });
});

describe('the usual number of kills in a lake', () => {
  it.each([
    [300, 19, 15],
    [12, 19, 3],
    [Number.POSITIVE_INFINITY, 4, 20],
    [30, 0, 20],
  ])('%s kills with %s first steps: %s', (kills, births, expected) => expect(usualKillsPerLake(kills, births)).toBe(expected));
});
