import type { Outcome } from '../measure/run-workload.ts';

/** The medians of an outcome's runs, and between which figures they lie. */
export interface Figures {
  readonly cpuSeconds: number;
  readonly cpuRange: readonly [number, number];
  readonly wallSeconds: number;
  readonly wallRange: readonly [number, number];
  /** The most of all runs. */
  readonly peakBytes: number;
  /** CPU seconds of the last 20 commits, as a multiple of commits 2 to 21; null where there are not so many. */
  readonly growth: number | null;
}

/** The middle one; of an even number the mean of the two in the middle. @throws {RangeError} There is none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) throw new RangeError('There is no median of nothing.');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The figures of an outcome; null when none counts. */
export function figuresOf({ runs }: Outcome): Figures | null {
  if (runs.length === 0) return null;
  const cpu = runs.map(({ cpuSeconds }) => cpuSeconds);
  const wall = runs.map(({ wallSeconds }) => wallSeconds);
  const growths = runs.map(({ result }) => growthOf(result?.commits ?? [])).filter((growth) => growth !== null);
  return {
    cpuSeconds: median(cpu),
    cpuRange: [Math.min(...cpu), Math.max(...cpu)],
    wallSeconds: median(wall),
    wallRange: [Math.min(...wall), Math.max(...wall)],
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    growth: growths.length > 0 ? median(growths) : null,
  };
}

const span = 20;

function growthOf(commits: readonly number[]): number | null {
  if (commits.length < 2 * span + 1) return null;
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return sum(commits.slice(-span)) / sum(commits.slice(1, 1 + span));
}
