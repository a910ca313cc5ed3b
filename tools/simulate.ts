// `./dev simulate`: many histories of the exactly-once protocol, or one of them again.
import { parseArgs } from 'node:util';
import { stepLabels } from '../test/crash/step-labels.ts';
import { failureReport, tallyReport } from '../test/simulate/history-tally.ts';
import { runHistories } from '../test/simulate/run-histories.ts';

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '1000000' },
    /** One history alone; with --histories the first of so many. */
    seed: { type: 'string' },
    /** A mistake that every process makes: its name in test/simulate/seeded-faults.ts. */
    fault: { type: 'string' },
    processes: { type: 'string', default: '2' },
  },
});
const isAlone = values.seed !== undefined && !process.argv.some((argument) => argument.startsWith('--histories'));
const first = wholeNumber('seed', values.seed ?? '1');
const count = isAlone ? 1 : wholeNumber('histories', values.histories);
const began = Date.now();
const { tally } = await runHistories({
  first,
  count,
  processes: isAlone ? 1 : wholeNumber('processes', values.processes),
  ...(values.fault === undefined ? {} : { fault: values.fault }),
  onFailure: (failure) => process.stdout.write(`${failureReport(failure)}\n\n`),
});
process.stdout.write(`${tallyReport(tally, stepLabels('core', 'sink-iceberg'))}\n`);
process.stdout.write(`seeds ${first} to ${first + count - 1}, ${Math.round((Date.now() - began) / 1000)} s\n`);
if (tally.failed > 0) process.exitCode = 1;

function wholeNumber(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  process.stderr.write(`--${name} must be a whole number above zero, not "${text}".\n`);
  return process.exit(2);
}
