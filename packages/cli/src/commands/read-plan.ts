import { assertIsPlan, type IngestionPlan } from '@calve/core';
import { readJsonFile } from '../read-json-file.ts';

/**
 * The plan in a file that `calve plan --output` wrote; also the document of `calve plan --json`.
 *
 * @throws {CalveError} `CONFIGURATION_INVALID` (fix-input): no such file, or no JSON; `PLAN_INVALID` (replan): it holds no plan.
 */
export async function readPlan(path: string, workingDirectory: string): Promise<IngestionPlan> {
  const value = await readJsonFile(path, 'plan', workingDirectory);
  const plan = isPlanDocument(value) ? value.plan : value;
  assertIsPlan(plan);
  return plan;
}

function isPlanDocument(value: unknown): value is { plan: unknown } {
  return value !== null && typeof value === 'object' && 'command' in value && value.command === 'plan' && 'plan' in value;
}
