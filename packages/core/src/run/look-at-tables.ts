import type { LakeFacts } from '../audit/lake-findings.ts';
import type { Head, VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { LedgerKey } from '../checkpoint/commit-intent.ts';
import { CalveError, type CalveErrorData } from '../errors/calve-error.ts';
import { lostRejectedRows } from '../ledger/lost-rejected-rows.ts';
import { RowOrigins } from '../ledger/row-origins.ts';
import type { TableCommit, TableEvidence, TableState } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import { assertEvidenceFits } from './check-evidence.ts';
import type { Connections } from './connections.ts';
import type { LedgerRequest } from './ledger-request.ts';
import { readOrigins } from './read-origins.ts';

/** How far an audit is. `done`: rows or records so far. */
export interface AuditProgress {
  part: 'folder' | 'table' | 'rejected' | 'ledger';
  done: number;
}

/** What an audit works with. */
export type AuditRequest = Pick<LedgerRequest, 'journal' | 'store' | 'connections' | 'context'>;
/** Hears how far an audit is. */
export type OnAuditProgress = (progress: AuditProgress) => void;

/** Ledger and tables at one moment. */
export interface Moment {
  /** Changes with every change of either. */
  id: string;
  current: VersionedHead | 'absent';
  tables: Record<string, TableState | 'absent'>;
}

/** Ledger and tables as they are now. */
export async function momentOf(spec: IngestionSpec, { journal, connections }: AuditRequest): Promise<Moment> {
  const current = await journal.load();
  const tables: Moment['tables'] = {};
  for (const { name, sink, options } of spec.outputs) tables[name] = await (await connections.sink(sink)).inspect(options);
  const parts = Object.values(tables).map((state) => (state === 'absent' ? state : `${state.identity} ${state.snapshot}`));
  return { id: [current === 'absent' ? current : current.version, ...parts].join(), current, tables };
}

/** What one look at the tables found. */
export interface TablesLook extends Pick<LakeFacts, 'mismatch' | 'unread'> {
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

/** Reads what the tables prove, and the columns that tell where their rows come from. Writes nothing. */
export async function lookAtTables(
  spec: IngestionSpec,
  moment: Moment,
  onProgress: OnAuditProgress,
  request: AuditRequest,
): Promise<TablesLook> {
  const { journal, store, connections } = request;
  const main = mainOutput(spec);
  const look: TablesLook = {
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
  await readTables(spec, look, onProgress, request);
  return look;
}

async function lostIn(
  spec: IngestionSpec,
  commits: readonly TableCommit[],
  key: LedgerKey,
  connections: Connections,
): Promise<number> {
  const rejected = rejectedOutput(spec);
  if (!rejected) return 0;
  return lostRejectedRows(commits, await (await connections.sink(rejected.sink)).evidence(rejected.options, key));
}

async function readTables(
  spec: IngestionSpec,
  look: TablesLook,
  onProgress: OnAuditProgress,
  request: AuditRequest,
): Promise<void> {
  const { connections } = request;
  const main = mainOutput(spec);
  const rejected = rejectedOutput(spec);
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
async function countRows(
  output: OutputSpec,
  onProgress: OnAuditProgress,
  { connections, context }: AuditRequest,
): Promise<number | null> {
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

/** Rollbacks that somebody decided to live with. */
function acceptedOf({ current }: Moment): Head['accepted'] {
  return current === 'absent' ? undefined : current.head.accepted;
}
