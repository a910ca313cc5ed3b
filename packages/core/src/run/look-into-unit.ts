import type { CallContext } from '../context/call-context.ts';
import { givesTypes, hasGivenTypes, isSettledByHead } from '../plan/has-given-types.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ObjectSession } from '../source/source.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import type { ObservedUnitResult } from './observation-cache.ts';
import { type GivenColumns, observeUnit } from './observe-unit.ts';
import type { UnitKinds } from './unit-kinds.ts';

/** Of a file, to know how it is read. */
export const HEADER_BYTES = 256 << 10;
/** Where types are given a sixteenth of a file tells it too, and costs a run little beside loading all of it; a plan that somebody reads looks at more. */
const PARTS = 16;
const LEAST_PART_BYTES = 64 << 10;

/** How much of a unit a plan may look at. */
export interface LookingBudget {
  /** Bytes that may be read; `Infinity` for all. */
  bytes: number;
  /** Whoever loads the unit makes a new plan when it has members that its head has not: such plans are not for anybody else. */
  mayTrustHead: boolean;
  /** Of these columns only whether their values fit. Absent: of all columns everything. */
  given?: GivenColumns;
  /** What other units of the batch are like. Absent: each is looked into for itself. */
  kinds?: UnitKinds;
}

/**
 * Looks into a unit as far as a plan needs it: as the budget says where types are to be found in the values; where the spec gives the type of
 * every column, only into as much of a large file as tells how it is read. What its other values are shows when they are loaded, and so do other
 * members of JSON, for which its reader then watches (`isPartial`). Small files that are read like others of the batch are trusted to be like them.
 *
 * @throws {CalveError} as `observeUnit`.
 */
export async function lookIntoUnit(
  spec: IngestionSpec,
  source: ObjectSession,
  unit: ObjectUnit,
  budget: LookingBudget,
  configuration: CalveConfiguration,
  context: CallContext,
): Promise<ObservedUnitResult> {
  const output = mainOutput(spec);
  const { columns } = output;
  const isSmall = unit.sizeBytes <= HEADER_BYTES;
  const { given } = budget;
  const kinds = isSmall && given && budget.mayTrustHead ? budget.kinds : undefined;
  const look = (bytes: number): Promise<ObservedUnitResult> =>
    observeUnit(configuration, source, unit, spec.input, { bytes, given, kinds }, context);
  const leastBytes = budget.mayTrustHead ? LEAST_PART_BYTES : HEADER_BYTES;
  if (unit.sizeBytes <= leastBytes || budget.bytes <= HEADER_BYTES || !givesTypes(columns)) return look(budget.bytes);
  const isEnough = ({ observation, plan }: ObservedUnitResult): boolean =>
    observation.origin === 'full-scan' || isSeenInPart({ reader: plan }) || hasGivenTypes(observation, plan, columns);
  const part = await look(partBytes(unit.sizeBytes, leastBytes));
  if (isEnough(part)) return part;
  // Of a sample a few more bytes are no great matter, and the members that it has not are told anyhow.
  if (part.plan.kind === 'delimited' || !budget.mayTrustHead || budget.bytes !== Infinity) return look(budget.bytes);
  // A member that comes late costs another plan, so more of JSON is looked at.
  const head = await look(HEADER_BYTES);
  const { observation, plan } = head;
  if (isEnough(head)) return head;
  if (plan.kind === 'json' && isSettledByHead(observation, plan, output)) {
    // What is noticed in records is told by whoever reads all of them.
    const findings = observation.findings.filter(({ severity }) => severity === 'info');
    return { ...head, plan: { ...plan, isPartial: true }, observation: { ...observation, findings } };
  }
  return look(budget.bytes);
}

/** How much is looked at where nothing is to be found in values: a sixteenth of a file, within bounds. */
function partBytes(sizeBytes: number, leastBytes: number): number {
  return Math.min(HEADER_BYTES, Math.max(leastBytes, Math.ceil(sizeBytes / PARTS)));
}

/** True for a unit that was planned from its head, and of which only loading it shows the rest. */
export function isSeenInPart({ reader }: { reader: ObservedUnitResult['plan'] }): boolean {
  return (reader.kind === 'json' || reader.kind === 'delimited') && reader.isPartial === true;
}
