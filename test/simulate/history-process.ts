// A process of its own that runs histories, started by run-histories.ts: seeds on the command line, one line of JSON for each that fails and one
// at the end on stdout.
import { parseArgs } from 'node:util';
import { describeHistory, type History, randomHistory, shrinkHistory } from '@calve/testkit';
import { stepLabels } from '../crash/step-labels.ts';
import { addResult, emptyTally, type HistoryFailure } from './history-tally.ts';
import { type HistoryResult, runHistory } from './run-history.ts';

/** Of so many histories one writes Parquet files. */
const OWN_FILES_EVERY = 100;
/** Failures that are looked into; the others are only counted. */
const MOST_SHRUNK = 3;

const { values } = parseArgs({
  options: {
    first: { type: 'string', default: '1' },
    last: { type: 'string', default: '1' },
    every: { type: 'string', default: '1' },
    fault: { type: 'string' },
    'until-failure': { type: 'boolean', default: false },
  },
});
const fault = values.fault ?? null;
const steps = stepLabels('core', 'sink-iceberg');
const tally = emptyTally();
for (let seed = Number(values.first); seed <= Number(values.last); seed += Number(values.every)) {
  const history = randomHistory(seed, { steps, ownFilesEvery: OWN_FILES_EVERY });
  const result = await runHistory(history, fault);
  addResult(tally, result);
  if (result.problems.length === 0) continue;
  tell({ failure: await failureOf(history, result) });
  if (values['until-failure']) break;
}
tell({ tally });

async function failureOf(history: History, { problems }: HistoryResult): Promise<HistoryFailure> {
  const rule = problems[0]?.rule;
  const isLookedInto = !values['until-failure'] && tally.failed <= MOST_SHRUNK;
  const hasIt = async (candidate: History): Promise<boolean> =>
    (await runHistory(candidate, fault)).problems.some((problem) => problem.rule === rule);
  const shortest = isLookedInto ? await shrinkHistory(history, hasIt) : history;
  const again = isLookedInto ? await runHistory(shortest, fault) : null;
  return {
    seed: history.seed,
    problems: (again?.problems ?? problems).map(({ rule: broken, message }) => `${broken}: ${message}`),
    history: again ? describeHistory(shortest) : [],
    notes: again?.notes ?? [],
  };
}

function tell(message: object): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}
