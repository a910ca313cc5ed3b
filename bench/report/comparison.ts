import type { WorkloadResult } from '../measure/run-workload.ts';
import { figuresOf, median } from './figures.ts';

const heading = ['workload', 'CPU s before', 'CPU s after', 'after / before (least–most)', 'peak RSS MB', 'values'];

/**
 * CPU seconds of the second contestant as multiples of those of the first, round by round, so that what else the machine does weighs less; null when
 * one of them has no figure that counts.
 */
export function roundRatios({ outcomes }: WorkloadResult): number[] | null {
  const [before, after] = outcomes;
  if (!before || !after || before.runs.length === 0 || after.runs.length === 0) return null;
  return after.runs.map(({ cpuSeconds }, round) => cpuSeconds / before.runs[round]!.cpuSeconds);
}

/** Two commits beside each other, as Markdown. */
export function comparisonTable(results: readonly WorkloadResult[]): string {
  const rows = results.map((result) => [result.workload.name, ...cellsOf(result)]);
  return [heading, heading.map((_, index) => (index === 0 || index === 5 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function cellsOf(result: WorkloadResult): string[] {
  const ratios = roundRatios(result);
  const [before, after] = result.outcomes.map(figuresOf);
  if (ratios === null || !before || !after) {
    const problems = result.outcomes.map(({ contestant, problem }) => `${contestant}: ${problem ?? 'right'}`);
    return ['', '', '', '', problems.join('; ').replaceAll(/[|\n]+/g, ' ')];
  }
  const [least, most] = [Math.min(...ratios).toFixed(3), Math.max(...ratios).toFixed(3)];
  return [
    before.cpuSeconds.toFixed(2),
    after.cpuSeconds.toFixed(2),
    `${median(ratios).toFixed(3)} (${least}–${most})`,
    `${(before.peakBytes / 1e6).toFixed(0)} → ${(after.peakBytes / 1e6).toFixed(0)}`,
    `= ${result.values}`,
  ];
}
