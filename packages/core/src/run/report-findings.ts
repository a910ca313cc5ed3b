import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { type Field, sameType } from '../columns/column-type.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { columnMadeText, type Fix, tableTypeFix } from '../findings/column-fixes.ts';
import type { FindingsReport } from '../findings/findings-report.ts';
import { type Found, groupFindings } from '../findings/group-findings.ts';
import { isStillJudged } from '../findings/judged-by.ts';
import { ownFixes } from '../findings/own-fixes.ts';
import { jsonHasher } from '../plan/identities.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { isStillAsked } from '../plan/quarantine-conditions.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import { landedRows } from './landed-rows.ts';
import { type PlanningRequest, planIngestion } from './plan-ingestion.ts';
import { rejectedCauses } from './rejected-causes.ts';
import { surveySource } from './survey-source.ts';

/** What reporting works with. */
export type FindingsRequest = Omit<PlanningRequest, 'except' | 'isRequested'>;

/**
 * What waits and why: files that are held, quarantined or failed, rejected rows by cause, and what a fresh plan says. Reads the source, the ledger, the
 * tables and what planning reads; writes nothing.
 */
export async function reportFindings(spec: IngestionSpec, request: FindingsRequest): Promise<FindingsReport> {
  const { connections, store, context } = request;
  const main = mainOutput(spec);
  const rejected = rejectedOutput(spec);
  const describe = async (output: OutputSpec): Promise<string> =>
    (await connections.sink(output.sink)).describe(output.options).name;
  let fields: Promise<readonly Field[]> | undefined;
  const tableFields = () => (fields ??= fieldsOfTable(main, request));
  const planned = await plannedOrNot(spec, request, tableFields);
  const { landed, waiting } = await landedRows(spec, request);
  const found = [
    ...(planned.plan?.batch.setAside ?? []).flatMap((record) => foundFile(record) ?? []),
    ...(await waitingBefore(spec, planned.plan, request)),
    ...(await rejectedCauses(spec, waiting, request)),
    ...(planned.plan?.findings ?? []).flatMap((diagnostic) => foundInPlan(diagnostic, planned.plan) ?? []),
    ...planned.problems.map(foundProblem),
  ];
  const hash = jsonHasher(context.environment);
  return {
    reportVersion: 1,
    ingestion: spec.id,
    at: new Date(context.environment.now()).toISOString(),
    state: store.location,
    table: await describe(main),
    rejectedTable: rejected ? await describe(rejected) : null,
    landed,
    ready: planned.plan?.batch.units.length ?? 0,
    findings: groupFindings(withoutLateText(found, await tableFields()), (text) => hash(text).slice(0, 6)),
  };
}

/** Where no plan can be made, why is what has to be known. A folder that cannot be read is no finding: there is nothing to report on. */
async function plannedOrNot(
  spec: IngestionSpec,
  request: FindingsRequest,
  tableFields: () => Promise<readonly Field[]>,
): Promise<{ plan: IngestionPlan | null; problems: Diagnostic[] }> {
  try {
    return { plan: await planIngestion(spec, { ...request, except: new Set() }), problems: [] };
  } catch (error) {
    const isAnswer = CalveError.is(error) && (error.recovery.kind === 'fix-input' || error.recovery.kind === 'decide');
    if (!isAnswer || error.code.startsWith('SOURCE_') || error.code === 'CONFIGURATION_INVALID') throw error;
    const { code, message, diagnostics } = error;
    const own = ownFixes({ message, diagnostics });
    const fixes = code === 'SCHEMA_IMPOSSIBLE' ? [...own, ...tableTypeFixes(spec, await tableFields())] : own;
    return { plan: null, problems: [{ code, severity: 'error', message, ...(fixes.length > 0 && { fixes }) }] };
  }
}

