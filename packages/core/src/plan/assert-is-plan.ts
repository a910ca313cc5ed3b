import { CalveError } from '../errors/calve-error.ts';
import type { IngestionPlan } from './ingestion-plan.ts';

/** @throws {CalveError} `PLAN_INVALID` (replan): not a plan, or of another version. */
export function assertIsPlan(value: unknown): asserts value is IngestionPlan {
  const plan = value as Partial<IngestionPlan> | null;
  const whole =
    plan !== null &&
    typeof plan === 'object' &&
    Array.isArray(plan.program?.outputs) &&
    Array.isArray(plan.batch?.units) &&
    Array.isArray(plan.preconditions) &&
    plan.spec;
  if (whole && plan.planVersion === 1) return;
  throw new CalveError(
    'PLAN_INVALID',
    whole ? `Plans of version ${String(plan.planVersion)} cannot be applied; this Calve knows version 1.` : 'This is not a plan.',
    {
      recovery: 'replan',
    },
  );
}
