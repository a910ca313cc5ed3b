import type { CheckpointStore, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError, throwIfAborted } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import { buildProjection, groupReaders } from '../plan/build-program.ts';
import { setAside } from '../plan/choose-units.ts';
import { commitIdOf, jsonHasher } from '../plan/identities.ts';
import type {
  ColumnDecision,
  IngestionPlan,
  Precondition,
  Program,
  ProgramOutput,
  SetAsideUnit,
} from '../plan/ingestion-plan.ts';
import { resolveColumns } from '../schema/resolve-columns.ts';
import type { TableState } from '../sink/sink.ts';
import type { ObjectSession } from '../source/source.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { type CalveConfiguration, randomId } from './calve-configuration.ts';
import { assertEvidenceFits } from './check-evidence.ts';
import type { Connections } from './connections.ts';
import { type CandidateUnit, type Discovery, discoverUnits, findCopies } from './discover-units.ts';
import { isUnitFault, type ObservedUnitResult, observeUnit, unreadableUnit } from './observe-unit.ts';
import { provenanceFields, rejectedFields } from './rejected-rows.ts';

/** Below so many bytes in a batch every value is looked at; above, the beginning of every file. */
const FULL_INFERENCE_BYTES = 1 << 30;
const SAMPLE_BYTES = 4 << 20;
const HEADER_BYTES = 256 << 10;

/** What planning works with. */
export interface PlanningRequest {
  configuration: CalveConfiguration;
  connections: Connections;
  store: CheckpointStore;
  context: CallContext;
  /** Unit keys that this run has dealt with already. */
  except: ReadonlySet<string>;
  onWaiting(until: string): void;
}

interface ObservedCandidate {
  candidate: CandidateUnit;
  observed: ObservedUnitResult;
}

/** Makes a plan. Reads the source, the ledger and the tables; writes nothing. */
export async function planIngestion(spec: IngestionSpec, request: PlanningRequest): Promise<IngestionPlan> {
  const { configuration, connections, store, context } = request;
  const key: LedgerKey = { tenant: context.tenant, ingestion: spec.id };
  const source = await connections.source(spec.input.source, spec.input.options);
  const head = await store.read(key);
  const tables = await inspectTables(spec, connections);
  await assertEvidenceFits(key, head, spec, connections, tables);
  const discovery = await discoverUnits(spec, source, store, key, context, request.except, request.onWaiting);
  const seen = await observeCandidates(spec, source, discovery, configuration, context);
  const copies = await findCopies(
    seen.observed.map(({ candidate, observed }) => ({ candidate, rows: observed.observation.exactRows })),
    source,
    spec.input,
    context,
  );
  const copied = new Set(copies.map(({ unit }) => unit.key));
  const units = seen.observed.filter(({ candidate }) => !copied.has(candidate.unit.key));
  return assemble(
    spec,
    key,
    head,
    tables,
    { ...discovery, setAside: [...discovery.setAside, ...seen.setAside, ...copies] },
    units,
    request,
    source,
  );
}

async function inspectTables(spec: IngestionSpec, connections: Connections): Promise<Record<string, TableState | 'absent'>> {
  const states: Record<string, TableState | 'absent'> = {};
  for (const output of spec.outputs) states[output.name] = await (await connections.sink(output.sink)).inspect(output.options);
  return states;
}

async function observeCandidates(
  spec: IngestionSpec,
  source: ObjectSession,
  discovery: Discovery,
  configuration: CalveConfiguration,
  context: CallContext,
): Promise<{ observed: ObservedCandidate[]; setAside: SetAsideUnit[] }> {
  const observed: ObservedCandidate[] = [];
  const setAsideUnits: SetAsideUnit[] = [];
  const bytes = discovery.candidates.reduce((sum, { unit }) => sum + unit.sizeBytes, 0);
  const budget = { full: bytes < FULL_INFERENCE_BYTES ? Infinity : SAMPLE_BYTES, sample: SAMPLE_BYTES, off: HEADER_BYTES }[
    spec.schema.infer
  ];
  for (const candidate of discovery.candidates) {
    throwIfAborted(context.signal);
    const { unit, attempts } = candidate;
    try {
      const result = await observeUnit(configuration, source, unit, spec.input, budget, context);
      if (result.observation.fields.length > 0) observed.push({ candidate, observed: result });
      else setAsideUnits.push(setAside(unit, 'skipped', null, emptyUnit(unit.uri, unit.key), attempts).record);
    } catch (error) {
      if (!isUnitFault(error)) throw error;
      setAsideUnits.push(unreadableUnit(unit, error, attempts));
    }
  }
  return { observed, setAside: setAsideUnits };
}

