// `./dev simulate`: many histories of the exactly-once protocol, one of them again, or what comes after a support bundle.
import { readFile } from 'node:fs/promises';
import { HISTORY_LABELS } from '../test/simulate/history-steps.ts';
import { emptyTally, failureReport, type HistoryTally, tallyReport } from '../test/simulate/history-tally.ts';
import { replayBundle, replayReport } from '../test/simulate/replay-bundle.ts';
import { runHistories } from '../test/simulate/run-histories.ts';
import { commandOptions } from './command-options.ts';

const PROGRESS_MILLISECONDS = 10_000;

const HELP = `Usage: ./dev simulate [--histories <n>] [--seed <n>]
       ./dev simulate --bundle <file.json>

Plays histories of runs that crash, lose answers and meet each other, on a simulated disk and with a clock of its own; an independent checker says
whether a row is lost or there twice. With a bundle: a history that leads to what it says, and what the next run does then.

  --histories <n>     how many, default 1000000: that takes hours, 20000 some minutes
  --seed <n>          that history alone; with --histories the first of so many
  --bundle <file>     written by calve bundle or calve run --bundle
  --processes <n>     how many work at the same time, default 2
  --fault <name>      a mistake in the code that every process runs, which the checker has to find

Exit code 1: something is lost or there twice. 2: wrong arguments. 130: stopped.
`;

const values = commandOptions(HELP, {
  histories: { type: 'string', default: '1000000' },
  seed: { type: 'string' },
  fault: { type: 'string' },
  processes: { type: 'string', default: '2' },
  bundle: { type: 'string' },
});
if (values.bundle !== undefined) process.exit(await replay(values.bundle));
const isAlone = values.seed !== undefined && !process.argv.some((argument) => argument.startsWith('--histories'));
const first = wholeNumber('seed', values.seed ?? '1');
const count = isAlone ? 1 : wholeNumber('histories', values.histories);
const began = Date.now();
const last = first + count - 1;
/** As far as it is known while it runs. */
const reached = { tally: emptyTally(), next: first, told: began };

process.once('SIGINT', () => {
  report(reached.tally, `stopped: all seeds up to ${reached.next - 1} were run; ${goOn()}`);
  process.exit(130);
});

const { tally } = await runHistories({
  first,
  count,
  processes: isAlone ? 1 : wholeNumber('processes', values.processes),
  ...(values.fault === undefined ? {} : { fault: values.fault }),
  onFailure: (failure) => process.stdout.write(`${failureReport(failure)}\n\n`),
  onProgress: (soFar, next) => {
    Object.assign(reached, { tally: soFar, next });
    if (Date.now() - reached.told < PROGRESS_MILLISECONDS || next > last) return;
    reached.told = Date.now();
    const perSecond = Math.round(soFar.histories / ((Date.now() - began) / 1000));
    process.stderr.write(`${soFar.histories} of ${count} histories, ${soFar.failed} failed, ${perSecond} a second; ${goOn()}\n`);
  },
});
report(tally, `seeds ${first} to ${last}`);
if (tally.failed > 0) process.exitCode = 1;

function report(tally: HistoryTally, what: string): void {
  process.stdout.write(`${tallyReport(tally, HISTORY_LABELS)}\n${what}, ${Math.round((Date.now() - began) / 1000)} s\n`);
}

function goOn(): string {
  return `to go on from here: ./dev simulate --seed ${reached.next} --histories ${last - reached.next + 1}`;
}

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  process.stderr.write(`--${name} must be a whole number above zero, not "${text}".\n`);
  return process.exit(2);
}

/** Prints the replay of a bundle. @returns 1: the checker found something; 2: it is no bundle. */
async function replay(path: string): Promise<number> {
  let bundle: unknown;
  try {
    bundle = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return noBundle(path, error instanceof Error ? error.message : String(error));
  }
  const { bundleVersion } = (bundle ?? {}) as { bundleVersion?: unknown };
  if (bundleVersion !== 1) return noBundle(path, `its "bundleVersion" is ${JSON.stringify(bundleVersion) ?? 'missing'}, not 1`);
  const found = await replayBundle(bundle as Parameters<typeof replayBundle>[0]);
  process.stdout.write(`${replayReport(found)}\n`);
  return found.problems.length === 0 ? 0 : 1;
}

function noBundle(path: string, reason: string): number {
  process.stderr.write(`--bundle: ${path} is no support bundle, as calve bundle --output writes one: ${reason}.\n`);
  return 2;
}
