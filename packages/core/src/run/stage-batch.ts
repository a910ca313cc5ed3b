import type { CommitIntent } from '../checkpoint/commit-intent.ts';
import { RESCUE_COLUMN } from '../checkpoint/persisted-names.ts';
import type { RowCounts, UnitRecord } from '../checkpoint/unit-record.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError, throwIfAborted } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { DecodeRequest, RejectedRecord } from '../format/decode-event.ts';
import { settleFixes } from '../format/settle-fixes.ts';
import type { IngestionPlan, ProgramOutput } from '../plan/ingestion-plan.ts';
import type { Projector } from '../projection/apply-projection.ts';
import { openProjector } from '../projection/open-projector.ts';
import { readAs } from '../replay/open-rejections.ts';
import type { SinkSession } from '../sink/sink.ts';
import type { StagedFiles, TableWriter, WriterPorts } from '../sink/table-writer.ts';
import type { ByteReader } from '../source/byte-reader.ts';
import { fileName } from '../source/file-name.ts';
import { hashingReader } from '../source/hashing-reader.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { bytesOf } from '../source/own-bytes.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import type { Connections } from './connections.ts';
import { assertCounts, assertTotals, countRewrite, noCounts } from './count-rows.ts';
import { explainedLimit, explainedUnits } from './explain-rejections.ts';
import { isUnitFault, unreadableUnit } from './observe-unit.ts';
import { openDecoder } from './open-decoder.ts';
import { projectBatch } from './project-batch.ts';
import { rejectedBatch } from './rejected-rows.ts';
import { RejectionBudget } from './rejection-budget.ts';
import { type ReplayInput, replayInputOf } from './replay/replay-input.ts';
import { rewriteFindings } from './rewrite-findings.ts';

const REQUEST: DecodeRequest = { columns: 'all', maxRows: 16_384, maxBytes: 1 << 20 };

/** The staged rows of a whole batch: durable, in no table yet. */
export interface StagedBatch {
  records: UnitRecord[];
  files: Record<string, StagedFiles>;
  /** Deletes the files again; only while nothing refers to them. Never rejects. */
  discard(): Promise<void>;
}

/** Units that turned out, while they were loaded, to be unreadable or to have too many bad rows: the batch starts again without them. */
export class UnitFailure {
  readonly records: readonly UnitRecord[];
  constructor(records: readonly UnitRecord[]) {
    this.records = records;
  }
}

/** Where staging tells what it does, and asks. */
export interface StagingObserver {
  /** True when units with too many bad rows may be left out; otherwise they stop the batch. */
  mayLeaveOut: boolean;
  onBytes(bytes: number): void;
  onRows(rows: number): void;
}

interface Writers {
  main: { output: ProgramOutput; writer: TableWriter };
  rejected: { output: ProgramOutput; writer: TableWriter } | null;
}

/**
 * Reads, types and writes every unit of a plan, then proves that no row got lost: what the decoder read equals what the footers of the
 * written files hold plus what was rejected.
 *
 * @returns The staged batch, or the first unit that cannot be loaded, or the units with too many bad rows when there are others; nothing is left
 *   behind then.
 * @throws {CalveError} `REJECTED_LIMIT` (decide) when no unit, or each of them, is to blame, `VALUE_REJECTED` of a `fail-run` column, `COUNT_MISMATCH`, `CANCELLED`, and what the
 *   sink throws. What was written is deleted.
 */
export async function stageBatch(
  plan: IngestionPlan,
  intent: CommitIntent,
  configuration: CalveConfiguration,
  connections: Connections,
  context: CallContext,
  observer: StagingObserver,
): Promise<StagedBatch | UnitFailure> {
  const writers = await openWriters(plan, intent, connections, context);
  const budget = new RejectionBudget(writers.rejected ? plan.program.limits : null);
  const projectors = new Map<string, Projector>();
  const records: UnitRecord[] = [];
  try {
    const replay = await replayOf(plan, { configuration, connections, context });
    for (const { unit, reader, replaces } of plan.batch.units) {
      if (unit.kind !== 'object')
        throw new CalveError('PLAN_INVALID', 'This version of Calve loads objects only.', { recovery: 'replan' });
      throwIfAborted(context.signal);
      const projection = writers.main.output.projections[reader];
      if (!projection)
        throw new CalveError('PLAN_INVALID', `The plan has no projection for reader "${reader}".`, { recovery: 'replan' });
      const projector = projectors.get(reader) ?? (await openProjector(projection));
      projectors.set(reader, projector);
      const { key, uri, modifiedAt } = unit;
      writers.main.writer.beginUnit?.({ key, uri, modifiedAt, replaces: replaces !== undefined });
      const record = await loadUnit(unit, reader, projector, {
        plan,
        intent,
        configuration,
        connections,
        context,
        observer,
        writers,
        budget,
        replay,
      });
      if (record instanceof UnitFailure) {
        await abortWriters(writers);
        return record;
      }
      records.push(record);
    }
    budget.assertRatio();
    const main = await writers.main.writer.finish();
    const rejected = writers.rejected ? await writers.rejected.writer.finish() : null;
    const files = {
      [writers.main.output.name]: main,
      ...(rejected && writers.rejected ? { [writers.rejected.output.name]: rejected } : {}),
    };
    countRewrite(records, writers.main.output.name, main);
    assertCounts(records, files);
    assertTotals(records, files, writers.main.output.name, writers.rejected?.output.name ?? null);
    for (const finding of rewriteFindings(plan, records, main)) context.report(finding);
    return { records, files, discard: () => abortWriters(writers) };
  } catch (error) {
    await abortWriters(writers);
    if (!isRejectedLimit(error)) throw error;
    const services = { configuration, context };
    const blamed = observer.mayLeaveOut ? budget.blamed() : [];
    if (blamed.length === 0 || blamed.length === plan.batch.units.length)
      throw await explainedLimit(error, budget, plan, services);
    return new UnitFailure(await explainedUnits(blamed, budget, plan, services));
  }
}