async function assemble(
  spec: IngestionSpec,
  key: LedgerKey,
  head: VersionedHead | 'absent',
  tables: Record<string, TableState | 'absent'>,
  discovery: Discovery,
  candidates: readonly ObservedCandidate[],
  { configuration, connections, context }: PlanningRequest,
  source: ObjectSession,
): Promise<IngestionPlan> {
  const { environment } = configuration;
  const hash = jsonHasher(environment);
  const main = spec.outputs[0] as OutputSpec;
  const mainTable = tables[main.name] ?? 'absent';
  const provenance = provenanceFields(main.provenance);
  const answer = resolveColumns({
    units: candidates.map(({ candidate, observed }) => ({
      uri: candidate.unit.uri,
      key: candidate.unit.key,
      fields: observed.observation.fields,
      isSample: observed.observation.origin === 'sample',
    })),
    declared: main.columns,
    table: mainTable === 'absent' ? null : mainTable.fields,
    reserved: provenance.map(({ name }) => name),
    policy: spec.schema,
    limits: spec.limits,
  });
  const findings = [...answer.findings, ...candidates.flatMap(({ observed }) => observed.observation.findings)];
  const setAsideUnits = [...discovery.setAside];
  for (const [index, finding] of answer.held) {
    const candidate = candidates[index]?.candidate;
    if (candidate)
      setAsideUnits.push(
        setAside(candidate.unit, 'held', null, { ...finding, at: finding.at ?? { unit: candidate.unit.key } }, candidate.attempts)
          .record,
      );
  }
  let taking = candidates.filter((_, index) => !answer.held.has(index));
  if (answer.columns.length === 0) {
    for (const { candidate } of taking) {
      setAsideUnits.push(
        setAside(candidate.unit, 'skipped', null, emptyUnit(candidate.unit.uri, candidate.unit.key), candidate.attempts).record,
      );
    }
    taking = [];
  }

  const { groups, readerOf } = groupReaders(
    taking.map(({ observed: { format, plan, observation } }) => ({
      format,
      plan,
      columns: observation.fields.map(({ field }) => field.name),
      nulls: observation.nulls ?? [],
    })),
    canonicalJson,
  );
  const fieldsOf = (output: OutputSpec) =>
    output.rows === 'rejected'
      ? rejectedFields(output.provenance)
      : [...answer.columns.map(({ field }) => field), ...provenanceFields(output.provenance)];
  const outputs: ProgramOutput[] = [];
  for (const output of spec.outputs) {
    const sink = await connections.sink(output.sink);
    const changes =
      taking.length === 0
        ? { kind: 'changes' as const, changes: [], fields: [] }
        : sink.planChanges(tables[output.name] ?? 'absent', fieldsOf(output), output.options);
    if (changes.kind === 'impossible') {
      throw new CalveError('SCHEMA_IMPOSSIBLE', changes.diagnostic.message, {
        recovery: 'fix-input',
        diagnostics: [changes.diagnostic],
      });
    }
    const projections =
      output.rows === 'rejected'
        ? {}
        : Object.fromEntries(
            groups.map((group) => [group.id, buildProjection(group, output, changes.fields, answer.columns, answer.sources)]),
          );
    outputs.push({
      name: output.name,
      sink: output.sink,
      rows: output.rows,
      target: output.options,
      access: sink.tableAccess(output.options),
      fields: changes.fields,
      changes: changes.changes,
      projections,
      mode: output.mode,
    });
  }
  const body: Omit<Program, 'hash'> = {
    tenant: key.tenant,
    ingestion: key.ingestion,
    access: source.externalAccess(),
    source: { name: spec.input.source, options: spec.input.options },
    readers: groups.map(({ id, format, plan }) => ({ id, format, plan })),
    outputs,
    limits: spec.limits,
  };
  const program: Program = { hash: hash(body), ...body };
  const generation = head === 'absent' ? randomId(environment, 8) : head.head.generation;
  const committed = head === 'absent' ? 0 : (head.head.committed[main.name] ?? 0);
  const sequence = committed + 1;
  const keys = taking.map(({ candidate }) => candidate.unit.key);
  const plan: Omit<IngestionPlan, 'id'> = {
    planVersion: 1,
    spec,
    program,
    batch: {
      generation,
      sequence,
      commitId: commitIdOf(hash, key, generation, sequence, keys, program.hash),
      plannedAt: new Date(environment.now()).toISOString(),
      skipped: discovery.skipped,
      units: taking.map(({ candidate }, index) => ({
        unit: candidate.unit,
        reader: readerOf[index] ?? '',
        because: candidate.because,
      })),
      setAside: setAsideUnits,
    },
    preconditions: preconditionsOf(spec, tables, head, committed, hash(spec)),
    findings: [...findings, ...emptySource(discovery)],
    columns:
      taking.length === 0
        ? []
        : [
            ...answer.columns,
            ...provenance.map(
              (field): ColumnDecision => ({ name: field.name, field, origin: 'provenance', evidence: [], misfits: 0 }),
            ),
          ],
    backlog: { ...discovery.backlog, complete: true },
  };
  throwIfAborted(context.signal);
  return { id: `plan-${hash(plan).slice(0, 16)}`, ...plan };
}

function preconditionsOf(
  spec: IngestionSpec,
  tables: Record<string, TableState | 'absent'>,
  head: VersionedHead | 'absent',
  committed: number,
  specHash: string,
): Precondition[] {
  const ledger: Precondition = {
    kind: 'ledger',
    generation: head === 'absent' ? 'absent' : head.head.generation,
    sequence: committed,
  };
  const perTable = spec.outputs.map((output): Precondition => {
    const state = tables[output.name] ?? 'absent';
    const { identity, schemaId, partitionSpecId } =
      state === 'absent' ? { identity: 'absent', schemaId: null, partitionSpecId: null } : state;
    return { kind: 'table', output: output.name, identity, schemaId, partitionSpecId };
  });
  return [ledger, { kind: 'spec', hash: specHash }, ...perTable];
}

function emptyUnit(uri: string, key: string): Diagnostic {
  return {
    code: 'FILE_EMPTY',
    severity: 'info',
    message: `${uri} holds no values, so there is nothing to load.`,
    at: { unit: key },
  };
}

/** When nothing matched: where it was looked for, what is near, what the pattern excluded. */
function emptySource({ matched, searched }: Discovery): Diagnostic[] {
  if (matched > 0 || !searched) return [];
  const { root, nearest, excludedByPattern } = searched;
  const excluded = excludedByPattern > 0 ? ` The pattern excluded ${excludedByPattern} files.` : '';
  const near = nearest.length > 0 ? ` Nearest names: ${nearest.join(', ')}.` : '';
  return [{ code: 'SOURCE_EMPTY', severity: 'warning', message: `No file in ${root} matches.${excluded}${near}` }];
}
