import { explainPlan } from '@calve/core';
import { fileNames } from '../render/file-names.ts';
import { planWords } from '../render/plan-words.ts';
import type { Command } from './command.ts';
import { landingOf } from './ingestion.ts';
import { readPlan } from './read-plan.ts';

/** `calve explain`: a plan file as text. */
export const explain: Command = async (given, { workingDirectory }) => {
  const plan = await readPlan(given.planFile ?? '', workingDirectory);
  const text = explainPlan(plan, planWords(fileNames(landingOf(plan.spec, workingDirectory))));
  const explanation = { planId: plan.id, ingestion: plan.program.ingestion, text };
  return { document: { command: 'explain', exitCode: 0, error: null, explanation }, text };
};
