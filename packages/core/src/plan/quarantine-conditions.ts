import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { DEFAULT_LIMITS, type InputLimits } from '../context/input-limits.ts';
import type { CalveError } from '../errors/calve-error.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Json } from '../json/json.ts';
import type { ColumnSpec, IngestionSpec, InputSpec } from '../spec/ingestion-spec.ts';

/** How a unit was read when it was quarantined: what the user can change so that the same bytes may be fine. */
interface QuarantineConditions {
  readAs: InputSpec['format'];
  /** The limit that stopped it, and what it was. */
  limit?: string;
  allowed?: number;
  /** The column whose value stopped it, and what the spec said about it. */
  column?: string;
  declared?: ColumnSpec | null;
}

type ReadingSpec = Pick<IngestionSpec, 'input'> & Partial<Pick<IngestionSpec, 'outputs'>>;

/** What the record of a unit that is quarantined, or held because of how it is read, keeps as `observation`. */
export function quarantineConditions({ code, context }: CalveError, spec: ReadingSpec): Json {
  const conditions: QuarantineConditions = { readAs: spec.input.format };
  // What is inside of a column is read as the spec says of the column.
  const { limit, allowed, column: place, root: column = place } = (context ?? {}) as Record<string, Json | undefined>;
  if (typeof limit === 'string' && typeof allowed === 'number') Object.assign(conditions, { limit, allowed });
  if (code === 'VALUE_REJECTED' && typeof column === 'string')
    Object.assign(conditions, { column, declared: declaredColumn(spec, column) });
  return conditions as unknown as Json;
}

/** True for a unit that was held since the spec has to say how it is read, as long as it says the same as then. */
export function isStillAsked({ state, observation }: UnitRecord, spec: ReadingSpec): boolean {
  const conditions = observation as unknown as QuarantineConditions | undefined;
  if (state !== 'held' || conditions?.readAs === undefined) return false;
  return canonicalJson(conditions.readAs) === canonicalJson(spec.input.format);
}

/**
 * True when a quarantined unit is worth another try although its bytes are the same: the spec reads it otherwise now, the limit that stopped
 * it was raised, or its column is declared otherwise. Records of earlier versions, which do not say how the unit was read, stay as they are.
 */
export function isWorthAnotherTry({ state, observation }: UnitRecord, spec: ReadingSpec, limits: Readonly<InputLimits>): boolean {
  const conditions = observation as unknown as QuarantineConditions | undefined;
  if (state !== 'quarantined' || conditions?.readAs === undefined) return false;
  const { readAs, limit, allowed, column, declared } = conditions;
  if (canonicalJson(readAs) !== canonicalJson(spec.input.format)) return true;
  if (limit !== undefined && allowed !== undefined && isLimit(limit) && limits[limit] > allowed) return true;
  return column !== undefined && canonicalJson(declared ?? null) !== canonicalJson(declaredColumn(spec, column));
}

function declaredColumn({ outputs = [] }: ReadingSpec, column: string): ColumnSpec | null {
  const columns = outputs[0]?.columns ?? {};
  return Object.hasOwn(columns, column) ? (columns[column] ?? null) : null;
}

function isLimit(name: string): name is keyof InputLimits {
  return Object.hasOwn(DEFAULT_LIMITS, name);
}
