import { bundleEvent } from '../bundle/bundle-event.ts';
import { BundleRecords, bundleHead } from '../bundle/bundle-journal.ts';
import { BundleLabels } from '../bundle/bundle-labels.ts';
import { BundleParts, nameOf, wordOf } from '../bundle/bundle-parts.ts';
import { bundleColumns, bundlePlan, bundleSpec } from '../bundle/bundle-plan.ts';
import { bundleError } from '../bundle/bundle-records.ts';
import type { RunRecording } from '../bundle/run-recording.ts';
import type { BundleError, BundleTable, SupportBundle } from '../bundle/support-bundle.ts';
import type { Head } from '../checkpoint/checkpoint-store.ts';
import { CalveError, throwIfAborted } from '../errors/calve-error.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import type { LedgerRequest } from './ledger-request.ts';
import { planIngestion } from './plan-ingestion.ts';
import { surveySource } from './survey-source.ts';

/** What a bundle is asked for. */
export interface BundleOptions {
  /** Only events of this run; default: of the run that was recorded. */
  runId?: string;
  /** The events of a run. Absent: nobody kept them, and the bundle has none. */
  recording?: RunRecording;
  /** Files keep their names, without folders; default: they get labels. */
  withNames?: boolean;
  /** Plans what the next run would do, which reads the new files. Default true. */
  plan?: boolean;
  /** What the host says about itself, such as `node: 24.1.0`. */
  versions?: Readonly<Record<string, string>>;
}

const MOST_UNITS = 500;
const MOST_TABLE_COMMITS = 200;
const MOST_EVENTS = 1000;

/** Collects what helps to understand what happened to an ingestion. Each part that cannot be read becomes its error. Writes nothing. */
export async function bundleIngestion(
  spec: IngestionSpec,
  options: BundleOptions,
  configuration: CalveConfiguration,
  request: LedgerRequest,
): Promise<SupportBundle> {
  const { journal, store, connections, context } = request;
  const { environment } = context;
  const parts = new BundleParts();
  const labels = new BundleLabels(environment, `${store.location}\0${context.tenant}`, options.withNames === true);
  const current = await journal.load();
  const head = current === 'absent' ? null : current.head;
  const names = new Map<OutputSpec, string>();
  const tables: SupportBundle['tables'] = {};
  for (const output of spec.outputs) {
    tables[output.name] = await orError(async () => tableOf(output, head, parts, request));
    names.set(output, (await connections.sink(output.sink)).describe(output.options).name);
  }
  const records = new BundleRecords(labels);
  let count = 0;
  for await (const record of store.scan(journal.key, {})) {
    records.add(record);
    count += 1;
    if (count % 10_000 === 0) await context.environment.sleep(0, context.signal);
  }
  throwIfAborted(context.signal);
  const staged = head ? await stagedOf(spec, head, request) : {};
  const bundle: Omit<SupportBundle, 'truncated'> = {
    bundleVersion: 1,
    createdAt: new Date(environment.now()).toISOString(),
    tenant: context.tenant === 'default' ? 'default' : `tenant-${labels.of(`tenant ${context.tenant}`)}`,
    ingestion: spec.id,
    names: options.withNames ? 'kept' : 'labels',
    versions: versionsOf(spec, configuration, options.versions ?? {}),
    limits: { ...configuration.limits },
    spec: bundleSpec(spec, (output) => names.get(output) ?? '', parts),
    plan: options.plan === false ? null : await orError(async () => nextPlan(spec, configuration, labels, parts, request)),
    folder: await orError(async () => folderOf(spec, labels, parts, request)),
    ledger: { head: current === 'absent' ? null : bundleHead(current, staged, labels, parts), ...records.finish(parts) },
    tables,
    run: runOf(options, labels, parts),
  };
  return { ...bundle, truncated: parts.truncated };
}

/** Whatever goes wrong with a part is a part of the story, but for being told to stop. */
async function orError<T>(work: () => Promise<T>): Promise<T | BundleError> {
  try {
    return await work();
  } catch (error) {
    if (CalveError.is(error) && (error.code === 'CANCELLED' || error.code === 'CLOSED')) throw error;
    return bundleError(error);
  }
}

async function tableOf(
  { name, sink, options }: OutputSpec,
  head: Head | null,
  parts: BundleParts,
  { journal, connections }: LedgerRequest,
): Promise<BundleTable> {
  const session = await connections.sink(sink);
  const state = await session.inspect(options);
  const commits = (await session.commits?.(options, journal.key)) ?? [];
  return {
    table: nameOf(session.describe(options).name),
    state:
      state === 'absent'
        ? null
        : {
            identity: state.identity,
            schemaId: state.schemaId,
            partitionSpecId: state.partitionSpecId,
            snapshot: state.snapshot,
            columns: bundleColumns(state.fields, 'tables', parts),
          },
    evidence: await session.evidence(options, journal.key, head?.accepted?.[name]),
    commits: parts.first('tables.commits', commits, MOST_TABLE_COMMITS),
  };
}

async function stagedOf(
  spec: IngestionSpec,
  { intent }: Head,
  { connections }: LedgerRequest,
): Promise<Record<string, boolean | null>> {
  const found: Record<string, boolean | null> = {};
  for (const { name, sink } of spec.outputs) {
    if (!intent?.outputs[name]) continue;
    const there = await orError(async () => (await connections.sink(sink)).stagedFilesExist(intent, name));
    found[name] = typeof there === 'boolean' ? there : null;
  }
  return found;
}

async function nextPlan(
  spec: IngestionSpec,
  configuration: CalveConfiguration,
  labels: BundleLabels,
  parts: BundleParts,
  { connections, store, context }: LedgerRequest,
): Promise<SupportBundle['plan']> {
  const plan = await planIngestion(spec, {
    ...{ configuration, connections, store, context },
    except: new Set(),
    onWaiting: () => {},
  });
  return bundlePlan(plan, labels, parts);
}

async function folderOf(
  spec: IngestionSpec,
  labels: BundleLabels,
  parts: BundleParts,
  { connections, context }: LedgerRequest,
): Promise<SupportBundle['folder']> {
  const source = await connections.source(spec.input.source, spec.input.options);
  const { units, unsettled } = await surveySource(spec.input, source, context);
  const kept = parts.first('folder.units', units, MOST_UNITS);
  return {
    files: units.length,
    bytes: units.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    unsettled,
    units: kept.flatMap((unit) => labels.unit(unit) ?? []),
  };
}

function runOf({ recording, runId }: BundleOptions, labels: BundleLabels, parts: BundleParts): SupportBundle['run'] {
  const { kept, dropped } = recording?.events ?? { kept: [], dropped: 0 };
  const own = kept.filter((event) => runId === undefined || event.runId === runId);
  const id = own[0]?.runId ?? runId;
  if (id === undefined) return null;
  if (own.length > 0) parts.leftOut('run.events', dropped);
  const events = own.flatMap((event) => bundleEvent(event, labels, parts) ?? []);
  return { runId: wordOf(id), events: parts.first('run.events', events, MOST_EVENTS) };
}

function versionsOf(
  spec: IngestionSpec,
  { sources, formats, sinks }: CalveConfiguration,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const used = [
    ...Object.entries(sources).filter(([key]) => key === spec.input.source),
    ...Object.entries(formats),
    ...Object.entries(sinks).filter(([key]) => spec.outputs.some(({ sink }) => sink === key)),
  ];
  return Object.fromEntries(
    [...used.map(([, { name, version }]) => [name, version] as const), ...Object.entries(own)].map(([name, version]) => [
      wordOf(name),
      wordOf(version),
    ]),
  );
}
