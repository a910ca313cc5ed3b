import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Contestant, MissingContestant } from '../contestants/contestant.ts';
import { prepareDataset } from '../data/dataset.ts';
import type { Workload } from '../workloads/workload.ts';
import { Ground, jobOf, type WorkloadFiles } from './ground.ts';
import type { Measured, Measuring } from './measured-run.ts';
import { expectedValues, type TableValues, valuesDifference, valuesLabel, writtenValues } from './table-values.ts';

/** How workloads are run. */
export interface Running extends Measuring {
  /** Counted runs of each contestant. One more comes before them, which is not counted, unless there is only one. */
  readonly rounds: number;
  /** Keeps files and what they should hold. */
  readonly cache: string;
  /** On the file system of `cache`, from where files are copied. */
  readonly folder: string;
  /** Told what happens, one line each. */
  say(text: string): void;
}

/** What one contestant did in one workload. */
export interface Outcome {
  readonly contestant: string;
  readonly title: string;
  readonly writes: 'table' | 'parquet';
  /** The counted runs. Empty when `problem` says why. */
  readonly runs: readonly Measured[];
  /** Why no figure counts: it is missing here, cannot do this work, failed, or wrote other values. */
  readonly problem: string | null;
  /** True when it did run, and failed or wrote other values. */
  readonly failed: boolean;
  /** Stands for all values that it wrote, the same in all runs. */
  readonly values: string | null;
  /** Bytes of its data files. */
  readonly writtenBytes: number;
}

/** A workload and what came of it. */
export interface WorkloadResult {
  readonly workload: Workload;
  /** Of what the measured process loads, before compression. */
  readonly contentBytes: number;
  readonly rows: number;
  readonly sha256: readonly string[];
  /** Stands for all values that the files hold. */
  readonly values: string;
  readonly outcomes: readonly Outcome[];
  /** A run more of a contestant, not counted, with other flags; `null` when it cannot run. */
  again(contestant: string, flags: readonly string[]): Measured | null;
  /** Removes what the runs wrote. */
  clear(): void;
}

interface Lane {
  readonly contestant: Contestant;
  readonly ground: Ground;
  readonly runs: Measured[];
  problem: string | null;
  writtenBytes: number;
}

/** Every contestant does the work `rounds` times, by turns; after each run all values of its table are compared with those of the files. */
export function runWorkload(
  workload: Workload,
  contestants: readonly (Contestant | MissingContestant)[],
  running: Running,
): WorkloadResult {
  const files: WorkloadFiles = {
    landing: prepareDataset(workload.landing, running.cache),
    changes: workload.changes ? prepareDataset(workload.changes, running.cache) : null,
  };
  const lanes = contestants.filter(isReady).map((contestant): Lane => {
    const folder = join(running.folder, workload.name, contestant.name);
    mkdirSync(folder, { recursive: true });
    const ground = new Ground(workload, contestant, files, folder, running);
    return { contestant, ground, runs: [], problem: contestant.cannot(workload), writtenBytes: 0 };
  });
  const checksums = [files.landing.sha256, ...(files.changes ? [files.changes.sha256] : [])];
  const job = { ...jobOf(workload, files, join(running.folder, 'expected'), running.threads), landing: files.landing.folder };
  const expected = expectedValues(running.python, job, checksums, running.cache);
  const warmUps = running.rounds > 1 ? 1 : 0;
  for (let round = -warmUps; round < running.rounds; round += 1) {
    for (const lane of lanes) if (lane.problem === null) runOnce(lane, workload, round, expected, running);
  }
  return {
    workload,
    ...newContent(workload, files),
    sha256: checksums,
    values: valuesLabel(expected),
    outcomes: contestants.map((contestant) => outcomeOf(contestant, workload, lanes, expected)),
    again: (name, flags) => {
      const lane = lanes.find(({ contestant }) => contestant.name === name);
      return lane === undefined || lane.problem !== null ? null : lane.ground.run(flags);
    },
    clear: () => {
      for (const { ground } of lanes) ground.clear();
    },
  };
}

function newContent({ arriving }: Workload, { landing, changes }: WorkloadFiles): Pick<WorkloadResult, 'contentBytes' | 'rows'> {
  const { contentBytes, rows, names } = changes ?? landing;
  const share = arriving === undefined ? 1 : arriving / names.length;
  return { contentBytes: Math.round(contentBytes * share), rows: Math.round(rows * share) };
}

function runOnce(lane: Lane, { name }: Workload, round: number, expected: TableValues, running: Running): void {
  const { contestant, ground } = lane;
  const measured = attempt(() => ground.run());
  if (typeof measured === 'string' || measured.problem !== null) {
    lane.problem = typeof measured === 'string' ? measured : measured.problem;
  } else {
    const written = attempt(() => writtenValues(running.python, ground.job, contestant.writes));
    lane.problem = typeof written === 'string' ? `its table cannot be read: ${written}` : valuesDifference(expected, written);
    if (typeof written !== 'string') lane.writtenBytes = written.bytes;
    if (lane.problem === null && round >= 0) lane.runs.push(measured);
  }
  const told = lane.problem ?? (measured as Measured).cpuSeconds.toFixed(2).concat(' CPU s');
  running.say(`${name}, ${round < 0 ? 'warm-up' : `round ${round + 1}`}, ${contestant.name}: ${told}`);
}

function outcomeOf(
  contestant: Contestant | MissingContestant,
  workload: Workload,
  lanes: readonly Lane[],
  expected: TableValues,
): Outcome {
  const { name, title } = contestant;
  if (!isReady(contestant)) {
    const nothing = { runs: [], failed: false, values: null, writtenBytes: 0 };
    return { contestant: name, title, writes: 'table', problem: contestant.missing, ...nothing };
  }
  const { runs, problem, writtenBytes } = lanes.find((lane) => lane.contestant === contestant)!;
  const { writes } = contestant;
  const right = problem === null;
  return {
    contestant: name,
    title,
    writes,
    runs: right ? runs : [],
    problem,
    failed: problem !== null && problem !== contestant.cannot(workload),
    values: right ? valuesLabel(expected) : null,
    writtenBytes,
  };
}

function isReady(contestant: Contestant | MissingContestant): contestant is Contestant {
  return !('missing' in contestant);
}

/** The value, or the message of what was thrown: one contestant that fails does not end the others. */
function attempt<T>(what: () => T): T | string {
  try {
    return what();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
