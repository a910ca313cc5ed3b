import type { AuditReport } from '../audit/audit-report.ts';
import { fileFindings } from '../audit/file-findings.ts';
import { lakeFindings } from '../audit/lake-findings.ts';
import { Reconciliation } from '../audit/reconcile.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { CommitState } from '../ledger/commit-history.ts';
import { knownMode } from '../plan/forgets-mode.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import { type AuditRequest, lookAtTables, momentOf, type OnAuditProgress, type TablesLook } from './look-at-tables.ts';
import { type SourceSurvey, surveySource } from './survey-source.ts';

/** A run that commits meanwhile moves the ground: then it is looked at again, so often. */
const MOST_LOOKS = 3;
const PROGRESS_EVERY = 10_000;

/** Lays folder, ledger and table beside each other. Reads the columns of origin, all records, and lists the folder; writes nothing. */
export async function auditIngestion(
  spec: IngestionSpec,
  onProgress: OnAuditProgress,
  request: AuditRequest,
): Promise<AuditReport> {
  onProgress({ part: 'folder', done: 0 });
  const source = await request.connections.source(spec.input.source, spec.input.options);
  for (let look = 1; ; look += 1) {
    const survey = await surveySource(spec.input, source, request.context);
    const before = await momentOf(spec, request);
    const facts = await lookAtTables(spec, before, onProgress, request);
    const after = await momentOf(spec, request);
    const isChanging = before.id !== after.id;
    if (!isChanging || look === MOST_LOOKS) return report(spec, survey, { ...facts, isChanging }, onProgress, request);
  }
}

async function report(
  spec: IngestionSpec,
  survey: SourceSurvey,
  look: TablesLook & { isChanging: boolean },
  onProgress: OnAuditProgress,
  request: AuditRequest,
): Promise<AuditReport> {
  const { journal, store, connections, context } = request;
  const main = mainOutput(spec);
  const rejected = rejectedOutput(spec);
  const head = look.moment.current === 'absent' ? null : look.moment.current.head;
  const reconciliation = new Reconciliation({
    units: survey.units,
    origins: look.origins,
    outputs: { accepted: main.name, ...(rejected ? { rejected: rejected.name } : {}) },
    isRejectedCompared: look.isRejectedCompared,
    intent: head?.intent ?? null,
    stateOf: stateOf(look),
    isCopyLoaded: spec.input.onSameContent === 'load',
    areRowsReplaced: knownMode(main, look.moment.current).kind !== 'append',
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
function stateOf({ commits, evidence }: TablesLook): (sequence: number) => CommitState {
  const states = new Map<number, CommitState>();
  for (const { sequence, state } of commits) if (states.get(sequence) !== 'live') states.set(sequence, state);
  return (sequence) => states.get(sequence) ?? (sequence <= (evidence?.sequence ?? 0) ? 'expired' : 'none');
}
