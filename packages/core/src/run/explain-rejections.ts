import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Recovery } from '../errors/recovery.ts';
import { columnMadeText, type Fix } from '../findings/column-fixes.ts';
import { judgedBy } from '../findings/judged-by.ts';
import { fillKeyText } from '../findings/merge-keys.ts';
import { rejectionFixes } from '../findings/rejection-fixes.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { Json } from '../json/json.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import { columnOfCode } from '../replay/replay-filter.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { columnSpecOf } from '../spec/column-spec-of.ts';
import type { CalveConfiguration } from './calve-configuration.ts';
import { cellOfRecord } from './cell-of-record.ts';
import { AS_TEXT, type RejectionBudget } from './rejection-budget.ts';

type Services = { configuration: CalveConfiguration; context: CallContext };

/** The error that too many rows were rejected, with what may be done about it: `context.fixes`, and the value behind the first example. */
export async function explainedLimit(
  error: CalveError,
  budget: RejectionBudget,
  plan: IngestionPlan,
  services: Services,
): Promise<CalveError> {
  const counts = budget.total();
  const [first, ...rest] = error.diagnostics;
  const evidence = counts.first ? await evidenceOf(counts.first.record, counts.first.unit, plan, services) : {};
  const { code, message, recovery, context } = error;
  const fixes = rejectionFixes(plan, counts, { isCut: budget.isCut, isTableMade: false });
  return new CalveError(code, message, {
    recovery: choicesThatMend(recovery, fixes, counts.codes.keys()),
    diagnostics: first ? [{ ...first, ...evidence }, ...rest] : [],
    context: { ...(context as object), fixes } as unknown as Json,
    cause: error,
  });
}

/** Without text as a way out where no column can become text, and with what a row without its key needs. */
function choicesThatMend(recovery: Recovery, fixes: readonly Fix[], codes: Iterable<string>): Recovery {
  if (recovery.kind !== 'decide') return recovery;
  const canBeText = fixes.some((fix) => columnMadeText(fix) !== null);
  const fill = fillKeyText(codes);
  const choices = recovery.choices.filter((choice) => canBeText || choice !== AS_TEXT);
  return { kind: 'decide', choices: fill === null ? choices : [fill, ...choices] };
}

/** Records of files with too many rejected rows: why they wait, with the first value and what may be done. */
export async function explainedUnits(
  records: readonly UnitRecord[],
  budget: RejectionBudget,
  plan: IngestionPlan,
  services: Services,
): Promise<UnitRecord[]> {
  const explained: UnitRecord[] = [];
  for (const record of records) {
    const counts = budget.of(record.unit.key);
    if (!counts?.first || !record.finding) explained.push(record);
    else {
      const evidence = await evidenceOf(counts.first.record, counts.first.unit, plan, services);
      // The other files are loaded.
      const fixes = rejectionFixes(plan, counts, { isCut: budget.isCut, isTableMade: true });
      const fill = fillKeyText(counts.codes.keys());
      const message = fill === null ? record.finding.message : `${record.finding.message}. What mends it: ${fill}.`;
      const finding = { ...record.finding, message, ...evidence, fixes };
      explained.push({ ...record, finding, observation: judgedBy(plan.spec) });
    }
  }
  return explained;
}

/** Where the first rejected row stands, and its value where a column is to blame. */
async function evidenceOf(
  { codes, position, raw }: RejectedRecord,
  unit: ObjectUnit,
  plan: IngestionPlan,
  services: Services,
): Promise<Pick<Diagnostic, 'at' | 'evidence'>> {
  const column = codes.map(columnOfCode).find((name) => name !== null);
  const at = { ...position, unit: unit.key, ...(column === undefined ? {} : { column }) };
  const planned = plan.batch.units.find((one) => one.unit.key === unit.key);
  const reader = plan.program.readers.find(({ id }) => id === planned?.reader);
  const field = plan.program.outputs[0]?.fields.find(({ name }) => name === column);
  if (column === undefined || !reader || !field) return { at };
  const source = columnSpecOf(plan.spec.outputs[0]?.columns ?? {}, column)?.spec.from?.[0] ?? column;
  const value = await cellOfRecord(raw, source, { format: reader.format, reader: reader.plan }, services);
  return value === null ? { at } : { at, evidence: [{ excludes: field.type, value, at }] };
}
