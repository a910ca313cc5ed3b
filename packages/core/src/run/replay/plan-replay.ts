import type { LedgerKey } from '../../checkpoint/commit-intent.ts';
import { CalveError, throwIfAborted } from '../../errors/calve-error.ts';
import type { ObservedField } from '../../format/observation.ts';
import { recordReader } from '../../format/record-reader.ts';
import { toldNulls } from '../../format/told-options.ts';
import { assemblePlan, type PlannedUnit } from '../../plan/assemble-plan.ts';
import { assertModesNamed } from '../../plan/assert-modes-named.ts';
import { jsonHasher } from '../../plan/identities.ts';
import type { IngestionPlan } from '../../plan/ingestion-plan.ts';
import { redactPlan } from '../../plan/redact-plan.ts';
import { openProjector } from '../../projection/open-projector.ts';
import { Arrivals } from '../../replay/arrivals.ts';
import { leftByMode } from '../../replay/left-by-mode.ts';
import { leftAsExpanded, leftAsNotInTable, leftAsUnchanged, leftAsUnreadable } from '../../replay/left-rows.ts';
import { type OpenRejection, OpenRejections, type ReadAs, replayUnit } from '../../replay/open-rejections.ts';
import { columnsOfCode, isTaken, type ReplayFilter } from '../../replay/replay-filter.ts';
import type { ReplayPlan } from '../../replay/replay-preview.ts';
import { replaySpec } from '../../replay/replay-spec.ts';
import { createColumnInference } from '../../schema/infer-columns.ts';
import type { ObjectUnit } from '../../source/input-unit.ts';
import type { IngestionSpec } from '../../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../../spec/named-outputs.ts';
import { writeModeOf } from '../../spec/write-mode.ts';
import { randomId } from '../calve-configuration.ts';
import { HEADER_BYTES } from '../look-into-unit.ts';
import { isUnitFault, observeUnit } from '../observe-unit.ts';
import { fittingState, nestedSchema, type PlanningRequest, plannedTables } from '../plan-ingestion.ts';
import { projectBatch } from '../project-batch.ts';
import { readRejected } from './read-rejected.ts';
import { placeOf, ReplayInput, replayInputOf } from './replay-input.ts';

/** Bytes of rejected records in one commit. */
const MOST_BYTES = 64 << 20;

/** Rejected rows that a filter takes, as their table holds them. */
interface Found {
  rejection: OpenRejection;
  rows: number;
  bytes: number;
}

/**
 * Plans rejected rows again: those that wait, as the ledger says, and that the filter takes. The rows of one file that one commit rejected go together.
 * Where none of them would be accepted they stay as they are. Reads the ledger, the tables and the beginning of the files; writes nothing.
 *
 * @returns null: no rejected row waits that the filter takes.
 */
