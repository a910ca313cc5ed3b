import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { isWorthAnotherTry } from '../plan/quarantine-conditions.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { ApplyRequest } from './apply-plan.ts';
import type { RunResult } from './run-event.ts';

/** What the ledger says of a plan that came to its end before. */
export interface EndedBefore {
  /** Where its units were loaded; null: each of them was quarantined. */
  applied: NonNullable<RunResult['appliedBefore']> | null;
  /** Units of the plan that were set aside while it was applied. What it left out itself is not among them: the plan tells. */
  setAside: UnitRecord[];
}

/**
 * Looks whether the ledger has an end for each unit of a plan, in the commit of this very plan.
 *
 * @returns null: the plan is still to be applied, or never can be.
 */
export async function endedBefore(plan: IngestionPlan, request: ApplyRequest): Promise<EndedBefore | null> {
  const { batch, spec } = plan;
  const { journal, store, context } = request;
  const keys = batch.units.map(({ unit }) => unit.key);
  const known = await store.lookup(journal.key, 'key', keys);
  const ended = keys.flatMap((unitKey) => {
    const record = known.get(unitKey);
    if (!record) return [];
    // Quarantined the way that this plan reads it, and not because of an earlier spec.
    const isQuarantined = record.state === 'quarantined' && !isWorthAnotherTry(record, spec, context.limits);
    // Too many of its rows were bad, and the others went on without it: that is an end where they were loaded.
    const isLeftOut = record.state === 'held' && record.code === 'REJECTED_LIMIT';
    const isLoaded = record.state === 'ingested' && record.sequence === batch.sequence;
    return isQuarantined || isLeftOut || isLoaded ? [record] : [];
  });
  if (keys.length === 0 || ended.length < keys.length) return null;
  const setAside = ended.filter(({ state }) => state !== 'ingested');
  const isApplied = setAside.length < ended.length;
  // Nothing was loaded: with other limits, or a corrected spec, the plan may still be applied.
  if (!isApplied && setAside.some(({ state }) => state === 'held')) return null;
  return { setAside, applied: isApplied ? { sequence: batch.sequence, snapshots: await snapshotsOf(plan, request) } : null };
}

/** The table tells the snapshot of its newest commit only. */
async function snapshotsOf(
  { spec, batch }: IngestionPlan,
  { connections, journal }: ApplyRequest,
): Promise<Record<string, string>> {
  const main = mainOutput(spec);
  const evidence = await (await connections.sink(main.sink)).evidence(main.options, journal.key);
  const generation = journal.current === 'absent' ? null : journal.current.head.generation;
  return evidence?.sequence === batch.sequence && evidence.generation === generation ? { [main.name]: evidence.snapshot } : {};
}
