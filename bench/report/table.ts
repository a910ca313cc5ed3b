import type { Outcome, WorkloadResult } from '../measure/run-workload.ts';
import { figuresOf } from './figures.ts';
import { bestRival } from './judge.ts';

const heading = [
  'workload',
  'contestant',
  'CPU s',
  'CPU x best rival',
  'MB per CPU s',
  'wall s (least–most)',
  'peak RSS MB',
  'written MB',
  'values',
];
const alignment = ['---', '---', '---:', '---:', '---:', '---:', '---:', '---:', '---'];

/** The one table: a row for every contestant in every workload, as Markdown. */
export function resultTable(results: readonly WorkloadResult[]): string {
  const rows = results.flatMap((result) => result.outcomes.map((outcome, index) => rowOf(result, outcome, index === 0)));
  return [heading, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function rowOf(result: WorkloadResult, outcome: Outcome, isFirst: boolean): string[] {
  const { workload, contentBytes } = result;
  const head = [isFirst ? `**${workload.name}** ${workload.title}` : '', outcome.title];
  const figures = figuresOf(outcome);
  if (figures === null)
    return [...head, '', '', '', '', '', '', (outcome.problem ?? 'not run').replaceAll(/[|\n]+/g, ' ').slice(0, 300)];
  const best = bestRival(result);
  const ratio = best === null ? '' : (best.figures.cpuSeconds / figures.cpuSeconds).toFixed(2);
  return [
    ...head,
    figures.cpuSeconds.toFixed(2),
    ratio,
    (contentBytes / 1e6 / figures.cpuSeconds).toFixed(0),
    `${figures.wallSeconds.toFixed(2)} (${figures.wallRange[0].toFixed(2)}–${figures.wallRange[1].toFixed(2)})`,
    (figures.peakBytes / 1e6).toFixed(0),
    (outcome.writtenBytes / 1e6).toFixed(1),
    `= ${outcome.values}`,
  ];
}
