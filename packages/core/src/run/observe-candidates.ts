import type { CallContext } from '../context/call-context.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { emptyUnit, type PlannedUnit } from '../plan/assemble-plan.ts';
import { setAside } from '../plan/choose-units.ts';
import { givenTypes } from '../plan/given-types.ts';
import { jsonHasher } from '../plan/identities.ts';
import type { SetAsideUnit } from '../plan/ingestion-plan.ts';
import type { ObjectSession } from '../source/source.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import type { CandidateUnit } from './discover-units.ts';
import { HEADER_BYTES, type LookingBudget, lookIntoUnit } from './look-into-unit.ts';
import { isUnitFault, unreadableUnit } from './observe-unit.ts';
import { UnitKinds } from './unit-kinds.ts';

/** Below so many bytes in a batch every value is looked at to find the types; above, parts of every file. */
const FULL_INFERENCE_BYTES = 1 << 30;
const SAMPLE_BYTES = 4 << 20;

/** Units that were looked into, and those that cannot become part of the batch. */
export interface SeenUnits {
  observed: (PlannedUnit & CandidateUnit)[];
  setAside: SetAsideUnit[];
}

/**
 * Looks into all units that may become part of a batch. Of a column whose type the spec gives it is enough to know that its values fit. Where some
 * do not, all units are looked into once more: how many they are, of how many, and what would read them is told of the whole batch.
 *
 * @param mayTrustHead As in `LookingBudget`.
 * @throws {CalveError} what is not the fault of a unit.
 */
export async function observeCandidates(
  spec: IngestionSpec,
  source: ObjectSession,
  candidates: readonly CandidateUnit[],
  mayTrustHead: boolean,
  configuration: CalveConfiguration,
  context: CallContext,
): Promise<SeenUnits> {
  const allBytes = candidates.reduce((sum, { unit }) => sum + unit.sizeBytes, 0);
  const full = allBytes < FULL_INFERENCE_BYTES ? Infinity : SAMPLE_BYTES;
  const bytes = { full, sample: SAMPLE_BYTES, off: HEADER_BYTES }[spec.schema.infer];
  const types = givenTypes(mainOutput(spec).columns);
  const lookWith = (budget: LookingBudget): Promise<SeenUnits | null> =>
    lookIntoAll(spec, source, candidates, budget, configuration, context);
  const given = { types, hash: jsonHasher(context.environment)([...types]) };
  const seen = types.size > 0 ? await lookWith({ bytes, mayTrustHead, given, kinds: new UnitKinds() }) : null;
  return seen ?? ((await lookWith({ bytes, mayTrustHead })) as SeenUnits);
}

/** @returns null: some values do not fit the types that are given. */
async function lookIntoAll(
  spec: IngestionSpec,
  source: ObjectSession,
  candidates: readonly CandidateUnit[],
  budget: LookingBudget,
  configuration: CalveConfiguration,
  context: CallContext,
): Promise<SeenUnits | null> {
  const observed: SeenUnits['observed'] = [];
  const setAsideUnits: SetAsideUnit[] = [];
  for (const candidate of candidates) {
    throwIfAborted(context.signal);
    const { unit, because, attempts, sha256, replaces } = candidate;
    try {
      const { format, plan, observation } = await lookIntoUnit(spec, source, unit, budget, configuration, context);
      const undecided = observation.findings.find(({ code }) => code === observation.undecided);
      if (observation.fields.length === 0) setAsideUnits.push(emptyUnit(candidate));
      else if (undecided) setAsideUnits.push(undecidedUnit(candidate, undecided));
      else if (observation.fields.some(({ fits }) => fits === false)) return null;
      else {
        // Written out: what is spread takes half as much again, and there are thousands of units.
        const seen: SeenUnits['observed'][number] = { unit, because, attempts, format, reader: plan, observation };
        if (sha256 !== undefined) seen.sha256 = sha256;
        if (replaces !== undefined) seen.replaces = replaces;
        observed.push(seen);
      }
    } catch (error) {
      if (!isUnitFault(error)) throw error;
      setAsideUnits.push(unreadableUnit(unit, error, attempts, spec));
    }
  }
  return { observed, setAside: setAsideUnits };
}

/** A file that can be read in two ways waits until the spec says in which. */
function undecidedUnit({ unit, attempts }: CandidateUnit, finding: Diagnostic): SetAsideUnit {
  const told: Diagnostic = { ...finding, severity: 'warning', at: { ...finding.at, unit: unit.key } };
  return setAside(unit, 'held', null, told, attempts).record;
}
