import { explainPlan } from '@calve/core';
import { planWords } from '../render/plan-words.ts';
import { setAsideLines } from '../render/run-lines.ts';
import { shellWord } from '../render/shell-word.ts';
import type { Command } from './command.ts';
import { openIngestion } from './ingestion.ts';
import { checkOutput, writeOutput } from './output-file.ts';
import { setAsideInPlan } from './set-aside-in-plan.ts';

/** `calve plan`: what a run would do, as text and as a file. */
export const plan: Command = async (given, context) => {
  if (given.output !== undefined) await checkOutput('--output', given.output, context.workingDirectory);
  const ingestion = await openIngestion(given, context);
  const { calve: opened, spec } = ingestion;
  await using calve = opened;
  const plan = await calve.plan(spec, { signal: context.signal });
  const { exitCode, before } = await setAsideInPlan(plan, given.allow, ingestion);
  // The plan itself does not know why.
  context.note(setAsideLines([], before, ingestion));
  if (given.output !== undefined) {
    await writeOutput(`${JSON.stringify(plan)}\n`, 'the plan', '--output', given.output, context.workingDirectory);
    context.note([
      `The plan is in ${given.output}. It is applied with: ${context.program} apply ${[given.output, given.lake ?? ''].map(shellWord).join(' ')}`,
    ]);
  }
  return { document: { command: 'plan', exitCode, error: null, plan }, text: explainPlan(plan, planWords(ingestion.names)) };
};
