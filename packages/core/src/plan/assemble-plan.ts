import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { Field } from '../columns/column-type.ts';
import type { ExternalAccess } from '../context/plugin.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { withoutNullKeys } from '../findings/merge-keys.ts';
import type { Observation } from '../format/observation.ts';
import type { ReaderPlan } from '../format/reader-plan.ts';
import { canonicalJson } from '../json/canonical-json.ts';
import type { Path } from '../json/json.ts';
import type { ColumnAnswer, NestedSchema, TableSchema } from '../schema/column-question.ts';
import { resolveColumns } from '../schema/resolve-columns.ts';
import type { ChangePlan, SchemaDecisions, TableState } from '../sink/sink.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import { writeModeOf } from '../spec/write-mode.ts';
import { buildProjection, droppedColumns, groupReaders, type ReaderGroup, readNames } from './build-program.ts';
import { assertKeys } from './check-keys.ts';
import { setAside } from './choose-units.ts';
import { decidedFields, decidedRenames, formerNames, schemaDecisions, withPresentNames } from './decided-columns.ts';
import { commitIdOf, type HashJson, planId } from './identities.ts';
import { impossibleFixes } from './impossible-fixes.ts';
import type {
  Batch,
  ColumnDecision,
  IngestionPlan,
  Precondition,
  Program,
  ProgramOutput,
  SetAsideUnit,
  UnitReason,
} from './ingestion-plan.ts';
import { provenanceFields, rejectedFields, rescueFields } from './output-fields.ts';

/** A unit that was looked into. */
export interface PlannedUnit {
  unit: ObjectUnit;
  because: UnitReason;
  attempts: number;
  /** Loaded versions whose rows it replaces. */
  replaces?: UnitRecord[];
  /** Key of the format that reads it. */
  format: string;
  reader: ReaderPlan;
  observation: Observation;
}

/** A table that an output goes to, as its sink sees it. */
export interface PlannedTable {
  state: TableState | 'absent';
  /** What knows columns of tables; absent: the table does not exist. */
  schema?: TableSchema;
  access: ExternalAccess;
  /** `SinkSession.planChanges` for this table: pure. */
  planChanges(fields: readonly Field[], decisions?: SchemaDecisions): ChangePlan;
}

/** Everything that was found out, and nothing that still has to be asked. */
export interface PlanFacts {
  spec: IngestionSpec;
  key: LedgerKey;
  head: VersionedHead | 'absent';
  /** ISO 8601 in UTC. */
  plannedAt: string;
  /** Random; becomes the generation of a ledger that does not exist yet. */
  freshGeneration: string;
  hash: HashJson;
  sourceAccess: ExternalAccess;
  /** By output. */
  tables: Readonly<Record<string, PlannedTable>>;
  /** In listing order. */
  units: readonly PlannedUnit[];
  setAside: readonly SetAsideUnit[];
  skipped: Batch['skipped'];
  backlog: { units: number; bytes: number };
  findings: readonly Diagnostic[];
  /** What knows nested data; absent: no format, spec or table has any. */
  nested?: NestedSchema | undefined;
}

/**
 * Thinks a plan through: columns and types, readers and projections, changes of the tables, what waits and why. The same facts give the
 * same plan, id included. Pure.
 *
 * @throws {CalveError} `SCHEMA_IMPOSSIBLE` (fix-input): a table cannot take the columns.
 */
