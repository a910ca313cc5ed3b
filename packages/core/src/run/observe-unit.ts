import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { unitFinding } from '../findings/unit-finding.ts';
import { detectFormat } from '../format/detect-format.ts';
import type { Observation } from '../format/observation.ts';
import { settleFixes } from '../format/settle-fixes.ts';
import { toldOptions } from '../format/told-options.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Json } from '../json/json.ts';
import { setAside } from '../plan/choose-units.ts';
import type { SetAsideUnit } from '../plan/ingestion-plan.ts';
import { quarantineConditions } from '../plan/quarantine-conditions.ts';
import type { GivenTypes } from '../schema/given-types.ts';
import { fileName } from '../source/file-name.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { ObjectSession } from '../source/source.ts';
import { yieldingReader } from '../source/yielding-reader.ts';
import type { InputSpec } from '../spec/ingestion-spec.ts';
import { type CalveConfiguration, pluginOf } from './calve-configuration.ts';
import type { ObservedUnitResult } from './observation-cache.ts';
import { openDecoder } from './open-decoder.ts';
import type { UnitKinds } from './unit-kinds.ts';

/** Columns whose types the spec gives. */
export interface GivenColumns {
  types: GivenTypes;
  /** Of the types: other ones have another hash. */
  hash: string;
}

/** How a unit is looked into. */
export interface Look {
  /** How much of it may be read; `Infinity` for all. */
  bytes: number;
  /** Of these columns only whether their values fit. Absent: none. */
  given?: GivenColumns | undefined;
  /** Units that this one may be like: then it need not be looked at. Absent: none. */
  kinds?: UnitKinds | undefined;
}

/** What is read and how, as text: the same for all units of a listing. */
const inputTexts = new WeakMap<InputSpec, string>();

/**
 * Looks into one unit.
 *
 * @throws {CalveError} what the source or the format throws; `FORMAT_UNKNOWN` or `FORMAT_AMBIGUOUS` (fix-input) when detection fails.
 */
export async function observeUnit(
  configuration: CalveConfiguration,
  source: ObjectSession,
  unit: ObjectUnit,
  input: InputSpec,
  { bytes, given, kinds }: Look,
  context: CallContext,
): Promise<ObservedUnitResult> {
  const cacheKey = JSON.stringify([context.tenant, textOf(input), unit.key, String(bytes), given?.hash ?? null]);
  const known = configuration.observations.get(cacheKey);
  if (known) return known;
  const reader = yieldingReader(await source.open(unit, context), context.environment, context.signal);
  try {
    const { name, options, findings } =
      input.format === 'detect' || 'detect' in input.format
        ? await detectFormat(configuration.formats, unit.uri, reader, (name) => toldOptions(input.format, name), context)
        : { name: input.format.name, options: input.format.options as unknown, findings: [] };
    const format = pluginOf('format', configuration.formats, name);
    const decoder = await openDecoder(configuration, name, context);
    const optionsText = kinds && findings.length === 0 ? JSON.stringify(options) : null;
    if (kinds && optionsText !== null && decoder.isReadLike) {
      for (const alike of kinds.known(name, optionsText)) {
        if (!(await decoder.isReadLike(reader, options as Json, alike.observation, context))) continue;
        await reader.verify();
        return alike;
      }
    }
    const observed = await decoder.observe(reader, options as Json, bytes, context, fileName(unit.uri), given?.types);
    await reader.verify();
    const settled = observed.findings.map((finding) => settleFixes(finding, input.format, name));
    const observation: Observation = withUnit({ ...observed, findings: [...findings, ...settled] }, unit);
    const result = { format: name, plan: format.lower(options, observation), observation };
    if (optionsText !== null) kinds?.learn(result, optionsText);
    return configuration.observations.set(cacheKey, result);
  } finally {
    await reader.close();
  }
}

function textOf(input: InputSpec): string {
  const text = inputTexts.get(input) ?? canonicalJson([input.source, input.format]);
  inputTexts.set(input, text);
  return text;
}

/** Plugins know neither the unit of a position nor the name of the file: this fills in the one and puts the other before each finding. */
function withUnit(observation: Observation, unit: ObjectUnit): Observation {
  const name = fileName(unit.uri);
  const findings = observation.findings.map((finding) =>
    placedIn({ ...finding, message: `${name}: ${finding.message}` }, unit.key),
  );
  const fields = observation.fields.map((field) => {
    const { statistics, shape, evidence } = field;
    return statistics || shape || evidence.length > 0 ? placedIn(field, unit.key) : field;
  });
  return { ...observation, fields, findings };
}

function placedIn<Value>(value: Value, unit: string): Value {
  return placed(value as Json, unit) as Value;
}

/** The same JSON with the unit in every position, which are the objects called `at`. */
function placed(value: Json, unit: string): Json {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => placed(item as Json, unit));
  const copy = { ...(value as Record<string, Json>) };
  for (const name of Object.keys(copy)) {
    const member = copy[name] as Json;
    if (member === null || typeof member !== 'object') continue;
    copy[name] = name === 'at' ? { ...member, unit } : placed(member, unit);
  }
  return copy;
}

/** True when one unit could not be read and the others may be: not for cancellation, a wrong configuration or a defect. */
export function isUnitFault(error: unknown): error is CalveError {
  if (!CalveError.is(error) || error.code === 'CANCELLED' || error.code === 'CONFIGURATION_INVALID') return false;
  return error.recovery.kind !== 'report' && error.recovery.kind !== 'decide';
}

/**
 * The record of a unit that could not be read: `held` when the spec has to say how, `quarantined` when its content is to blame, so that trying
 * again is of no use before it, or how it is read, changes; otherwise `failed`. A format whose error carries a finding of its own code with
 * fixes leaves it to the spec how the unit is read.
 *
 * @param attempts How often it was tried before.
 * @param spec How it was read.
 * @param format Key of the format that it was read with, which the patches of that format are written for; absent: none has read it.
 */
export function unreadableUnit(
  unit: ObjectUnit,
  error: CalveError,
  attempts: number,
  spec: Parameters<typeof quarantineConditions>[1],
  format?: string,
): SetAsideUnit {
  const asked = error.diagnostics.find(({ code, fixes }) => code === error.code && fixes !== undefined);
  const { fixes } = asked && format !== undefined ? settleFixes(asked, spec.input.format, format) : (asked ?? {});
  const finding: Diagnostic = { ...unitFinding(unit, error, spec), ...(fixes && { severity: 'warning', fixes }) };
  const isUndecided = fixes !== undefined || finding.code === 'FORMAT_UNKNOWN' || finding.code === 'FORMAT_AMBIGUOUS';
  const state = isUndecided ? 'held' : error.recovery.kind === 'fix-input' ? 'quarantined' : 'failed';
  const { record } = setAside(unit, state, null, finding, attempts);
  return state === 'quarantined' || fixes !== undefined ? { ...record, observation: quarantineConditions(error, spec) } : record;
}