/** The columns of the main table; none while there is no table. */
async function fieldsOfTable({ sink, options }: OutputSpec, { connections }: FindingsRequest): Promise<readonly Field[]> {
  const state = await (await connections.sink(sink)).inspect(options);
  return state === 'absent' ? [] : state.fields;
}

/** Columns that are declared otherwise than the table has them take the type of the table. */
function tableTypeFixes(spec: IngestionSpec, fields: readonly Field[]): Fix[] {
  const { columns } = mainOutput(spec);
  return fields.flatMap(({ name, type }) => {
    const declared = columnSpecOf(columns, name);
    const isOther = declared?.spec.type !== undefined && !sameType(declared.spec.type, type);
    return isOther ? [tableTypeFix(name, type, declared)] : [];
  });
}

/** Without fixes that make a column text which the table has with another type by now: what was found before the table was made offers them. */
function withoutLateText(found: readonly Found[], fields: readonly Field[]): Found[] {
  const others = new Set(fields.flatMap(({ name, type }) => (type.kind === 'string' ? [] : [name.toLowerCase()])));
  return found.map((one) => {
    const { fixes = [], ...rest } = one.diagnostic;
    const left = fixes.filter((fix) => !others.has(columnMadeText(fix)?.toLowerCase() ?? ''));
    return left.length === fixes.length ? one : { ...one, diagnostic: { ...rest, ...(left.length > 0 && { fixes: left }) } };
  });
}

/** Files that a plan passes over since they are quarantined, and those of which only reading all of them told what there is to decide. */
async function waitingBefore(spec: IngestionSpec, plan: IngestionPlan | null, request: FindingsRequest): Promise<Found[]> {
  const { store, context, connections } = request;
  const key = { tenant: context.tenant, ingestion: spec.id };
  const told = new Set(plan?.batch.setAside.map(({ unit }) => unit.key));
  const loading = new Set(plan?.batch.units.map(({ unit }) => unit.key));
  const waiting: UnitRecord[] = [];
  for (const state of ['held', 'quarantined'] as const)
    for await (const record of store.scan(key, { state })) {
      const isJudged = record.code === 'REJECTED_LIMIT' && isStillJudged(record, spec);
      const isPassedOver = state === 'quarantined' && !loading.has(record.unit.key);
      const isWaiting = isJudged || isPassedOver || isStillAsked(record, spec);
      if (!told.has(record.unit.key) && isWaiting) waiting.push(record);
    }
  if (waiting.length === 0) return [];
  const source = await connections.source(spec.input.source, spec.input.options);
  const { units } = await surveySource(spec.input, source, context);
  const there = new Set(units.map((unit) => unit.key));
  return waiting.flatMap((record) => (there.has(record.unit.key) ? (foundFile(record) ?? []) : []));
}

function foundFile({ unit, state, finding }: UnitRecord): Found | null {
  if (!finding || (state !== 'held' && state !== 'quarantined' && state !== 'failed')) return null;
  const file = unit.kind === 'object' ? unit.uri : unit.key;
  return { about: state, diagnostic: finding, file, rows: null, example: exampleOf(finding, file) };
}

/** What is only told, and needs nobody, is left to the plan. */
function foundInPlan(diagnostic: Diagnostic, plan: IngestionPlan | null): Found | null {
  if (diagnostic.severity === 'info' && !diagnostic.fixes?.length) return null;
  const unit = plan?.batch.units.find(({ unit: { key } }) => key === diagnostic.at?.unit)?.unit;
  const file = unit?.kind === 'object' ? unit.uri : null;
  return { about: 'plan', diagnostic, file, rows: null, example: exampleOf(diagnostic, file) };
}

function foundProblem(diagnostic: Diagnostic): Found {
  return { about: 'plan', diagnostic, file: null, rows: null, example: exampleOf(diagnostic, null) };
}

function exampleOf({ at, evidence, message }: Diagnostic, file: string | null): Found['example'] {
  const value = evidence?.[0]?.value ?? null;
  return { file, line: at?.line ?? null, value, record: null, message };
}
