// `./dev bench`: every workload, every contestant, one table. README.md says how it is measured.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../test/readers/readers-status.ts';
import { commandOptions } from '../tools/command-options.ts';
import { TierMissing } from '../tools/python-environment.ts';
import { repository } from './contestants/build-programs.ts';
import { profileFlags } from './contestants/calve.ts';
import { prepareContestants } from './contestants/prepare-contestants.ts';
import { preparePython } from './contestants/python.ts';
import { type Running, runWorkload, type WorkloadResult } from './measure/run-workload.ts';
import { judge, judged } from './report/judge.ts';
import { describeMachine, load } from './report/machine.ts';
import { type ProfiledFunction, topFunctions } from './report/profile.ts';
import { type BenchRecord, recordPage, writeRecord } from './report/record.ts';
import { type ContestantName, contestantNames, isOurs } from './workloads/goal.ts';
import { chooseWorkloads, workloads } from './workloads/workloads.ts';

const help = `Usage: ./dev bench [options]

From files to a committed Iceberg table: Calve beside its rivals, in one table. Goals, and where the time goes when one is missed, stand below it.

  ./dev bench --scale 0.1 --only csv-base,jsonl --rounds 1     a first look: about two minutes after the rivals were fetched
  ./dev bench --only csv-base --contestants calve,duckdb       at full size, beside one rival
  ./dev bench --record                                         everything: hours

  --only <names>         workloads, with commas between them. There are:
${workloads(1)
  .map(
    ({ name, title, onlyNamed }) =>
      `                           ${name.padEnd(18)}${title}${onlyNamed ? ' (only when named)' : ''}`,
  )
  .join('\n')}
  --contestants <names>  default ${contestantNames.join(',')};
                         calve-plain is Calve without WebAssembly
  --scale <number>       share of the rows, and of files where their number matters; default 1
  --rounds <number>      counted runs of each; default 5
  --threads <number>     threads and cores of each; default 1
  --patience <seconds>   after which a process is ended; default 900
  --record               keeps the result in docs/benchmark-results; without it, it goes to the cache folder
  --help                 this text

Exit code 1: Calve wrote other values or failed; or, at scale 1 with 5 rounds or more, a gate was not held or could not be measured.
bench/README.md says what makes a figure, and how to read the table.
`;
const options = commandOptions(help, {
  only: { type: 'string', default: '' },
  contestants: { type: 'string', default: contestantNames.join(',') },
  scale: { type: 'string', default: '1' },
  rounds: { type: 'string', default: '5' },
  threads: { type: 'string', default: '1' },
  patience: { type: 'string', default: '900' },
  record: { type: 'boolean', default: false },
});

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n\n${help}`);
  process.exit(2);
}

function positive(name: 'scale' | 'rounds' | 'threads' | 'patience'): number {
  const value = Number(options[name]);
  const isFine = value > 0 && (name === 'scale' || name === 'patience' || Number.isInteger(value));
  return isFine ? value : refuse(`--${name} takes a number above 0, not "${options[name]}".`);
}

const words = (list: string): string[] => list.split(',').filter((word) => word !== '');
const isContestant = (name: string): name is ContestantName => (contestantNames as readonly string[]).includes(name);

function chosen(scale: number) {
  try {
    return chooseWorkloads(scale, words(options.only));
  } catch (error) {
    if (error instanceof RangeError) return refuse(error.message);
    throw error;
  }
}

const [scale, rounds, threads, patience] = [positive('scale'), positive('rounds'), positive('threads'), positive('patience')];
const names = words(options.contestants);
const known = names.filter(isContestant);
if (known.length < names.length) refuse(`--contestants are some of ${contestantNames.join(', ')}.`);
const todo = chosen(scale);

/** A run more of Calve, with a profile, on each rung that fell below a goal: by what is to stand above it. */
function profilesOf(result: WorkloadResult, folder: string): [string, ProfiledFunction[]][] {
  const missed = judge(result, threads).filter(({ reached, value }) => !reached && value !== null);
  const contestants = new Set(missed.map(({ goal }) => judged(goal)));
  return [...contestants].flatMap((name): [string, ProfiledFunction[]][] => {
    const profiles = join(folder, name);
    const profiled = result.again(name, profileFlags(profiles));
    if (profiled === null || profiled.problem !== null) return [];
    const title = result.outcomes.find(({ contestant }) => contestant === name)!.title;
    return [[`${result.workload.name}: ${title}`, topFunctions(profiles, 25, repository)]];
  });
}

function pythonOrEnd(): string {
  try {
    return preparePython(cache);
  } catch (error) {
    if (!(error instanceof TierMissing)) throw error;
    process.stderr.write(
      `Without PyIceberg and DuckDB values cannot be compared, and no figure would count: ${error.message}.\n`,
    );
    process.exit(1);
  }
}

const cache = join(cacheFolder(), 'bench');
const started = new Date();
mkdirSync(cache, { recursive: true });
const python = pythonOrEnd();
// Beside the files, which are linked from there.
const folder = mkdtempSync(join(cache, 'run-'));
try {
  const say = (text: string): void => void process.stderr.write(`${text}\n`);
  const running: Running = { python, threads, patience, rounds, cache, folder, say };
  const contestants = await prepareContestants(known, python, join(folder, 'programs'));
  const loadBefore = load();
  const results: WorkloadResult[] = [];
  const profiles = new Map<string, ProfiledFunction[]>();
  for (const workload of todo) {
    const result = runWorkload(workload, contestants, running);
    const kept = join(cache, 'profiles', `${started.getTime()}-${workload.name}`);
    for (const [title, functions] of profilesOf(result, kept)) profiles.set(title, functions);
    result.clear();
    results.push(result);
  }
  const command = ['./dev bench', ...process.argv.slice(2)].join(' ');
  const machine = describeMachine(repository);
  const record: BenchRecord = {
    ...{ command, started, machine, loadBefore, loadAfter: load(), scale, rounds, threads, contestants, results, profiles },
  };
  process.stdout.write(`\n${recordPage(record)}\n`);
  const written = writeRecord(record, options.record ? join(repository, 'docs', 'benchmark-results') : join(cache, 'results'));
  process.stdout.write(`Kept in ${written}\n`);
  const failed = results.some(({ outcomes }) => outcomes.some((outcome) => isOurs(outcome.contestant) && outcome.failed));
  const isFull = scale >= 1 && rounds >= 5;
  const gateBroken = isFull && results.some((result) => judge(result, threads).some(({ gateHeld }) => !gateHeld));
  process.exitCode = failed || gateBroken ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
