import type { CommitIntent } from '../checkpoint/commit-intent.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { IngestionPlan, ProgramOutput } from '../plan/ingestion-plan.ts';
import type { SinkSession } from '../sink/sink.ts';
import type { StagedFiles, TableWriter, WriterPorts } from '../sink/table-writer.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import type { Connections } from './connections.ts';
import { assertCounts, assertTotals, countRewrite } from './count-rows.ts';
import { explainedLimit, explainedUnits } from './explain-rejections.ts';
import { UnitFailure, type Writers } from './load-unit.ts';
import { RejectionBudget } from './rejection-budget.ts';
import { type ReplayInput, replayInputOf } from './replay/replay-input.ts';
import { rewriteFindings } from './rewrite-findings.ts';
import { type BatchSettings, BatchWork } from './segments/batch-work.ts';
import { SharedCounts } from './shared-counts.ts';
import { stageUnits } from './stage-units.ts';

/** The staged rows of a whole batch: durable, in no table yet. */
export interface StagedBatch {
  records: UnitRecord[];
  files: Record<string, StagedFiles>;
  /** Deletes the files again; only while nothing refers to them. Never rejects. */
  discard(): Promise<void>;
}

/** Where staging tells what it does, and asks. */
export interface StagingObserver {
  /** True when units with too many bad rows may be left out; otherwise they stop the batch. */
  mayLeaveOut: boolean;
  onBytes(bytes: number): void;
  onRows(rows: number): void;
  /** As `BatchSettings` has it. */
  onOneThread(why: string): void;
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
  const records: UnitRecord[] = [];
  try {
    const replay = await replayOf(plan, { configuration, connections, context });
    const batch = new BatchWork({
      plan,
      intent,
      configuration,
      connections,
      context,
      onBytes: (bytes) => observer.onBytes(bytes),
      onOneThread: (why) => observer.onOneThread(why),
      replay,
    });
    const loading = { batch, writers, budget, counts: new SharedCounts(), onRows: (rows: number) => observer.onRows(rows) };
    const failure = await stageUnits(loading, records);
    if (failure) {
      await abortWriters(writers);
      return failure;
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

/** Few plans take rejected rows again. */
async function replayOf(
  plan: IngestionPlan,
  services: Pick<BatchSettings, 'configuration' | 'connections' | 'context'>,
): Promise<ReplayInput | null> {
  if (!plan.batch.units.some(({ unit }) => unit.kind === 'object' && unit.replay)) return null;
  return replayInputOf(plan, services);
}
