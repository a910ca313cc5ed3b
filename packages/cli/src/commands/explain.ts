import { explainPlan } from '@calve/core';
import type { Command } from './command.ts';
import { readPlan } from './read-plan.ts';

/** `calve explain`: a plan file as text. */
export const explain: Command = async (given, { workingDirectory }) => {
  const plan = await readPlan(given.planFile ?? '', workingDirectory);
  const text = explainPlan(plan);
  const explanation = { planId: plan.id, ingestion: plan.program.ingestion, text };
  return { document: { command: 'explain', exitCode: 0, error: null, explanation }, text };
};
