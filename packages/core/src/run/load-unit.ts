import { RESCUE_COLUMN } from '../checkpoint/persisted-names.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CallContext } from '../context/call-context.ts';
import type { CalveError } from '../errors/calve-error.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import { settleFixes } from '../format/settle-fixes.ts';
import type { IngestionPlan, ProgramOutput } from '../plan/ingestion-plan.ts';
import type { TableWriter } from '../sink/table-writer.ts';
import { fileName } from '../source/file-name.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { isUnitFault, unreadableUnit } from './observe-unit.ts';
import type { RejectionBudget } from './rejection-budget.ts';
import type { BatchWork } from './segments/batch-work.ts';
import type { UnitWork } from './segments/unit-work.ts';
import { WriteFailure } from './segments/write-failure.ts';
import type { SharedCounts } from './shared-counts.ts';
import { marked, UnitTally, writeRows } from './unit-tally.ts';

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
    return failureOf(unit, readerId, error, loading);
  }
}

/** @throws `error` itself, when it is no fault of the unit. */
export function failureOf(unit: ObjectUnit, readerId: string, error: unknown, loading: UnitLoading): UnitFailure {
  if (error instanceof WriteFailure) throw error.error;
  if (!isUnitFault(error) || (error.code === 'VALUE_REJECTED' && policyOf(error) === 'fail-run')) throw error;
  const { spec, program } = loading.batch.settings.plan;
  const format = program.readers.find(({ id }) => id === readerId)?.format;
  return new UnitFailure([unreadableUnit(unit, error, 0, spec, format)]);
}

async function readUnit(unit: ObjectUnit, readerId: string, work: UnitWork, loading: UnitLoading): Promise<UnitRecord> {
  const { batch, writers } = loading;
  const { plan, context } = batch.settings;
  const reader = batch.reader(readerId);
  const tally = new UnitTally(unit, readerId, loading);
  for await (const event of work.events()) {
    switch (event.kind) {
      case 'rows': {
        const { read, written, expanded, rescued, rejected } = event;
        tally.read(read);
        tally.rescuedRows += rescued;
        await writeRows(writers.main.writer, event);
        tally.written(written, expanded);
        await tally.setAside(rejected);
        loading.onRows(written);
        break;
      }
      case 'rejected':
        tally.read(event.records.length);
        await tally.setAside(event.records);
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
  if (tally.rescuedRows > 0) context.report(rescuedFinding(unit, tally.rescuedRows));
  return tally.record(sha256);
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