export function assemblePlan(facts: PlanFacts): IngestionPlan {
  const { spec, head, units, hash } = facts;
  const main = mainOutput(spec);
  const { state = 'absent', schema: tableSchema } = facts.tables[main.name] ?? {};
  const provenance = provenanceFields(main.provenance);
  const rescue = rescueFields(spec);
  const explode = explodedPath(main);
  // Thousands of units may share what is known of them.
  const present = onceFor((fields: Observation['fields']) => withPresentNames(fields, main.columns));
  const brought = onceFor(({ fields, nulls, origin }: Observation) => ({
    fields: present(fields),
    ...(nulls ? { nulls } : {}),
    isSample: origin === 'sample',
  }));
  const answer = resolveColumns({
    units: units.map(({ observation }) => brought(observation)),
    names: units.map(({ unit }) => unit),
    declared: main.columns,
    table: state === 'absent' ? null : decidedFields(state.fields, schemaDecisions(main)),
    ...(tableSchema ? { tableSchema } : {}),
    ...(state !== 'absent' && state.renamed ? { renamed: decidedRenames(state, schemaDecisions(main)) } : {}),
    reserved: [...provenance, ...rescue].map(({ name }) => name),
    policy: spec.schema,
    limits: spec.limits,
    ...(main.flatten ? { flatten: main.flatten } : {}),
    ...(explode ? { explode } : {}),
    ...(facts.nested ? { nested: facts.nested } : {}),
  });
  const { taking, waiting } = partUnits(units, answer, main.mode);
  const { program, readerOf } = programOf(facts, taking, answer);
  const committed = head === 'absent' ? 0 : (head.head.committed[main.name] ?? 0);
  const plan: Omit<IngestionPlan, 'id'> = {
    planVersion: 1,
    spec,
    program,
    batch: batchOf(facts, taking, waiting, readerOf, program, committed + 1),
    preconditions: preconditionsOf(facts, committed),
    findings: [
      ...answer.findings.map((finding) => withoutNullKeys(finding, main.mode)),
      ...units.flatMap(({ observation }) => observation.findings),
      ...facts.findings,
    ],
    columns: taking.length === 0 ? [] : [...answer.columns, ...rescue.map(rescueDecision), ...provenance.map(provenanceDecision)],
    backlog: { ...facts.backlog, complete: true },
  };
  return { id: planId(plan, hash), ...plan };
}

/** A function that is called once for each object. */
function onceFor<Key extends object, Rest extends unknown[], Value>(
  make: (key: Key, ...rest: Rest) => Value,
): (key: Key, ...rest: Rest) => Value {
  const made = new Map<Key, Value>();
  return (key, ...rest) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const value = make(key, ...rest);
    made.set(key, value);
    return value;
  };
}

/** A unit in which there is nothing to load. */
export function emptyUnit({ unit, attempts, replaces = [] }: Pick<PlannedUnit, 'unit' | 'attempts' | 'replaces'>): SetAsideUnit {
  const hadRows = replaces.some(({ counts }) => Object.values(counts ?? {}).some(({ written }) => written > 0));
  const stay = hadRows ? ' The rows that were loaded from it before stay in the table.' : '';
  const message = `${unit.uri} holds no values, so there is nothing to load.${stay}`;
  const severity = hadRows ? 'warning' : 'info';
  return setAside(unit, 'skipped', null, { code: 'FILE_EMPTY', severity, message, at: { unit: unit.key } }, attempts).record;
}

/** Units that fit are taken. Without a single column there is no table that could take a row. */
function partUnits(
  units: readonly PlannedUnit[],
  answer: ColumnAnswer,
  mode: OutputSpec['mode'],
): { taking: PlannedUnit[]; waiting: SetAsideUnit[] } {
  const held = [...answer.held].flatMap(([index, finding]) => {
    const found = units[index];
    if (!found) return [];
    const at = finding.at ?? { unit: found.unit.key };
    return [setAside(found.unit, 'held', null, { ...withoutNullKeys(finding, mode), at }, found.attempts).record];
  });
  const fitting = units.filter((_, index) => !answer.held.has(index));
  if (answer.columns.length > 0) return { taking: fitting, waiting: held };
  return { taking: [], waiting: [...held, ...fitting.map(emptyUnit)] };
}

function programOf(
  facts: PlanFacts,
  taking: readonly PlannedUnit[],
  answer: ColumnAnswer,
): { program: Program; readerOf: string[] } {
  const { spec, key, hash, nested } = facts;
  const rescue = rescueFields(spec)[0]?.name ?? null;
  const main = mainOutput(spec);
  const spelled = new Map(
    [...new Set(taking.map(({ observation }) => observation.fields))]
      .flatMap((fields) => fields.map(({ field }) => [field.name.toLowerCase(), field.name] as const))
      .reverse(),
  );
  const question = { answer, explode: explodedPath(main), rescue, dropped: droppedColumns(main) };
  const structured = (reader: ReaderPlan, { fields }: Observation): ReaderPlan => {
    if (!nested) return reader;
    const names = fields.map(({ field }) => field.name);
    const former = formerNames(names, main.columns);
    const renamed = new Set([...former.values()].map((name) => name.toLowerCase()));
    const elsewhere = [...spelled].filter(([name]) => !renamed.has(name));
    // Of a unit of which only the head was looked at, what others have and it has not may still come, and then is to be noticed.
    const lacking = reader.kind === 'json' && reader.isPartial ? [] : elsewhere;
    return nested.structuredReader(reader, new Map([...lacking, ...readNames(names, former)]), question);
  };
  const readOf = onceFor((observation: Observation, { format, reader }: PlannedUnit) => ({
    format,
    plan: structured(reader, observation),
    columns: observation.fields.map(({ field }) => field.name),
    nulls: observation.nulls ?? [],
  }));
  const { groups, readerOf } = groupReaders(
    taking.map((unit) => readOf(unit.observation, unit)),
    canonicalJson,
  );
  const body: Omit<Program, 'hash'> = {
    tenant: key.tenant,
    ingestion: key.ingestion,
    access: facts.sourceAccess,
    source: { name: spec.input.source, options: spec.input.options },
    readers: groups.map(({ id, format, plan }) => ({ id, format, plan })),
    outputs: spec.outputs.map((output) => outputOf(output, facts, taking.length > 0, groups, answer)),
    limits: spec.limits,
  };
  return { program: { hash: hash(body), ...body }, readerOf };
}

