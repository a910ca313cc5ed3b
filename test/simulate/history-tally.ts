import type { HistoryResult } from './run-history.ts';

/** What many histories came to. Plain JSON. */
export interface HistoryTally {
  histories: number;
  failed: number;
  /** Histories that ended with the question what to do, after somebody had set table or state back. */
  halted: number;
  /** Rows in the tables at the end. */
  rows: number;
  events: number;
  /** By rule. */
  problems: Record<string, number>;
  /** By label of `step()`: how often it was reached, and how often a process died there. */
  passed: Record<string, number>;
  killed: Record<string, number>;
}

/** A history that ended as none may. */
export interface HistoryFailure {
  seed: number;
  problems: string[];
  /** The shortest history that was found to have the problem, as lines; empty when nobody looked for it. */
  history: string[];
  /** What happened in it. */
  notes: string[];
}

/** Nothing has happened. */
export function emptyTally(): HistoryTally {
  return { histories: 0, failed: 0, halted: 0, rows: 0, events: 0, problems: {}, passed: {}, killed: {} };
}

/** Counts one history. */
export function addResult(tally: HistoryTally, result: HistoryResult): void {
  tally.histories += 1;
  tally.failed += result.problems.length > 0 ? 1 : 0;
  tally.halted += result.isHalted ? 1 : 0;
  tally.rows += result.rows;
  tally.events += result.events;
  for (const { rule } of result.problems) tally.problems[rule] = (tally.problems[rule] ?? 0) + 1;
  for (const [label, count] of result.passed) tally.passed[label] = (tally.passed[label] ?? 0) + count;
  for (const [label, count] of result.killed) tally.killed[label] = (tally.killed[label] ?? 0) + count;
}

/** Adds the histories of another process. */
export function addTally(tally: HistoryTally, other: HistoryTally): void {
  for (const name of ['histories', 'failed', 'halted', 'rows', 'events'] as const) tally[name] += other[name];
  for (const name of ['problems', 'passed', 'killed'] as const) {
    for (const [key, count] of Object.entries(other[name])) tally[name][key] = (tally[name][key] ?? 0) + count;
  }
}

/** Lines for people: the figures, and visits for each of the labels that there are. */
export function tallyReport(tally: HistoryTally, labels: readonly string[]): string {
  const count = (rule: string): number => tally.problems[rule] ?? 0;
  const widest = Math.max(...labels.map(({ length }) => length));
  return [
    `${tally.histories} histories, ${tally.events} events: ${count('row duplicated')} rows duplicated, ${count('row lost')} lost, ` +
      `${count('live file deleted')} live files deleted, ${tally.failed} histories failed`,
    `${tally.halted} of them end with a question, after somebody has set table or state back`,
    `${'step'.padEnd(widest)}  ${'reached'.padStart(9)}  ${'died there'.padStart(10)}`,
    ...labels.map(
      (label) =>
        `${label.padEnd(widest)}  ${String(tally.passed[label] ?? 0).padStart(9)}  ${String(tally.killed[label] ?? 0).padStart(10)}`,
    ),
  ].join('\n');
}

/** One paragraph for a failure: what is wrong, the shortest history, and how to see it again. */
export function failureReport({ seed, problems, history, notes }: HistoryFailure): string {
  return [
    `seed ${seed}: ${problems.slice(0, 4).join('\n  ')}`,
    ...(history.length > 0 ? ['  the shortest history that ends so:', ...history, '  what happens in it:', ...notes] : []),
    `  Replay with: ./dev simulate --seed ${seed}`,
  ].join('\n');
}
