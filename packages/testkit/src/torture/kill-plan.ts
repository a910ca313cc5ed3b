import { seededRandom } from '../doubles/seeded-random.ts';

/** Where a process is killed: where it says that it is, or after a share of the time that it takes. */
export type KillPoint =
  | { kind: 'step'; label: string; passage: number }
  /** 0: when it starts; 1: when it has just ended. */
  | { kind: 'time'; share: number };

/** What the kills of all lakes are made from. */
export interface KillPlan {
  seed: number;
  /** Kills in one lake, a file between each two. */
  killsPerLake: number;
  /** Steps at which the first process of a lake is killed, in turn; empty: at a random time. */
  births: readonly string[];
  /** Steps at which the others are killed, in turn, every second one at a random time; empty: all at random times. */
  steps: readonly string[];
}

/** The kills of one lake, in order. The same for the same plan and number, whatever happens in other lakes. */
export function killsOfLake(plan: KillPlan, lake: number): KillPoint[] {
  const { seed, killsPerLake, births, steps } = plan;
  const random = seededRandom(seed * 1_000_003 + lake);
  const anyTime = (): KillPoint => ({ kind: 'time', share: random.next() / 2 ** 32 });
  const birth = births[lake % Math.max(1, births.length)];
  const atSteps = Math.floor((killsPerLake - 1) / 2);
  const points: KillPoint[] = [birth === undefined ? anyTime() : stepPoint(birth)];
  for (let kill = 1; kill < killsPerLake; kill += 1) {
    const step = steps[(lake * atSteps + (kill - 1) / 2) % Math.max(1, steps.length)];
    points.push(kill % 2 === 1 && kill < 2 * atSteps && step !== undefined ? stepPoint(step) : anyTime());
  }
  // What follows what is different in each lake; the first stays.
  for (let place = points.length - 1; place > 1; place -= 1) {
    const other = 1 + random.below(place);
    [points[place], points[other]] = [points[other]!, points[place]!];
  }
  return points;
}

/** How many kills a lake gets, so that each step of the first process has a lake: 3 to 20. */
export function usualKillsPerLake(kills: number, births: number): number {
  return Math.min(20, Math.max(3, Math.floor(kills / Math.max(1, births))));
}

/**
 * The steps that a process passed, as kill points: `label` for the first time, `label#2` for the second. Labels that it did not pass stand at the
 * end, since the process after a kill may pass them.
 */
export function stepsPassed(log: string, labels: readonly string[]): string[] {
  const times = new Map<string, number>();
  const steps: string[] = [];
  for (const label of log.split('\n').filter((line) => labels.includes(line))) {
    const passage = (times.get(label) ?? 0) + 1;
    times.set(label, passage);
    if (passage <= 2) steps.push(passage === 1 ? label : `${label}#${passage}`);
  }
  return [...steps, ...labels.filter((label) => !times.has(label))];
}

/** The text that a program is given for a step: `label` or `label#2`. */
export function stepText({ label, passage }: { label: string; passage: number }): string {
  return passage === 1 ? label : `${label}#${passage}`;
}

function stepPoint(text: string): KillPoint {
  const [label = '', passage = '1'] = text.split('#');
  return { kind: 'step', label, passage: Number(passage) };
}