function outputOf(
  output: OutputSpec,
  { spec, tables, nested }: PlanFacts,
  hasUnits: boolean,
  groups: readonly ReaderGroup[],
  answer: ColumnAnswer,
): ProgramOutput {
  const table = tables[output.name];
  if (!table) throw new CalveError('INTERNAL', `Nothing is known of the table of output "${output.name}".`);
  const isRejected = output.rows === 'rejected';
  const wanted = isRejected
    ? rejectedFields(output.provenance)
    : [...answer.columns.map(({ field }) => field), ...rescueFields(spec), ...provenanceFields(output.provenance)];
  const planned: ChangePlan = hasUnits
    ? table.planChanges(wanted, schemaDecisions(output))
    : { kind: 'changes', changes: [], fields: [] };
  if (planned.kind === 'impossible') {
    const fixes = [...(planned.diagnostic.fixes ?? []), ...impossibleFixes(planned.diagnostic, output, table, answer)];
    const diagnostic: Diagnostic = { ...planned.diagnostic, ...(fixes.length > 0 ? { fixes } : {}) };
    throw new CalveError('SCHEMA_IMPOSSIBLE', diagnostic.message, { recovery: 'fix-input', diagnostics: [diagnostic] });
  }
  const { fields, changes } = planned;
  if (hasUnits) assertKeys(output, fields);
  const extras = { nested, explode: explodedPath(output), rescue: rescueFields(spec)[0]?.name ?? null };
  const projections = groups.map((group) => [
    group.id,
    buildProjection(group, output, fields, answer.columns, answer.sources, extras),
  ]);
  return {
    name: output.name,
    sink: output.sink,
    rows: output.rows,
    target: output.options,
    access: table.access,
    fields,
    changes,
    projections: isRejected ? {} : Object.fromEntries(projections),
    mode: writeModeOf(output),
  };
}

function batchOf(
  facts: PlanFacts,
  taking: readonly PlannedUnit[],
  waiting: readonly SetAsideUnit[],
  readerOf: readonly string[],
  program: Program,
  sequence: number,
): Batch {
  const { key, head, hash } = facts;
  const generation = head === 'absent' ? facts.freshGeneration : head.head.generation;
  const keys = taking.map(({ unit }) => unit.key);
  return {
    generation,
    sequence,
    commitId: commitIdOf(hash, key, generation, sequence, keys, program.hash),
    plannedAt: facts.plannedAt,
    skipped: facts.skipped,
    units: taking.map(({ unit, because, replaces }, index) => ({
      unit,
      reader: readerOf[index] ?? '',
      because,
      ...(replaces && { replaces }),
    })),
    setAside: [...facts.setAside, ...waiting],
  };
}

function preconditionsOf({ spec, tables, head, hash }: PlanFacts, committed: number): Precondition[] {
  const generation = head === 'absent' ? 'absent' : head.head.generation;
  const perTable = spec.outputs.map(({ name }): Precondition => {
    const state = tables[name]?.state ?? 'absent';
    const { identity, schemaId, partitionSpecId } =
      state === 'absent' ? { identity: 'absent', schemaId: null, partitionSpecId: null } : state;
    return { kind: 'table', output: name, identity, schemaId, partitionSpecId };
  });
  return [{ kind: 'ledger', generation, sequence: committed }, { kind: 'spec', hash: hash(spec) }, ...perTable];
}

function explodedPath({ rows }: Pick<OutputSpec, 'rows'>): Path | undefined {
  return typeof rows === 'object' ? rows.explode : undefined;
}

function rescueDecision(field: Field): ColumnDecision {
  return { name: field.name, field, origin: 'rescue', evidence: [], misfits: 0 };
}

function provenanceDecision(field: Field): ColumnDecision {
  return { name: field.name, field, origin: 'provenance', evidence: [], misfits: 0 };
}