/** True for the error that says that more rows were rejected than the spec allows. */
export function isRejectedLimit(error: unknown): error is CalveError {
  return CalveError.is(error) && error.code === 'REJECTED_LIMIT';
}

/** Deletes what was written, as far as that is possible; the failure that led here is what the caller reports. */
async function abortWriters({ main, rejected }: Writers): Promise<void> {
  await Promise.allSettled([main.writer.abort(), rejected?.writer.abort()]);
}

async function openWriters(
  { program }: IngestionPlan,
  intent: CommitIntent,
  connections: Connections,
  context: CallContext,
): Promise<Writers> {
  const open = async (output: ProgramOutput): Promise<{ output: ProgramOutput; writer: TableWriter }> => {
    const sink = await connections.sink(output.sink);
    const portable = sink.writer(program, intent, output.name);
    return { output, writer: await portable.create(context, portsOf(sink)) };
  };
  const [main] = program.outputs;
  const rejected = program.outputs.find((output) => output.rows === 'rejected');
  if (!main) throw new CalveError('PLAN_INVALID', 'The plan has no output.', { recovery: 'replan' });
  const writers: Writers = { main: await open(main), rejected: null };
  try {
    if (rejected) writers.rejected = await open(rejected);
    return writers;
  } catch (error) {
    await abortWriters(writers);
    throw error;
  }
}

function portsOf(sink: SinkSession): WriterPorts {
  const ports: WriterPorts = { openOutput: (name) => sink.openOutput(name) };
  return sink.openInput ? { ...ports, openInput: (name) => sink.openInput!(name) } : ports;
}

interface Loading {
  plan: IngestionPlan;
  intent: CommitIntent;
  configuration: CalveConfiguration;
  connections: Connections;
  context: CallContext;
  observer: StagingObserver;
  writers: Writers;
  budget: RejectionBudget;
  /** Where the records of units that go again come from; null: the plan has none. */
  replay: ReplayInput | null;
}

/** Few plans take rejected rows again. */
async function replayOf(
  plan: IngestionPlan,
  services: Pick<Loading, 'configuration' | 'connections' | 'context'>,
): Promise<ReplayInput | null> {
  if (!plan.batch.units.some(({ unit }) => unit.kind === 'object' && unit.replay)) return null;
  return replayInputOf(plan, services);
}

/** An error of the sink passes through the loop over decode events marked, so that it is not taken for a bad unit. */
class WriteFailure {
  readonly error: unknown;
  constructor(error: unknown) {
    this.error = error;
  }
}

async function loadUnit(
  unit: ObjectUnit,
  readerId: string,
  projector: Projector,
  loading: Loading,
): Promise<UnitRecord | UnitFailure> {
  try {
    return await readUnit(unit, readerId, projector, loading);
  } catch (error) {
    if (error instanceof WriteFailure) throw error.error;
    if (!isUnitFault(error) || (error.code === 'VALUE_REJECTED' && policyOf(error) === 'fail-run')) throw error;
    const { spec, program } = loading.plan;
    const format = program.readers.find(({ id }) => id === readerId)?.format;
    return new UnitFailure([unreadableUnit(unit, error, 0, spec, format)]);
  }
}

/** What the decoder found while loading, unless the plan said the same already. */
function reportFinding(diagnostic: Diagnostic, unit: ObjectUnit, plan: IngestionPlan, context: CallContext): void {
  const message = `${fileName(unit.uri)}: ${diagnostic.message}`;
  if (plan.findings.some((known) => known.code === diagnostic.code && known.message === message)) return;
  context.report({ ...diagnostic, message, at: { ...diagnostic.at, unit: unit.key } });
}

