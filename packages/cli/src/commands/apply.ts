import { lakePaths } from '../lake-paths.ts';
import { openCalve } from '../open-calve.ts';
import { fileNames } from '../render/file-names.ts';
import { checkLake } from './check-lake.ts';
import type { Command } from './command.ts';
import { followRun } from './follow-run.ts';
import { landingOf, tableNames } from './ingestion.ts';
import { readPlan } from './read-plan.ts';

/** `calve apply`: does what a plan says, once. */
export const apply: Command = async (given, context) => {
  const { workingDirectory, signal } = context;
  const paths = lakePaths(given.lake ?? '', given.state, workingDirectory);
  await checkLake(paths, given);
  const plan = await readPlan(given.planFile ?? '', workingDirectory);
  const { spec } = plan;
  const { calve: opened, lake } = openCalve(paths, given);
  await using calve = opened;
  const handle = calve.apply(plan, { signal, allow: given.allow, ...(given.ifBusy && { ifBusy: given.ifBusy }) });
  const followed = {
    ...{ paths, lake, spec },
    ...tableNames(spec),
    names: fileNames(landingOf(spec, workingDirectory)),
    hasSpecFile: true,
    isPlanFixed: true,
  };
  const { exitCode, error, cause, run, text } = await followRun(handle, followed, given, context);
  return { document: { command: 'apply', exitCode, error, run }, text, cause, names: followed.names };
};
