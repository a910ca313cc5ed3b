import type { CallContext } from '../context/call-context.ts';
import { givesTypes, hasGivenTypes } from '../plan/has-given-types.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ObjectSession } from '../source/source.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import type { ObservedUnitResult } from './observation-cache.ts';
import { observeUnit } from './observe-unit.ts';

/** Of a file, to know how it is read. */
export const HEADER_BYTES = 256 << 10;

/**
 * Looks into a unit as far as a plan needs it: as `budgetBytes` says where types are to be found in the values; where the spec gives the type of
 * every column, only into as much of a large file as tells how it is read. What its other values are shows when they are loaded.
 *
 * @param budgetBytes How much of the unit may be read; `Infinity` for all.
 * @throws {CalveError} as `observeUnit`.
 */
export async function lookIntoUnit(
  spec: IngestionSpec,
  source: ObjectSession,
  unit: ObjectUnit,
  budgetBytes: number,
  configuration: CalveConfiguration,
  context: CallContext,
): Promise<ObservedUnitResult> {
  const { columns } = mainOutput(spec);
  const look = (budget: number): Promise<ObservedUnitResult> =>
    observeUnit(configuration, source, unit, spec.input, budget, context);
  if (unit.sizeBytes <= HEADER_BYTES || budgetBytes <= HEADER_BYTES || !givesTypes(columns)) return look(budgetBytes);
  const first = await look(HEADER_BYTES);
  const { observation, plan } = first;
  return observation.origin === 'full-scan' || hasGivenTypes(observation, plan, columns) ? first : look(budgetBytes);
}
