import type { AuditReport } from '../audit/audit-report.ts';
import { fileFindings } from '../audit/file-findings.ts';
import { type LakeFacts, lakeFindings } from '../audit/lake-findings.ts';
import { Reconciliation } from '../audit/reconcile.ts';
import type { Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import { CalveError, type CalveErrorData, throwIfAborted } from '../errors/calve-error.ts';
import type { CommitState } from '../ledger/commit-history.ts';
import { lostRejectedRows } from '../ledger/lost-rejected-rows.ts';
import { RowOrigins } from '../ledger/row-origins.ts';
import type { TableCommit, TableEvidence, TableState } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { assertEvidenceFits } from './check-evidence.ts';
import type { Connections } from './connections.ts';
import type { LedgerRequest } from './ledger-request.ts';
import { readOrigins } from './read-origins.ts';
import { type SourceSurvey, surveySource } from './survey-source.ts';

/** How far an audit is. `done`: rows or records so far. */
export interface AuditProgress {
  part: 'folder' | 'table' | 'rejected' | 'ledger';
  done: number;
}

type Request = Pick<LedgerRequest, 'journal' | 'store' | 'connections' | 'context'>;
type OnProgress = (progress: AuditProgress) => void;

/** A run that commits meanwhile moves the ground: then it is looked at again, so often. */
const MOST_LOOKS = 3;
const PROGRESS_EVERY = 10_000;

/** Lays folder, ledger and table beside each other. Reads the columns of origin, all records, and lists the folder; writes nothing. */
export async function auditIngestion(spec: IngestionSpec, onProgress: OnProgress, request: Request): Promise<AuditReport> {
  onProgress({ part: 'folder', done: 0 });
  const source = await request.connections.source(spec.input.source, spec.input.options);
  for (let look = 1; ; look += 1) {
    const survey = await surveySource(spec.input, source, request.context);
    const before = await momentOf(spec, request);
    const facts = await lookAt(spec, before, onProgress, request);
    const after = await momentOf(spec, request);
    const isChanging = before.id !== after.id;
    if (!isChanging || look === MOST_LOOKS) return report(spec, survey, { ...facts, isChanging }, onProgress, request);
  }
}

/** Ledger and tables at one moment. */
interface Moment {
  /** Changes with every change of either. */
  id: string;
  current: VersionedHead | 'absent';
  tables: Record<string, TableState | 'absent'>;
}

async function momentOf(spec: IngestionSpec, { journal, connections }: Request): Promise<Moment> {
  const current = await journal.load();
  const tables: Moment['tables'] = {};
  for (const { name, sink, options } of spec.outputs) tables[name] = await (await connections.sink(sink)).inspect(options);
  const parts = Object.values(tables).map((state) => (state === 'absent' ? state : `${state.identity} ${state.snapshot}`));
  return { id: [current === 'absent' ? current : current.version, ...parts].join(), current, tables };
}

/** What one look at the tables found. */
interface Look extends Pick<LakeFacts, 'mismatch' | 'unread'> {
  moment: Moment;
  evidence: TableEvidence | null;
  commits: readonly TableCommit[];
  /** null: the table does not tell. */
  origins: RowOrigins | null;
  isRejectedCompared: boolean;
  /** Accepted rows; null: not counted. */
  rows: number | null;
  lostRejectedRows: number;
}

async function lookAt(spec: IngestionSpec, moment: Moment, onProgress: OnProgress, request: Request): Promise<Look> {
  const { journal, store, connections } = request;
  const main = mainOf(spec);
  const look: Look = {
    moment,
    evidence: null,
    commits: [],
    mismatch: null,
    unread: [],
    origins: null,
    isRejectedCompared: false,
    rows: null,
    lostRejectedRows: 0,
  };
  const sink = await connections.sink(main.sink);
  look.mismatch = await toldBy(async () => {
    look.evidence = await sink.evidence(main.options, journal.key, acceptedOf(moment)?.[main.name]);
    look.commits = (await sink.commits?.(main.options, journal.key)) ?? [];
    look.lostRejectedRows = await lostIn(spec, look.commits, journal.key, connections);
    await assertEvidenceFits(journal.key, moment.current, spec, connections, moment.tables, store.location);
  });
  if (spec.outputs.every(({ mode }) => mode.kind === 'append')) await readTables(spec, look, onProgress, request);
  return look;
}

async function lostIn(
  spec: IngestionSpec,
  commits: readonly TableCommit[],
  key: LedgerKey,
  connections: Connections,
): Promise<number> {
  const rejected = rejectedOf(spec);
  if (!rejected) return 0;
  return lostRejectedRows(commits, await (await connections.sink(rejected.sink)).evidence(rejected.options, key));
}

async function readTables(spec: IngestionSpec, look: Look, onProgress: OnProgress, request: Request): Promise<void> {
  const { connections } = request;
  const main = mainOf(spec);
  const rejected = rejectedOf(spec);
  const origins = new RowOrigins();
  const read = async (output: OutputSpec, kind: 'accepted' | 'rejected', part: AuditProgress['part']): Promise<boolean> => {
    // A table that is not there has no rows of any file.
    if (look.moment.tables[output.name] === 'absent') return true;
    let isTold = false;
    const error = await toldBy(async () => {
      isTold = await readOrigins(output, kind, origins, request, (done) => onProgress({ part, done }));
    });
    if (error) look.unread.push({ table: (await connections.sink(output.sink)).describe(output.options).name, error });
    return isTold;
  };
  if (await read(main, 'accepted', 'table')) look.origins = origins;
  else if (look.unread.length === 0) look.rows = await countRows(main, onProgress, request);
  if (rejected && look.origins) look.isRejectedCompared = await read(rejected, 'rejected', 'rejected');
}

/** What a sink says of a table is a finding. What would be different another time is not: nothing is known then. */
async function toldBy(work: () => Promise<void>): Promise<CalveErrorData | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!CalveError.is(error) || error.code === 'CANCELLED' || error.code === 'CLOSED') throw error;
    if (error.recovery.kind === 'retry' || error.recovery.kind === 'fix-access' || error.recovery.kind === 'report') throw error;
    return error.toJSON();
  }
}

