import { RESCUE_COLUMN } from '../checkpoint/persisted-names.ts';
import type { RowCounts, UnitRecord } from '../checkpoint/unit-record.ts';
import { freeBuffer } from '../columns/free-buffer.ts';
import type { CallContext } from '../context/call-context.ts';
import type { CalveError } from '../errors/calve-error.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import { settleFixes } from '../format/settle-fixes.ts';
import type { IngestionPlan, ProgramOutput } from '../plan/ingestion-plan.ts';
import { readAs } from '../replay/open-rejections.ts';
import type { TableWriter } from '../sink/table-writer.ts';
import { fileName } from '../source/file-name.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { noCounts } from './count-rows.ts';
import { isUnitFault, unreadableUnit } from './observe-unit.ts';
import { rejectedBatch } from './rejected-rows.ts';
import type { RejectionBudget } from './rejection-budget.ts';
import type { BatchWork } from './segments/batch-work.ts';
import type { UnitRows } from './segments/project-unit.ts';
import type { UnitWork } from './segments/unit-work.ts';
import { WriteFailure } from './segments/write-failure.ts';
import type { SharedCounts } from './shared-counts.ts';

/** The writers of a batch. */
export interface Writers {
  main: { output: ProgramOutput; writer: TableWriter };
  rejected: { output: ProgramOutput; writer: TableWriter } | null;
}

/** What loading a unit adds to. */
export interface UnitLoading {
  batch: BatchWork;
  writers: Writers;
  budget: RejectionBudget;
  counts: SharedCounts;
  /** Called with the number of rows each time that some were written. */
  onRows(rows: number): void;
}

/** Units that turned out, while they were loaded, to be unreadable or to have too many bad rows: the batch starts again without them. */
export class UnitFailure {
  readonly records: readonly UnitRecord[];
  constructor(records: readonly UnitRecord[]) {
    this.records = records;
  }
}

/**
 * Writes the rows of one unit, sets the rejected ones aside, and counts both.
 *
 * @param start Begins the work on the unit.
 * @returns The record of the unit, or why it cannot be loaded.
 * @throws what is not the fault of the unit: an error of the sink, `REJECTED_LIMIT`, `VALUE_REJECTED` of a `fail-run` column, `CANCELLED`.
 */
export async function loadUnit(
  unit: ObjectUnit,
  readerId: string,
  start: () => Promise<UnitWork>,
  loading: UnitLoading,
): Promise<UnitRecord | UnitFailure> {
  try {
    const work = await start();
    try {
      return await readUnit(unit, readerId, work, loading);
    } finally {
      await work.close();
    }
  } catch (error) {
    if (error instanceof WriteFailure) throw error.error;
    if (!isUnitFault(error) || (error.code === 'VALUE_REJECTED' && policyOf(error) === 'fail-run')) throw error;
    const { spec, program } = loading.batch.settings.plan;
    const format = program.readers.find(({ id }) => id === readerId)?.format;
    return new UnitFailure([unreadableUnit(unit, error, 0, spec, format)]);
  }
}

async function readUnit(unit: ObjectUnit, readerId: string, work: UnitWork, loading: UnitLoading): Promise<UnitRecord> {
  const { batch, writers, budget } = loading;
  const { plan, intent, context } = batch.settings;
  const reader = batch.reader(readerId);
  const counts = { main: noCounts(), rejected: noCounts() };
  let rescuedRows = 0;
  const setRowsAside = async (rejectedRecords: readonly RejectedRecord[]): Promise<void> => {
    if (rejectedRecords.length === 0) return;
    counts.main.rejected += rejectedRecords.length;
    budget.rejected(rejectedRecords, unit);
    if (!writers.rejected) return;
    const rejected = rejectedBatch(rejectedRecords, writers.rejected.output.fields, {
      unit,
      runId: intent.runId,
      plannedAt: intent.plannedAt,
      sequence: intent.sequence,
      programHash: intent.programHash,
    });
    counts.rejected.written += rejected.rows;
    await writeBatch(writers.rejected.writer, rejected);
  };
  for await (const event of work.events()) {
    switch (event.kind) {
      case 'rows': {
        const { read, written, expanded, rescued, rejected } = event;
        counts.main.read += read;
        budget.read(read, unit);
        counts.main.expanded += expanded;
        rescuedRows += rescued;
        await writeRows(writers.main.writer, event);
        counts.main.written += written;
        await setRowsAside(rejected);
        loading.onRows(written);
        break;
      }
      case 'rejected':
        counts.main.read += event.records.length;
        budget.read(event.records.length, unit);
        await setRowsAside(event.records);
        break;
      case 'finding':
        reportFinding(settleFixes(event.diagnostic, plan.spec.input.format, reader.format), unit, plan, context);
        break;
      case 'cut':
        await marked(async () => writers.main.writer.parts?.cut());
    }
    throwIfAborted(context.signal);
  }
  const sha256 = await work.finish();
  if (rescuedRows > 0) context.report(rescuedFinding(unit, rescuedRows));
  counts.rejected.read = counts.main.read;
  counts.rejected.filtered = counts.main.read - counts.rejected.written;
  const perOutput: Record<string, RowCounts> = { [writers.main.output.name]: counts.main };
  if (writers.rejected) perOutput[writers.rejected.output.name] = counts.rejected;
  const shared = loading.counts.shared(perOutput);
  const record: UnitRecord = {
    unit,
    state: 'ingested',
    sequence: intent.sequence,
    counts: shared,
    attempts: 1,
    // It stands in the place of the file, and is compared with what comes there.
    sha256: unit.replay ? (unit.replay.sha256 ?? sha256) : sha256,
  };
  if (counts.main.rejected > 0) record.observation = readAs(reader.format, reader.plan);
  return record;
}

async function writeRows(writer: TableWriter, { batch, parts }: UnitRows): Promise<void> {
  for (const part of parts) {
    await marked(async () => writer.parts?.append(part));
    // Megabytes that a collector would find late.
    freeBuffer(part.bytes);
  }
  if (batch) await writeBatch(writer, batch);
}

async function writeBatch(writer: TableWriter, batch: Parameters<TableWriter['write']>[0]): Promise<void> {
  try {
    await marked(() => writer.write(batch));
  } finally {
    batch.release();
  }
}

async function marked(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    throw new WriteFailure(error);
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