function rescuedFinding(unit: ObjectUnit, rows: number): Diagnostic {
  const message = `${fileName(unit.uri)}: something of ${rows === 1 ? 'one row' : `${rows} rows`} is kept in ${RESCUE_COLUMN}.`;
  return { code: 'VALUES_RESCUED', severity: 'warning', message, at: { unit: unit.key } };
}

function policyOf(error: CalveError): unknown {
  const { context } = error;
  return context !== null && typeof context === 'object' && 'policy' in context ? context.policy : undefined;
}

async function openUnit(
  unit: ObjectUnit,
  { program }: IngestionPlan,
  connections: Connections,
  context: CallContext,
): Promise<ByteReader> {
  return (await connections.source(program.source.name, program.source.options)).open(unit, context);
}

async function readUnit(unit: ObjectUnit, readerId: string, projector: Projector, loading: Loading): Promise<UnitRecord> {
  const { plan, intent, configuration, connections, context, observer, writers, budget } = loading;
  const reader = plan.program.readers.find(({ id }) => id === readerId);
  if (!reader) throw new CalveError('PLAN_INVALID', `The plan has no reader "${readerId}".`, { recovery: 'replan' });
  const decoder = await openDecoder(configuration, reader.format, context);
  const facts = {
    unitUri: unit.uri,
    unitVersion: unit.version,
    unitModified: unit.modifiedAt,
    runId: intent.runId,
    plannedAt: intent.plannedAt,
  };
  const counts = { main: noCounts(), rejected: noCounts() };
  let rescuedRows = 0;
  // Rows that go again are not read from their file.
  const opened = unit.replay ? bytesOf(new Uint8Array(0)) : await openUnit(unit, plan, connections, context);
  const bytes = hashingReader(opened, configuration.environment.sha256(), (count) => observer.onBytes(count));
  const setRowsAside = async (rejectedRecords: readonly RejectedRecord[]): Promise<void> => {
    if (rejectedRecords.length === 0) return;
    counts.main.rejected += rejectedRecords.length;
    budget.rejected(rejectedRecords, unit);
    if (!writers.rejected) return;
    const batch = rejectedBatch(rejectedRecords, writers.rejected.output.fields, {
      unit,
      runId: intent.runId,
      plannedAt: intent.plannedAt,
      sequence: intent.sequence,
      programHash: intent.programHash,
    });
    counts.rejected.written += batch.rows;
    await write(writers.rejected.writer, batch);
  };
  try {
    const events =
      loading.replay && unit.replay
        ? loading.replay.events(unit, { format: reader.format, reader: reader.plan })
        : decoder.decode(bytes, reader.plan, { kind: 'whole' }, REQUEST, context);
    for await (const event of events) {
      if (context.signal.aborted && event.kind === 'batch') event.batch.release();
      throwIfAborted(context.signal);
      if (event.kind === 'batch') {
        counts.main.read += event.batch.rows;
        budget.read(event.batch.rows, unit);
        const { accepted, rejected, expanded, rescued } = projectBatch(projector, event.batch, facts);
        counts.main.expanded += expanded;
        rescuedRows += rescued;
        const { rows } = accepted;
        if (rows > 0) await write(writers.main.writer, accepted);
        else accepted.release();
        counts.main.written += rows;
        await setRowsAside(rejected);
        observer.onRows(rows);
      } else if (event.kind === 'rejected') {
        counts.main.read += event.records.length;
        budget.read(event.records.length, unit);
        await setRowsAside(event.records);
      } else if (event.kind === 'finding') {
        reportFinding(settleFixes(event.diagnostic, plan.spec.input.format, reader.format), unit, plan, context);
      } else if (event.kind === 'misaligned') {
        throw new CalveError('INTERNAL', `A decoder reported a misaligned range while it read ${unit.uri} as a whole.`);
      }
      // Between two batches the host goes first.
      await context.environment.sleep(0);
    }
    const sha256 = await bytes.finishHash();
    await bytes.verify();
    if (rescuedRows > 0) context.report(rescuedFinding(unit, rescuedRows));
    counts.rejected.read = counts.main.read;
    counts.rejected.filtered = counts.main.read - counts.rejected.written;
    const perOutput: Record<string, RowCounts> = { [writers.main.output.name]: counts.main };
    if (writers.rejected) perOutput[writers.rejected.output.name] = counts.rejected;
    const { sequence } = intent;
    return {
      ...{ unit, state: 'ingested', sequence, counts: perOutput, attempts: 1 },
      // It stands in the place of the file, and is compared with what comes there.
      sha256: unit.replay ? (unit.replay.sha256 ?? sha256) : sha256,
      ...(counts.main.rejected > 0 && { observation: readAs(reader.format, reader.plan) }),
    };
  } finally {
    await bytes.close();
  }
}

async function write(writer: TableWriter, batch: Parameters<TableWriter['write']>[0]): Promise<void> {
  try {
    await writer.write(batch);
  } catch (error) {
    throw new WriteFailure(error);
  } finally {
    batch.release();
  }
}
