import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CalveError, explainPlan, type IngestionPlan } from '@calve/core';
import { argumentError } from '../arguments/argument-error.ts';
import { shellWord } from '../render/shell-word.ts';
import type { Command } from './command.ts';
import { openIngestion } from './ingestion.ts';
import { setAsideInPlan } from './set-aside-in-plan.ts';

/** `calve plan`: what a run would do, as text and as a file. */
export const plan: Command = async (given, context) => {
  const { calve: opened, spec, names } = await openIngestion(given, context);
  await using calve = opened;
  const plan = await calve.plan(spec, { signal: context.signal });
  const { exitCode } = setAsideInPlan(plan, given.allow, names);
  if (given.output !== undefined) {
    await writePlan(plan, given.output, context.workingDirectory);
    context.note([
      `The plan is in ${given.output}. It is applied with: calve apply ${[given.output, given.lake ?? ''].map(shellWord).join(' ')}`,
    ]);
  }
  return { document: { command: 'plan', exitCode, error: null, plan }, text: explainPlan(plan) };
};

async function writePlan(plan: IngestionPlan, output: string, workingDirectory: string): Promise<void> {
  const place = resolve(workingDirectory, output);
  try {
    await writeFile(place, `${JSON.stringify(plan)}\n`);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw argumentError(`--output: the folder of ${place} does not exist.`);
    if (code === 'EISDIR') throw argumentError(`--output: ${place} is a folder; name a file.`);
    throw new CalveError('CONFIGURATION_INVALID', `The plan cannot be written to ${place}: ${message}`, {
      recovery: 'fix-access',
      context: { path: place },
      cause: error,
    });
  }
}
