import type { CheckpointStore, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { ColumnType } from '../columns/column-type.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError, throwIfAborted } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Redactor } from '../errors/redactor.ts';
import { assemblePlan, type PlannedTable, type PlannedUnit } from '../plan/assemble-plan.ts';
import { forgetsMode } from '../plan/forgets-mode.ts';
import { jsonHasher } from '../plan/identities.ts';
import type { IngestionPlan, SetAsideUnit } from '../plan/ingestion-plan.ts';
import { redactPlan } from '../plan/redact-plan.ts';
import type { NestedSchema } from '../schema/column-question.ts';
import type { TableState } from '../sink/sink.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import { type CalveConfiguration, randomId } from './calve-configuration.ts';
import { assertEvidenceFits } from './check-evidence.ts';
import type { Connections } from './connections.ts';
import { type Discovery, discoverUnits, findCopies } from './discover-units.ts';
import { isSeenInPart } from './look-into-unit.ts';
import { observeCandidates, type SeenUnits } from './observe-candidates.ts';

/** What planning works with. */
export interface PlanningRequest {
  configuration: CalveConfiguration;
  connections: Connections;
  store: CheckpointStore;
  context: CallContext;
  /** Unit keys that this run has dealt with already. */
  except: ReadonlySet<string>;
  onWaiting(until: string): void;
  /** A run plans for itself: what the source notes may be written down. Default no, and nothing at all is written. */
  keepsNotes?: boolean;
  /** Only these files of the ledger, looked at whatever became of them before; absent: all files that wait or are new. */
  isRequested?(record: UnitRecord): boolean;
  /**
   * Units of JSON may be planned from their heads where that tells everything but members that come late. For those who make a new plan, without
   * this, when applying one ends with `PLAN_INCOMPLETE`. Default no.
   */
  mayTrustHeads?: boolean;
}

/** Makes a plan. Reads the source, the ledger and the tables; writes nothing. */
export async function planIngestion(spec: IngestionSpec, request: PlanningRequest): Promise<IngestionPlan> {
  const { configuration, connections, store, context } = request;
  const key: LedgerKey = { tenant: context.tenant, ingestion: spec.id };
  const source = await connections.source(spec.input.source, spec.input.options);
  const { head, tables } = await fittingState(key, spec, connections, store);
  const { except, onWaiting, isRequested, keepsNotes } = request;
  const discovery = await discoverUnits(spec, source, store, key, context, {
    ...{ except, onWaiting, canReplace: configuration.sinks[mainOutput(spec).sink]?.replacesFiles === true },
    ...(isRequested && { isRequested }),
    ...(keepsNotes && { keepsNotes }),
  });
  if (discovery.candidates.length > 0 && forgetsMode(spec, head))
    (await import('../plan/assert-modes-named.ts')).assertModesNamed(spec, head);
  assertFitsOneCommit(spec, discovery);
  const { environment } = context;
  const { redactor } = configuration;
  const assembled = async (seen: SeenUnits): Promise<IngestionPlan> => {
    const copies = await findCopies(seen.observed, source, spec.input, context);
    const copied = new Set(copies.map(({ unit }) => unit.key));
    return assemblePlan({
      spec,
      key,
      head,
      plannedAt: new Date(environment.now()).toISOString(),
      freshGeneration: randomId(environment, 8),
      hash: jsonHasher(environment),
      sourceAccess: redactor.json(source.externalAccess()),
      tables: await plannedTables(spec, tables, connections, redactor),
      units: seen.observed.filter(({ unit }) => !copied.has(unit.key)),
      setAside: [...discovery.setAside, ...seen.setAside, ...copies],
      skipped: discovery.skipped,
      backlog: discovery.backlog,
      findings: emptySource(discovery),
      nested: await nestedSchema(spec, seen.observed, tables),
    });
  };
  const look = (mayTrustHead: boolean): Promise<SeenUnits> =>
    observeCandidates(spec, source, discovery.candidates, mayTrustHead, configuration, context);
  const seen = await look(request.mayTrustHeads ?? false);
  const plan = (await assembledFromHeads(seen, assembled)) ?? (await assembled(await look(false)));
  throwIfAborted(context.signal);
  return redactPlan(plan, redactor, jsonHasher(environment));
}

/** @returns null: what the heads of some units lack keeps them, or everything, from being loaded, and may come further on in them. */
async function assembledFromHeads(
  seen: SeenUnits,
  assembled: (seen: SeenUnits) => Promise<IngestionPlan>,
): Promise<IngestionPlan | null> {
  const inPart = new Set(seen.observed.filter(isSeenInPart).map(({ unit }) => unit.key));
  if (inPart.size === 0) return assembled(seen);
  try {
    const plan = await assembled(seen);
    const waits = ({ unit, state, code }: SetAsideUnit): boolean =>
      inPart.has(unit.key) && state === 'held' && code !== 'OBJECT_SAME_CONTENT';
    return plan.batch.setAside.some(waits) ? null : plan;
  } catch (error) {
    if (!CalveError.is(error) || error.code === 'CANCELLED') throw error;
    return null;
  }
}

/** @throws {CalveError} `OVERWRITE_TOO_LARGE` (fix-input): what comes after the first commit would replace what that one brought. */
function assertFitsOneCommit({ outputs, limits }: IngestionSpec, { candidates, backlog }: Discovery): void {
  const kind = outputs[0]?.mode?.kind;
  if (backlog.units === 0 || (kind !== 'overwrite-table' && kind !== 'overwrite-partitions')) return;
  const isCount = candidates.length >= limits.maxUnitsPerBatch;
  const [name, limit] = isCount ? ['maxUnitsPerBatch', limits.maxUnitsPerBatch] : ['maxBytesPerBatch', limits.maxBytesPerBatch];
  throw new CalveError(
    'OVERWRITE_TOO_LARGE',
    `${candidates.length + backlog.units} new files are to replace rows in one commit, and limits.${name} (${limit}) lets ${candidates.length} of them into one. ` +
      `Raise limits.${name} in the spec, or put fewer files into the folder.`,
    { recovery: 'fix-input', context: { limit: name, value: limit, files: candidates.length + backlog.units } },
  );
}

/**
 * The ledger, and tables that fit it. They are looked at one after the other: where another worker commits in between they do not fit each other,
 * and both are read again instead of asking somebody to decide.
 */
export async function fittingState(
  key: LedgerKey,
  spec: IngestionSpec,
  connections: Connections,
  store: CheckpointStore,
): Promise<{ head: VersionedHead | 'absent'; tables: Record<string, TableState | 'absent'> }> {
  for (let head = await store.read(key); ; ) {
    const tables = await inspectTables(spec, connections);
    try {
      await assertEvidenceFits(key, head, spec, connections, tables, store.location);
      return { head, tables };
    } catch (error) {
      const now = await store.read(key);
      if (versionOf(now) === versionOf(head)) throw error;
      head = now;
    }
  }
}

/** Loaded where a format, the spec or the table has nested data: most pages that plan never do. */
export async function nestedSchema(
  spec: IngestionSpec,
  units: readonly PlannedUnit[],
  tables: Readonly<Record<string, TableState | 'absent'>>,
): Promise<NestedSchema | undefined> {
  const { columns, flatten, rows, name } = mainOutput(spec);
  const table = tables[name] ?? 'absent';
  const isNested = ({ kind }: ColumnType): boolean => kind === 'struct' || kind === 'list' || kind === 'map';
  const isNeeded =
    flatten !== undefined ||
    typeof rows === 'object' ||
    units.some(({ observation, reader }) => reader.kind === 'json' || observation.fields.some(({ shape }) => shape)) ||
    Object.values(columns).some(({ from = [], type }) => from.length > 1 || (type && isNested(type))) ||
    (table !== 'absent' && table.fields.some(({ type }) => isNested(type)));
  return isNeeded ? import('../schema/nested/nested-schema.ts') : undefined;
}

function versionOf(head: VersionedHead | 'absent'): string {
  return head === 'absent' ? head : head.version;
}

/** What the tables of a spec are to a plan. */
export async function plannedTables(
  spec: IngestionSpec,
  states: Readonly<Record<string, TableState | 'absent'>>,
  connections: Connections,
  redactor: Redactor,
): Promise<Record<string, PlannedTable>> {
  const tables: Record<string, PlannedTable> = {};
  for (const { name, sink: sinkName, options } of spec.outputs) {
    const sink = await connections.sink(sinkName);
    const state = states[name] ?? 'absent';
    tables[name] = {
      state,
      ...(state === 'absent' ? {} : { schema: await import('../schema/table-schema.ts') }),
      access: redactor.json(sink.tableAccess(options)),
      planChanges: (fields, decisions) => sink.planChanges(state, fields, options, decisions),
    };
  }
  return tables;
}

async function inspectTables(spec: IngestionSpec, connections: Connections): Promise<Record<string, TableState | 'absent'>> {
  const states: Record<string, TableState | 'absent'> = {};
  for (const output of spec.outputs) states[output.name] = await (await connections.sink(output.sink)).inspect(output.options);
  return states;
}

/** When nothing matched: where it was looked for, what is near, what the pattern excluded. */
function emptySource({ matched, searched }: Discovery): Diagnostic[] {
  if (matched > 0 || !searched) return [];
  const { root, nearest, excludedByPattern } = searched;
  const excluded =
    excludedByPattern > 0 ? ` The pattern excluded ${excludedByPattern === 1 ? 'one file' : `${excludedByPattern} files`}.` : '';
  const near = nearest.length > 0 ? ` Nearest names: ${nearest.join(', ')}.` : '';
  const found = excluded + near === '' ? `There is no file in ${root}.` : `No file in ${root} matches.${excluded}${near}`;
  return [{ code: 'SOURCE_EMPTY', severity: 'warning', message: found }];
}
