// A process of its own that runs histories, started by run-histories.ts: seeds on the command line, one line of JSON on stdout for each that fails,
// one for every so many of them, and one at the end.
import { parseArgs } from 'node:util';
import { describeHistory, type History, randomHistory, shrinkHistory } from '@calve/testkit';
import { HISTORY_STEPS } from './history-steps.ts';
import { addResult, emptyTally, type HistoryFailure } from './history-tally.ts';
import { type HistoryResult, runHistory } from './run-history.ts';

/** Of so many histories one writes Parquet files. */
const OWN_FILES_EVERY = 100;
/** Histories after which those around this process hear of it. */
const TOLD_EVERY = 100;
/** Failures that are looked into; the others are only counted. */
const MOST_SHRUNK = 3;

const { values } = parseArgs({
  options: {
    first: { type: 'string', default: '1' },
    last: { type: 'string', default: '1' },
    every: { type: 'string', default: '1' },
    'until-failure': { type: 'boolean', default: false },
  },
});
let tally = emptyTally();
let failed = 0;
for (let seed = Number(values.first); seed <= Number(values.last); seed += Number(values.every)) {
  const history = randomHistory(seed, { ...HISTORY_STEPS, ownFilesEvery: OWN_FILES_EVERY });
  const result = await runHistory(history);
  addResult(tally, result);
  if (result.problems.length > 0) {
    failed += 1;
    tell({ failure: await failureOf(history, result) });
    if (values['until-failure']) break;
  }
  if (tally.histories < TOLD_EVERY) continue;
  tell({ tally, seed });
  tally = emptyTally();
}
tell({ tally, seed: null });

async function failureOf(history: History, { problems }: HistoryResult): Promise<HistoryFailure> {
  const rule = problems[0]?.rule;
  const isLookedInto = !values['until-failure'] && failed <= MOST_SHRUNK;
  const hasIt = async (candidate: History): Promise<boolean> =>
    (await runHistory(candidate)).problems.some((problem) => problem.rule === rule);
  const shortest = isLookedInto ? await shrinkHistory(history, hasIt) : history;
  const again = isLookedInto ? await runHistory(shortest) : null;
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