/** All rows, by their first column. */
async function countRows(output: OutputSpec, onProgress: OnProgress, { connections, context }: Request): Promise<number | null> {
  const sink = await connections.sink(output.sink);
  const state = await sink.inspect(output.options);
  const [first] = state === 'absent' ? [] : state.fields;
  if (state === 'absent' || !first || state.snapshot === null) return 0;
  let rows = 0;
  const request = { columns: [[first.name]], snapshot: state.snapshot, signal: context.signal };
  for await (const batch of sink.read(output.options, request)) {
    rows += batch.rows;
    batch.release();
    onProgress({ part: 'table', done: rows });
    await context.environment.sleep(0);
  }
  return rows;
}

async function report(
  spec: IngestionSpec,
  survey: SourceSurvey,
  look: Look & { isChanging: boolean },
  onProgress: OnProgress,
  request: Request,
): Promise<AuditReport> {
  const { journal, store, connections, context } = request;
  const main = mainOf(spec);
  const rejected = rejectedOf(spec);
  const head = look.moment.current === 'absent' ? null : look.moment.current.head;
  const reconciliation = new Reconciliation({
    units: survey.units,
    origins: look.origins,
    outputs: { accepted: main.name, ...(rejected ? { rejected: rejected.name } : {}) },
    isRejectedCompared: look.isRejectedCompared,
    intent: head?.intent ?? null,
    stateOf: stateOf(look),
    isCopyLoaded: spec.input.onSameContent === 'load',
  });
  let records = 0;
  for await (const record of store.scan(journal.key, {})) {
    reconciliation.addRecord(record);
    records += 1;
    if (records % PROGRESS_EVERY !== 0) continue;
    throwIfAborted(context.signal);
    onProgress({ part: 'ledger', done: records });
    await context.environment.sleep(0);
  }
  const files = reconciliation.finish();
  const tableOf = async (output: OutputSpec) => (await connections.sink(output.sink)).describe(output.options).name;
  const table = await tableOf(main);
  const compared = look.origins ? 'files' : look.rows === null ? 'nothing' : 'totals';
  const findings = [
    ...lakeFindings({
      table,
      head,
      compared,
      rows: look.rows === null ? null : { ledger: files.ledger.rows, table: look.rows },
      nameless: look.origins?.nameless ?? 0,
      lostRejectedRows: head?.intent ? 0 : look.lostRejectedRows,
      unsettled: survey.unsettled,
      mismatch: look.mismatch,
      unread: look.unread,
      isChanging: look.isChanging,
    }),
    ...fileFindings(files, head !== null, look.mismatch?.code ?? null),
  ].sort((a, b) => GRAVITY.indexOf(a.severity) - GRAVITY.indexOf(b.severity));
  const state = look.moment.tables[main.name];
  return {
    reportVersion: 1,
    ingestion: spec.id,
    at: new Date(context.environment.now()).toISOString(),
    state: store.location,
    table,
    rejectedTable: rejected ? await tableOf(rejected) : null,
    isHealthy: findings.every(({ severity }) => severity === 'information'),
    compared,
    folder: { files: survey.units.length, bytes: survey.units.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
    ledger: { generation: head?.generation ?? null, commit: head?.committed[main.name] ?? 0, ...files.ledger },
    found: {
      snapshot: state === undefined || state === 'absent' ? null : state.snapshot,
      commit: look.evidence?.sequence ?? 0,
      files: look.origins ? files.found.files : null,
      rows: look.origins ? files.found.rows + (look.origins.nameless ?? 0) : look.rows,
      rejected: look.isRejectedCompared ? files.found.rejected : null,
    },
    agreeing: files.agreeing,
    findings,
  };
}

const GRAVITY = ['error', 'warning', 'information'];

/** A commit that the table does not list any more and that came before the newest one has expired, as it should. */
function stateOf({ commits, evidence }: Look): (sequence: number) => CommitState {
  const states = new Map<number, CommitState>();
  for (const { sequence, state } of commits) if (states.get(sequence) !== 'live') states.set(sequence, state);
  return (sequence) => states.get(sequence) ?? (sequence <= (evidence?.sequence ?? 0) ? 'expired' : 'none');
}

/** Rollbacks that somebody decided to live with. */
function acceptedOf({ current }: Moment): Head['accepted'] {
  return current === 'absent' ? undefined : current.head.accepted;
}

function mainOf(spec: IngestionSpec): OutputSpec {
  return spec.outputs[0] as OutputSpec;
}

function rejectedOf(spec: IngestionSpec): OutputSpec | undefined {
  return spec.outputs.find(({ rows }) => rows === 'rejected');
}
