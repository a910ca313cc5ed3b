import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { CalveError, throwIfAborted } from '../errors/calve-error.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { loadUnit, UnitFailure, type UnitLoading } from './load-unit.ts';
import { batchSegments } from './segments/batch-segments.ts';
import { type BatchUnits, openUnits } from './segments/batch-units.ts';
import type { GatheredUnits } from './segments/gathered-units.ts';

/** From so many on it pays to have code for many. */
const SEVERAL_UNITS = 8;

type PlannedUnit = IngestionPlan['batch']['units'][number];

/** Those of a batch, and who loads them. */
interface StagingUnits extends UnitLoading {
  units: BatchUnits;
  /** Null: every unit is loaded alone. */
  gathered: GatheredUnits | null;
  /** Of the units that are loaded, in order. */
  records: UnitRecord[];
}

/**
 * Gives the rows of all units of a batch to its writers, in the order of the plan: those of tiny files together with their neighbours, where that pays.
 *
 * @param records Takes the records of the units whose rows are written.
 * @returns The first unit that cannot be loaded, where the work has stopped; null: all of them are loaded.
 * @throws what `loadUnit` and the writers throw, `PLAN_INVALID` (replan) for units that are no objects, and `CANCELLED`.
 */
export async function stageUnits(loading: UnitLoading, records: UnitRecord[]): Promise<UnitFailure | null> {
  const { batch, writers } = loading;
  const { plan, context } = batch.settings;
  const { writer } = writers.main;
  const shares = batchSegments(batch);
  const gathered = await gatherUnits(loading);
  try {
    const units = await openUnits(batch, shares, writer, gathered);
    const staging = { ...loading, units, gathered, records };
    try {
      for (const [index, { isCut, endsSegment }] of shares.entries()) {
        throwIfAborted(context.signal);
        const failure =
          (await stageUnit(plan.batch.units[index] as PlannedUnit, index, isCut, staging)) ??
          (endsSegment ? await gathered?.flush(records) : null);
        if (failure) return failure;
        if (endsSegment) await writer.parts?.cut();
      }
      return (await gathered?.flush(records)) ?? null;
    } finally {
      await units.close();
    }
  } finally {
    gathered?.close();
  }
}

/** @returns The failure of the unit, or of one that waited for it; null: it is loaded, or waits for others. */
async function stageUnit(
  { unit, reader, replaces }: PlannedUnit,
  index: number,
  isCut: boolean,
  staging: StagingUnits,
): Promise<UnitFailure | null> {
  const { batch, writers, units, gathered, records } = staging;
  if (unit.kind !== 'object')
    throw new CalveError('PLAN_INVALID', 'This version of Calve loads objects only.', { recovery: 'replan' });
  await batch.projector(reader);
  const { key, uri, modifiedAt } = unit;
  writers.main.writer.beginUnit?.({ key, uri, modifiedAt, replaces: replaces !== undefined });
  if (gathered) {
    const added = units.isHere && !isCut ? await gathered.add(unit, reader, records) : 'alone';
    if (added !== 'alone') return added === 'waits' ? null : added;
    const failure = await gathered.flush(records);
    if (failure) return failure;
  }
  const record = await loadUnit(unit, reader, () => units.start(index), staging);
  if (record instanceof UnitFailure) return record;
  records.push(record);
  return null;
}

/**
 * Null: the batch has few units, its writer has to know whose rows it gets, or where batches end shows in its files while other threads may be given the
 * units one by one. The number of threads must not show.
 */
async function gatherUnits(loading: UnitLoading): Promise<GatheredUnits | null> {
  const { batch, writers } = loading;
  const { beginUnit, mixesUnits, parts } = writers.main.writer;
  if (batch.settings.plan.batch.units.length < SEVERAL_UNITS || (beginUnit && !mixesUnits)) return null;
  const { GatheredUnits } = await import('./segments/gathered-units.ts');
  const gathered = new GatheredUnits(loading);
  if (parts !== undefined || (await gathered.takesMost())) return gathered;
  gathered.close();
  return null;
}
