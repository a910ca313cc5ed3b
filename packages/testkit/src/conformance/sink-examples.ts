import { ok, strictEqual as same } from 'node:assert';
import type {
  CallContext,
  CommitIntent,
  CommitOutcome,
  Field,
  Json,
  LedgerKey,
  Prepared,
  ProgramOutput,
  SchemaDecisions,
  SinkSession,
  TableState,
  WriterPorts,
  WrittenUnit,
} from '@calve/core/plugin';
import type { TestRow } from '../doubles/rows-batch.ts';
import { batchRows, rowsBatch } from '../doubles/rows-batch.ts';
import { testIntent, testProgram, withStagedFiles } from '../doubles/test-intent.ts';

/** Two columns that every sink can store. */
export const ROW_FIELDS: readonly Field[] = [
  { name: 'id', type: { kind: 'int64' }, required: false },
  { name: 'name', type: { kind: 'string' }, required: false },
];

/** Some of the columns of a table of rejected rows; such a table may be partitioned by the day of `_ingested_at`. */
export const REJECTED_FIELDS: readonly Field[] = [
  { name: '_ingested_at', type: { kind: 'timestamp', unit: 'micros', zone: 'utc' }, required: false },
  { name: 'line', type: { kind: 'int64' }, required: false },
];

/** Rows with nulls, an empty text, and a number that a double cannot hold. */
export const ROWS: readonly TestRow[] = [
  { id: 1n, name: 'one' },
  { id: 9_007_199_254_740_993n, name: '' },
  { id: null, name: 'Größe \u{1F600}' },
  { id: -4n, name: null },
];

/** One output of a test: session, its context, and the options of its table. */
export interface Place {
  session: SinkSession;
  context: CallContext;
  target: Json;
}

/** What a batch of a test is. */
export interface BatchOfTest {
  key?: LedgerKey;
  sequence?: number;
  fields?: readonly Field[];
  rows?: readonly TestRow[];
  /** Default append. */
  mode?: ProgramOutput['mode'];
  /** Default none. */
  decisions?: SchemaDecisions;
  /** Units of which the rows are parts; default one, of which all are. Rows are divided at these numbers. */
  units?: readonly (Partial<WrittenUnit> & { rows: readonly TestRow[] })[];
}

/** Plans a batch, writes its files and gives the staged intent. */
export async function stageRows(place: Place, batch: BatchOfTest = {}): Promise<CommitIntent> {
  const { session, context, target } = place;
  const { fields = ROW_FIELDS, units } = batch;
  const rows = units ? units.flatMap((unit) => unit.rows) : (batch.rows ?? ROWS);
  const state = await session.inspect(target);
  const intent = plannedIntent(session, state, target, batch);
  const program = intent.program;
  if (rows.length === 0 && !units && !batch.mode) return withStagedFiles(intent, 'main', { files: [], rows: 0 });
  const writer = await session.writer(program, intent, 'main').create(context, portsOf(session));
  for (const [index, unit] of (units ?? [{ rows }]).entries()) {
    const { rows: ofUnit, ...given } = unit;
    const known = {
      key: `unit-${index + 1}`,
      uri: `test:///${index + 1}.csv`,
      modifiedAt: '2024-01-01T00:00:00.000Z',
      replaces: false,
    };
    writer.beginUnit?.({ ...known, ...given });
    if (ofUnit.length === 0) continue;
    const data = rowsBatch(fields, ofUnit);
    await writer.write(data);
    data.release();
  }
  const files = await writer.finish();
  const { kept = 0, units: counts = {} } = files.rewrite ?? {};
  const deduplicated = Object.values(counts).reduce((sum, unit) => sum + unit.deduplicated, 0);
  same(files.rows, rows.length + kept - deduplicated, 'the footers of the files count other rows than were written');
  return withStagedFiles(intent, 'main', files);
}

/** What a writer of a session gets. */
export function portsOf(session: SinkSession): WriterPorts {
  const ports: WriterPorts = { openOutput: (name) => session.openOutput(name) };
  return session.openInput ? { ...ports, openInput: (name) => session.openInput!(name) } : ports;
}

/** The intent of a batch before anything is written. */
export function plannedIntent(
  session: SinkSession,
  state: TableState | 'absent',
  target: Json,
  batch: BatchOfTest = {},
): CommitIntent {
  const { key = { tenant: 'test', ingestion: 'orders' }, sequence = 1, fields = ROW_FIELDS, mode, decisions } = batch;
  const plan = session.planChanges(state, fields, target, decisions);
  if (plan.kind === 'impossible') throw new TypeError(`the changes are impossible: ${plan.diagnostic.message}`);
  const program = testProgram([{ target, fields: plan.fields, changes: plan.changes, ...(mode && { mode }) }], key);
  return testIntent(program, { key, sequence, identities: { main: state === 'absent' ? 'absent' : state.identity } });
}

/** The request of an intent that may be sent. */
export function readyRequest(prepared: Prepared): { head: string | null; request: Json } {
  ok(
    prepared.kind === 'ready',
    `prepare said "${prepared.kind}"${prepared.kind === 'stop' ? `: ${prepared.error.message}` : ''}`,
  );
  return prepared;
}

/** Prepares and sends once; fails unless it is committed. */
export async function commitIntent(session: SinkSession, intent: CommitIntent): Promise<CommitOutcome & { kind: 'committed' }> {
  const outcome = await session.send(readyRequest(await session.prepare(intent, 'main')).request);
  ok(outcome.kind === 'committed', `send said "${outcome.kind}"`);
  return outcome;
}

/** Stages a batch and commits it. */
export async function appendRows(place: Place, batch: BatchOfTest = {}): Promise<CommitIntent> {
  const intent = await stageRows(place, batch);
  await commitIntent(place.session, intent);
  return intent;
}

/** All rows of a table as plain JSON, sorted by their text: the order of rows is nobody's promise. */
export async function tableRows(
  session: SinkSession,
  target: Json,
  request: { limit?: number; columns?: string[][]; snapshot?: string } = {},
): Promise<Json[]> {
  const rows: Json[] = [];
  for await (const batch of session.read(target, { ...request, signal: new AbortController().signal })) {
    rows.push(...batchRows(batch));
    batch.release();
  }
  return sorted(rows);
}

/** What `tableRows` gives for these rows. Columns that a row does not name are null. */
export function expectedRows(rows: readonly TestRow[], names: readonly string[] = ['id', 'name']): Json[] {
  const value = (cell: TestRow[string] | undefined): Json => (typeof cell === 'bigint' ? cell.toString() : (cell ?? null));
  return sorted(rows.map((row) => Object.fromEntries(names.map((name) => [name, value(row[name])]))));
}

function sorted(rows: Json[]): Json[] {
  return rows.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}
