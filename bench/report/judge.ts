import type { Outcome, WorkloadResult } from '../measure/run-workload.ts';
import { type ContestantName, type Goal, isOurs } from '../workloads/goal.ts';
import { type Figures, figuresOf } from './figures.ts';

/** How Calve stands to one goal. */
export interface Verdict {
  readonly goal: Goal;
  /** The figure that is compared; null when there is none, because Calve or the rival has no figure that counts. */
  readonly value: number | null;
  readonly reached: boolean;
  /** False: the run fails. Also where there is nothing to compare, though a rival was asked for. True where there is no gate. */
  readonly gateHeld: boolean;
  /** For people: `1.42 x the best rival (goal 2, missed; gate 1.3, held)`. */
  readonly text: string;
}

const format = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

interface Rival {
  outcome: Outcome;
  figures: Figures;
}

/** The contestant that commits a table with the right values in the fewest CPU seconds; null when there is none. */
export function bestRival(result: WorkloadResult): Rival | null {
  return leastRival(result, 'cpuSeconds');
}

function leastRival(result: WorkloadResult, seconds: 'cpuSeconds' | 'wallSeconds'): Rival | null {
  const rivals = result.outcomes
    .filter(({ contestant, writes }) => !isOurs(contestant) && writes === 'table')
    .flatMap((outcome) => {
      const figures = figuresOf(outcome);
      return figures === null ? [] : [{ outcome, figures }];
    });
  return rivals.sort((a, b) => a.figures[seconds] - b.figures[seconds])[0] ?? null;
}

/** The contestant that a goal is about. */
export function judged(goal: Goal): ContestantName {
  return (goal.kind === 'ratio' && goal.of) || 'calve';
}

/** Calve beside the goals of a workload, in their order. Goals of a contestant that was not asked for are left out, and those of wall time with one thread. */
export function judge(result: WorkloadResult, threads: number): Verdict[] {
  const taking = result.workload.goals.filter((goal) => takesPart(result, judged(goal)) && (goal.kind !== 'wall' || threads > 1));
  return taking.map((goal) => verdictOf(goal, namedOutcome(result, judged(goal))?.figures ?? null, result, threads));
}

function verdictOf(goal: Goal, ours: Figures | null, result: WorkloadResult, threads: number): Verdict {
  switch (goal.kind) {
    case 'ratio': {
      const rival = goal.against === 'best' ? bestRival(result) : namedOutcome(result, goal.against);
      const value = ours && rival ? rival.figures.cpuSeconds / ours.cpuSeconds : null;
      const name = goal.against === 'best' ? `the best rival${rival ? `, ${rival.outcome.contestant}` : ''}` : goal.against;
      const rung = goal.of === undefined ? '' : ' without WebAssembly';
      const gate = asksForRival(result, goal.against) ? goal.gate : undefined;
      return atLeast(goal, value, `x ${name}${rung}`, goal.goal, gate);
    }
    case 'wall': {
      const rival = leastRival(result, 'wallSeconds');
      const value = ours && rival ? rival.figures.wallSeconds / ours.wallSeconds : null;
      const name = rival ? `, ${rival.outcome.contestant}` : '';
      return atLeast(goal, value, `x the wall time of the quickest rival${name}, with ${threads} threads`, goal.goal);
    }
    case 'growth':
      return atMost(goal, ours?.growth ?? null, 'x for the last 20 commits', goal.goal);
    case 'cpu-seconds':
      return atMost(goal, ours?.cpuSeconds ?? null, 'CPU s', goal.goal);
    case 'memory':
      return atMost(goal, ours && ours.peakBytes / 1e6, 'MB', threads > 1 ? goal.moreThreads : goal.oneThread);
  }
}

function takesPart({ outcomes }: WorkloadResult, name: ContestantName): boolean {
  return outcomes.some(({ contestant }) => contestant === name);
}

function asksForRival({ outcomes }: WorkloadResult, against: 'best' | ContestantName): boolean {
  return outcomes.some(({ contestant, writes }) =>
    against === 'best' ? !isOurs(contestant) && writes === 'table' : contestant === against,
  );
}

function namedOutcome(result: WorkloadResult, name: string): Rival | null {
  const outcome = result.outcomes.find(({ contestant }) => contestant === name);
  const figures = outcome ? figuresOf(outcome) : null;
  return outcome && figures ? { outcome, figures } : null;
}

function atLeast(goal: Goal, value: number | null, unit: string, wanted: number, gate?: number): Verdict {
  const reached = value !== null && value >= wanted;
  const gateHeld = gate === undefined || (value !== null && value >= gate);
  const gateText =
    gate === undefined ? '' : `; gate ${gate}, ${value === null ? 'NOT MEASURED' : gateHeld ? 'held' : 'NOT HELD'}`;
  return { goal, value, reached, gateHeld, text: sentence(value, unit, `goal ${wanted}`, reached, gateText) };
}

function atMost(goal: Goal, value: number | null, unit: string, wanted: number): Verdict {
  const reached = value !== null && value <= wanted;
  return { goal, value, reached, gateHeld: true, text: sentence(value, unit, `goal at most ${wanted}`, reached, '') };
}

function sentence(value: number | null, unit: string, wanted: string, reached: boolean, more: string): string {
  if (value === null) return `no figure ${unit} (${wanted}${more})`;
  return `${format(value)} ${unit} (${wanted}, ${reached ? 'reached' : 'missed'}${more})`;
}
