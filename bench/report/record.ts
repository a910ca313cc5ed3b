import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant, MissingContestant } from '../contestants/contestant.ts';
import type { WorkloadResult } from '../measure/run-workload.ts';
import { figuresOf } from './figures.ts';
import { judge } from './judge.ts';
import type { Machine } from './machine.ts';
import { type ProfiledFunction, profileTable } from './profile.ts';
import { resultTable } from './table.ts';

/** One run of the bench, with everything that somebody needs to believe it. */
export interface BenchRecord {
  /** `./dev bench …` as it was called. */
  readonly command: string;
  readonly started: Date;
  readonly machine: Machine;
  readonly loadBefore: number;
  readonly loadAfter: number;
  readonly scale: number;
  readonly rounds: number;
  readonly threads: number;
  readonly contestants: readonly (Contestant | MissingContestant)[];
  readonly results: readonly WorkloadResult[];
  /** By workload: where the time of Calve goes in those that fell below a goal. */
  readonly profiles: ReadonlyMap<string, readonly ProfiledFunction[]>;
}

/** The page of a record, as Markdown. */
export function recordPage(record: BenchRecord): string {
  const { machine, results, contestants, profiles } = record;
  const limits = contestants.map((each) => ('missing' in each ? `${each.title}: missing` : `${each.title}: ${each.threadLimit}`));
  const goals = results.flatMap((result) =>
    judge(result, record.threads).map(({ text }) => `| ${result.workload.name} | ${text} |`),
  );
  const data = results.map(({ workload, rows, contentBytes, sha256, values }) => {
    const size = `${rows.toLocaleString('en-US')} rows, ${(contentBytes / 1e6).toFixed(1)} MB`;
    return `| ${workload.name} | ${size} | ${sha256.map((each) => each.slice(0, 12)).join(', ')} | ${values} |`;
  });
  const profiled = [...profiles].flatMap(([workload, functions]) => [`### ${workload}`, '', profileTable(functions), '']);
  return `${[
    '# From files to a committed Iceberg table',
    '',
    `Measured by \`${record.command}\`. ${record.started.toISOString().slice(0, 16).replace('T', ' ')} UTC; commit ${machine.commit};`,
    `${machine.cores} cores (${machine.processor}), ${machine.memoryGigabytes} GB, ${machine.system}, Node ${machine.node}; load ${record.loadBefore} when it began, ${record.loadAfter} when it ended.`,
    `Scale ${record.scale}${record.scale < 1 ? ' (sizes that are named are those of scale 1; goals and gates are meant for it too)' : ''}; ${record.rounds} rounds, by turns, a process each; ${record.threads === 1 ? 'one thread' : `${record.threads} threads`}, on so many cores.`,
    '',
    'CPU seconds are user and system time of the whole process tree, from its start to its end; medians. Values: a hash over all values of the committed',
    'table, equal to that of the files; without it no figure counts. [How it is measured](../../bench/README.md).',
    '',
    resultTable(results),
    '',
    '## Goals',
    '',
    '| workload | Calve |',
    '| --- | --- |',
    ...goals,
    '',
    '## Files',
    '',
    '| workload | size | SHA-256 begins with | values |',
    '| --- | --- | --- | --- |',
    ...data,
    '',
    '## Threads',
    '',
    ...limits.map((limit) => `- ${limit}`),
    '',
    ...(profiled.length > 0 ? ['## Where the time goes', '', 'Of a run more, where a goal was missed.', '', ...profiled] : []),
  ].join('\n')}`.replace(/\n+$/, '\n');
}

/** The same as data. */
export function recordJson(record: BenchRecord): string {
  const { results, contestants, profiles, ...rest } = record;
  const data = {
    ...rest,
    contestants: contestants.map((each) => ({ ...each })),
    results: results.map((result) => ({
      workload: result.workload.name,
      rows: result.rows,
      contentBytes: result.contentBytes,
      sha256: result.sha256,
      values: result.values,
      verdicts: judge(result, record.threads),
      outcomes: result.outcomes.map((outcome) => ({ ...outcome, figures: figuresOf(outcome) })),
    })),
    profiles: Object.fromEntries(profiles),
  };
  return `${JSON.stringify(data, null, 1)}\n`;
}

/** Writes page and data into a folder, under the time at which the bench began. Never replaces an earlier record. @returns The page's path. */
export function writeRecord(record: BenchRecord, folder: string): string {
  mkdirSync(folder, { recursive: true });
  const time = record.started.toISOString().slice(0, 16).replace('T', '-').replace(':', '');
  let stem = join(folder, `${time}-whole-path`);
  for (let number = 2; existsSync(`${stem}.md`); number += 1) stem = join(folder, `${time}-whole-path-${number}`);
  writeFileSync(`${stem}.json`, recordJson(record));
  writeFileSync(`${stem}.md`, recordPage(record));
  return `${stem}.md`;
}