export async function planReplay(
  given: IngestionSpec,
  filter: ReplayFilter,
  request: PlanningRequest,
): Promise<ReplayPlan | null> {
  const { configuration, connections, store, context, except } = request;
  const key: LedgerKey = { tenant: context.tenant, ingestion: given.id };
  const rejected = rejectedOutput(given);
  const main = mainOutput(given);
  if (!rejected) return null;
  const { head, tables } = await fittingState(key, given, connections, store);
  const open = new OpenRejections();
  const arrivals = new Arrivals();
  for await (const record of store.scan(key, { state: 'ingested' })) {
    open.add(record, main.name);
    arrivals.add(record, main.name);
  }
  const waiting = open.all().filter(({ of, sequence }) => !except.has(placeOf(of.uri, of.version, sequence)));
  const found = await findRows(waiting, filter, { sink: rejected.sink, target: rejected.options }, request);
  if (found.length === 0) return null;
  assertModesNamed(given, head);
  const mode = writeModeOf(main);
  const left = found.flatMap(({ rejection }) => leftByMode(rejection, mode, arrivals) ?? []);
  const able = found.filter(({ rejection }) => leftByMode(rejection, mode, arrivals) === null);
  // Where what comes last stays, a batch that goes before another has to have come before.
  if (mode.kind === 'merge') able.sort((a, b) => arrivals.compare(a.rejection, b.rejection));
  if (able.length === 0) return { plan: null, rows: [], left, places: placesOf(found), backlog: 0 };
  const { taken, backlog } = firstBatch(able, given.limits.maxUnitsPerBatch);
  const spec = replaySpec(given);
  const units: PlannedUnit[] = [];
  const source = await connections.source(spec.input.source, spec.input.options);
  for (const { rejection, rows, bytes } of taken) {
    throwIfAborted(context.signal);
    const unit = replayUnit(rejection, bytes);
    if (rows !== rejection.rows) left.push(leftAsNotInTable(rejection, rows));
    else {
      const planned = await observed(unit, rejection, spec, request);
      if (planned) units.push(planned);
      else left.push(leftAsUnreadable(rejection));
    }
  }
  const { environment } = context;
  const { redactor } = configuration;
  const facts = {
    ...{ spec, key, head, hash: jsonHasher(environment) },
    plannedAt: new Date(environment.now()).toISOString(),
    freshGeneration: randomId(environment, 8),
    sourceAccess: redactor.json(source.externalAccess()),
    tables: await plannedTables(spec, tables, connections, redactor),
    nested: await nestedSchema(spec, units, tables),
    ...{ setAside: [], skipped: [], findings: [], backlog: { units: backlog, bytes: 0 } },
  };
  const tried = assemblePlan({ ...facts, units });
  const expanding = unitsThatExpand(tried);
  for (const { replay } of expanding) if (replay) left.push(leftAsExpanded(replay));
  const accepted = await countAccepted(tried, request);
  const rows = units.flatMap(({ unit }) => {
    const { replay } = unit;
    const count = accepted.get(unit.key);
    return replay && count !== undefined ? [{ uri: unit.uri, ...placeIn(replay), accepted: count }] : [];
  });
  for (const { uri, sequence, rows: all, accepted: count } of rows)
    if (count === 0) left.push(leftAsUnchanged(uri, sequence, all));
  // What the schema policy holds is told by the findings of the plan.
  const going = units.filter(({ unit }) => !expanding.includes(unit) && (accepted.get(unit.key) ?? 1) > 0);
  const plan = assemblePlan({ ...facts, units: going });
  return {
    plan: redactPlan(plan, redactor, jsonHasher(environment)),
    rows: rows.filter((row) => row.accepted > 0),
    left,
    places: [...placesOf(found.filter((one) => !able.includes(one))), ...placesOf(taken)],
    backlog,
  };
}

/** Joins what the ledger counts with the rows in the table, and asks the filter. */
async function findRows(
  waiting: readonly OpenRejection[],
  filter: ReplayFilter,
  output: Parameters<typeof readRejected>[0],
  services: Parameters<typeof readRejected>[2],
): Promise<Found[]> {
  const groups = new Map(
    waiting.map((rejection) => {
      const { of, sequence } = rejection;
      const group = { rejection, rows: 0, bytes: 0, codes: new Set<string>() };
      return [placeOf(of.uri, of.version, sequence), group] as const;
    }),
  );
  if (groups.size === 0) return [];
  const isWanted = (...place: [string, string, number]): boolean => groups.has(placeOf(...place));
  for await (const { uri, version, sequence, codes, raw } of readRejected(output, isWanted, services)) {
    const group = groups.get(placeOf(uri, version, sequence));
    if (!group) continue;
    group.rows += 1;
    group.bytes += raw.length;
    for (const code of codes) group.codes.add(code);
  }
  return [...groups.values()].filter(({ rejection: { of, sequence }, codes }) => {
    const columns = [...codes].flatMap(columnsOfCode);
    return isTaken(filter, { uri: of.uri, state: 'rejected', codes: [...codes], columns, sequence });
  });
}

function firstBatch(found: readonly Found[], mostUnits: number): { taken: Found[]; backlog: number } {
  let bytes = 0;
  const taken: Found[] = [];
  for (const one of found) {
    if (taken.length >= mostUnits || (taken.length > 0 && bytes + one.bytes > MOST_BYTES)) break;
    bytes += one.bytes;
    taken.push(one);
  }
  return { taken, backlog: found.length - taken.length };
}

/** How the records are read now: as the spec reads their file, where it is still there, and otherwise as it was read. */
async function observed(
  unit: ObjectUnit,
  { of, read }: OpenRejection,
  spec: IngestionSpec,
  request: PlanningRequest,
): Promise<PlannedUnit | null> {
  const now = await readNow(of, spec, request);
  const as = now ?? (read ? { read, fields: fieldsOf(read), nulls: toldNulls(spec.input.format, read.format) } : null);
  if (!as || recordReader(as.read.reader) === null) return null;
  const fields = await withStatistics(unit, as, spec, request);
  const { format, reader } = as.read;
  const observation = { fields, origin: 'sample' as const, sampledBytes: 0, nulls: as.nulls, facts: null, findings: [] };
  return { unit, because: 'requested', attempts: 0, format, reader, observation };
}

