import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CallContext } from '../context/call-context.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ObjectSession } from '../source/source.ts';
import type { Connections } from './connections.ts';
import { isUnitFault, unreadableUnit } from './observe-unit.ts';

/** Units that are opened at the same time. */
const PARALLEL = 8;
const OPENING_FAULTS = new Set(['OBJECT_CHANGED', 'OBJECT_NOT_FOUND', 'SOURCE_ACCESS_DENIED']);

/** True when a unit ended as one whose file is not there as it was listed, which opening it finds out. */
export function isOpeningFault({ code }: UnitRecord): boolean {
  return code !== undefined && OPENING_FAULTS.has(code);
}

/**
 * Opens each unit of a plan and closes it again, unread.
 *
 * @returns The records of those that cannot be opened as they were listed, in the order of the plan.
 */
export async function findUnopenable(
  { spec, program, batch }: IngestionPlan,
  connections: Connections,
  context: CallContext,
): Promise<UnitRecord[]> {
  const source = await connections.source(program.source.name, program.source.options);
  const units = batch.units.flatMap(({ unit }) => (unit.kind === 'object' && !unit.replay ? [unit] : []));
  const records: UnitRecord[] = [];
  for (let start = 0; start < units.length; start += PARALLEL) {
    throwIfAborted(context.signal);
    const some = units.slice(start, start + PARALLEL);
    for (const record of await Promise.all(some.map((unit) => openingFault(unit, source, spec, context))))
      if (record) records.push(record);
  }
  return records;
}

async function openingFault(
  unit: ObjectUnit,
  source: ObjectSession,
  spec: IngestionPlan['spec'],
  context: CallContext,
): Promise<UnitRecord | null> {
  try {
    await (await source.open(unit, context)).close();
    return null;
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return unreadableUnit(unit, error, 0, spec);
  }
}
