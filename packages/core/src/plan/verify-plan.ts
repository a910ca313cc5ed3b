import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { TableState } from '../sink/sink.ts';
import { type HashJson, planId } from './identities.ts';
import type { IngestionPlan, Precondition } from './ingestion-plan.ts';

/** The world as it is when a plan is to be applied. */
export interface PlanWorld {
  head: VersionedHead | 'absent';
  /** By output. */
  tables: Readonly<Record<string, TableState | 'absent'>>;
  hash: HashJson;
}

/**
 * Compares what a plan relied on with what is there now, by meaning: rows that somebody else appended do not matter to an append.
 * Pure; an empty answer means that the plan may be applied.
 */
export function brokenPreconditions(plan: IngestionPlan, world: PlanWorld): { precondition: Precondition; reason: string }[] {
  return plan.preconditions.flatMap((precondition) => {
    const reason = reasonAgainst(precondition, plan, world);
    return reason === null ? [] : [{ precondition, reason }];
  });
}

function reasonAgainst(precondition: Precondition, plan: IngestionPlan, { head, tables, hash }: PlanWorld): string | null {
  switch (precondition.kind) {
    case 'ledger': {
      const first = plan.program.outputs[0]?.name ?? '';
      const generation = head === 'absent' || isUnused(head, first) ? 'absent' : head.head.generation;
      const sequence = head === 'absent' ? 0 : (head.head.committed[first] ?? 0);
      if (
        generation !== precondition.generation &&
        !(precondition.generation !== 'absent' && head !== 'absent' && head.head.generation === precondition.generation)
      ) {
        return precondition.generation === 'absent'
          ? 'another run has loaded files since'
          : 'the state was reset or replaced since';
      }
      return sequence === precondition.sequence
        ? null
        : `the ledger stands at commit ${sequence}, the plan was made at ${precondition.sequence}`;
    }
    case 'spec':
      return hash(plan.spec) === precondition.hash ? null : 'the spec inside the plan was changed';
    case 'table': {
      const state = tables[precondition.output] ?? 'absent';
      if (state === 'absent')
        return precondition.identity === 'absent' ? null : `the table of output "${precondition.output}" is gone`;
      if (precondition.identity === 'absent') return `the table of output "${precondition.output}" was created since`;
      if (state.identity !== precondition.identity)
        return `the table of output "${precondition.output}" was dropped and created again`;
      if (state.schemaId !== precondition.schemaId) return `the schema of output "${precondition.output}" changed`;
      return state.partitionSpecId === precondition.partitionSpecId
        ? null
        : `the partitioning of output "${precondition.output}" changed`;
    }
  }
}

/**
 * A ledger that holds no commit yet, only an intent or units that were set aside, is as good as absent for the generation. One that was reset is
 * not, although it may hold no commit: it stands at 0.
 */
function isUnused({ head }: VersionedHead, output: string): boolean {
  return head.committed[output] === undefined;
}

/** @throws {CalveError} `PLAN_STALE` (replan) that names every precondition that no longer holds. */
export function assertPlanHolds(plan: IngestionPlan, world: PlanWorld): void {
  const broken = brokenPreconditions(plan, world);
  if (broken.length === 0) return;
  throw new CalveError(
    'PLAN_STALE',
    `This plan no longer fits: ${broken.map(({ reason }) => reason).join('; ')}. Make a new plan.`,
    {
      recovery: 'replan',
      context: { planId: plan.id, reasons: broken.map(({ reason }) => reason) },
    },
  );
}

/**
 * What was approved is what is applied: a plan that was edited after it was made, on purpose or by accident, is refused.
 *
 * @throws {CalveError} `PLAN_INVALID` (replan).
 */
export function assertPlanUnchanged({ id, ...plan }: IngestionPlan, hash: HashJson): void {
  if (planId(plan, hash) === id) return;
  throw new CalveError(
    'PLAN_INVALID',
    `Plan ${id} is not as it was made: somebody or something changed it. Change the spec instead, and plan again.`,
    {
      recovery: 'replan',
      context: { planId: id },
    },
  );
}
