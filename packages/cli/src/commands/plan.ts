import { stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { CalveError, explainPlan, type IngestionPlan } from '@calve/core';
import { argumentError } from '../arguments/argument-error.ts';
import { planWords } from '../render/plan-words.ts';
import { setAsideLines } from '../render/run-lines.ts';
import { shellWord } from '../render/shell-word.ts';
import type { Command } from './command.ts';
import { openIngestion } from './ingestion.ts';
import { setAsideInPlan } from './set-aside-in-plan.ts';

/** `calve plan`: what a run would do, as text and as a file. */
export const plan: Command = async (given, context) => {
  if (given.output !== undefined) await checkOutput(given.output, context.workingDirectory);
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec } = ingestion;
  await using calve = opened;
  const plan = await calve.plan(spec, { signal: context.signal });
  const { exitCode, before } = await setAsideInPlan(plan, given.allow, ingestion);
  // The plan itself does not know why.
  context.note(setAsideLines([], before, ingestion));
  if (given.output !== undefined) {
    await writePlan(plan, given.output, context.workingDirectory);
    context.note([
      `The plan is in ${given.output}. It is applied with: ${context.program} apply ${[given.output, given.lake ?? ''].map(shellWord).join(' ')}`,
    ]);
  }
  return { document: { command: 'plan', exitCode, error: null, plan }, text: explainPlan(plan, planWords(ingestion.names)) };
};

/** Before the files are looked at, which may take long. */
async function checkOutput(output: string, workingDirectory: string): Promise<void> {
  const place = resolve(workingDirectory, output);
  const [file, folder] = await Promise.all([place, dirname(place)].map((path) => stat(path).catch(() => null)));
  if (!folder?.isDirectory()) throw argumentError(`--output: the folder of ${place} does not exist.`);
  if (file?.isDirectory()) throw argumentError(`--output: ${place} is a folder; name a file.`);
}

async function writePlan(plan: IngestionPlan, output: string, workingDirectory: string): Promise<void> {
  const place = resolve(workingDirectory, output);
  try {
    await writeFile(place, `${JSON.stringify(plan)}\n`);
  } catch (error) {
    const { message } = error as NodeJS.ErrnoException;
    throw new CalveError('CONFIGURATION_INVALID', `--output: the plan cannot be written to ${place}: ${message}`, {
      recovery: 'fix-access',
      context: { path: place },
      cause: error,
    });
  }
}