interface ReadNow {
  read: ReadAs;
  fields: readonly ObservedField[];
  nulls: string[];
}

async function readNow(
  of: ObjectUnit,
  spec: IngestionSpec,
  { configuration, connections, context }: PlanningRequest,
): Promise<ReadNow | null> {
  const source = await connections.source(spec.input.source, spec.input.options);
  try {
    const { format, plan, observation } = await observeUnit(
      configuration,
      source,
      of,
      spec.input,
      { bytes: HEADER_BYTES },
      context,
    );
    return { read: { format, reader: plan }, fields: observation.fields, nulls: observation.nulls ?? [] };
  } catch (error) {
    if (!isUnitFault(error)) throw error;
    return null;
  }
}

function fieldsOf({ reader }: ReadAs): ObservedField[] {
  if (reader.kind === 'delimited')
    return reader.columns.map((name) => ({ field: { name, type: { kind: 'string' }, required: false }, evidence: [] }));
  return reader.kind === 'json' ? reader.fields.map((field) => ({ field, evidence: [] })) : [];
}

/** Text columns with what the records themselves show: nothing else decides the type of a column that the table does not have. */
async function withStatistics(
  unit: ObjectUnit,
  { read, fields, nulls }: ReadNow,
  spec: IngestionSpec,
  services: PlanningRequest,
): Promise<ObservedField[]> {
  const rejected = rejectedOutput(spec);
  const inference = createColumnInference({ nulls, unit: unit.key });
  const input = new ReplayInput([unit], {
    output: { sink: rejected?.sink ?? '', target: rejected?.options ?? null },
    source: { name: spec.input.source, options: spec.input.options },
    keepsNumbers: false,
    ...services,
  });
  for await (const event of input.events(unit, read)) {
    if (event.kind !== 'batch') continue;
    inference.add(event.batch);
    event.batch.release();
  }
  const seen = new Map(inference.finish().map((field) => [field.field.name, field]));
  return fields.map((known) => (known.shape ? known : (seen.get(known.field.name) ?? { ...known, evidence: [] })));
}

/** A rejected row of an expanded record keeps the whole record, of which other rows are in the table. */
function unitsThatExpand({ program, batch }: IngestionPlan): ObjectUnit[] {
  const projections = program.outputs[0]?.projections ?? {};
  return batch.units.flatMap(({ unit, reader }) => (unit.kind === 'object' && projections[reader]?.explode ? [unit] : []));
}

/** How many rows of each unit the projection takes. */
async function countAccepted(plan: IngestionPlan, services: PlanningRequest): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  const input = replayInputOf(plan, services);
  for (const { unit, reader } of plan.batch.units) {
    const read = plan.program.readers.find(({ id }) => id === reader);
    const projection = plan.program.outputs[0]?.projections[reader];
    if (unit.kind !== 'object' || !input || !read || !projection || projection.explode) continue;
    const projector = await openProjector(projection);
    const { uri: unitUri, version: unitVersion, modifiedAt: unitModified } = unit;
    const facts = { unitUri, unitVersion, unitModified, runId: services.context.runId, plannedAt: plan.batch.plannedAt };
    let rows = 0;
    try {
      for await (const event of input.events(unit, { format: read.format, reader: read.plan })) {
        if (event.kind !== 'batch') continue;
        const { accepted } = projectBatch(projector, event.batch, facts);
        rows += accepted.rows;
        accepted.release();
      }
      counts.set(unit.key, rows);
    } catch (error) {
      // A column with the policy to fail says so when the plan is applied.
      if (!CalveError.is(error) || error.code !== 'VALUE_REJECTED') throw error;
    }
  }
  return counts;
}

function placeIn({ sequence, rows }: NonNullable<ObjectUnit['replay']>): { sequence: number; rows: number } {
  return { sequence, rows };
}

function placesOf(found: readonly Found[]): string[] {
  return found.map(({ rejection: { of, sequence } }) => placeOf(of.uri, of.version, sequence));
}
