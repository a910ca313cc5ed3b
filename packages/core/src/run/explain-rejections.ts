import type { UnitRecord } from '../checkpoint/unit-record.ts';
import type { CallContext } from '../context/call-context.ts';
import { CalveError } from '../errors/calve-error.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Recovery } from '../errors/recovery.ts';
import { placeOfCode } from '../findings/code-place.ts';
import { columnMadeText, type Fix } from '../findings/column-fixes.ts';
import { judgedBy } from '../findings/judged-by.ts';
import { fillKeyText } from '../findings/merge-keys.ts';
import { type RejectionFacts, rejectionFixes } from '../findings/rejection-fixes.ts';
import type { RejectedRecord } from '../format/decode-event.ts';
import type { Json } from '../json/json.ts';
import type { IngestionPlan } from '../plan/ingestion-plan.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import { REJECTED_OUTPUT } from '../spec/default-values.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import { validateOptions } from '../spec/validate-options.ts';
import { type CalveConfiguration, pluginOf } from './calve-configuration.ts';
import { cellOfRecord, placeInFile } from './cell-of-record.ts';
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
  const fixes = rejectionFixes(plan, counts, { isCut: budget.isCut, isTableMade: false, ...quarantineOf(plan, services) });
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
      const fixes = rejectionFixes(plan, counts, { isCut: budget.isCut, isTableMade: true, ...quarantineOf(plan, services) });
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
  const fields = plan.program.outputs[0]?.fields ?? [];
  const place = codes.map((code) => placeOfCode(code, fields)).find((one) => one !== null);
  const at = { ...position, unit: unit.key, ...(place && { column: place.name }) };
  const planned = plan.batch.units.find((one) => one.unit.key === unit.key);
  const reader = plan.program.readers.find(({ id }) => id === planned?.reader);
  const field = place?.fields.at(-1);
  if (!place || !reader || !field) return { at };
  const cell = await cellOfRecord(raw, placeInFile(place, plan.spec), { format: reader.format, reader: reader.plan }, services);
  return cell === null ? { at } : { at, evidence: [{ excludes: field.type, value: cell.text, at }] };
}

/** The output for rejected rows that a spec without one could have. */
function quarantineOf({ spec }: Pick<IngestionPlan, 'spec'>, { configuration }: Services): Pick<RejectionFacts, 'quarantine'> {
  if (rejectedOutput(spec)) return {};
  const { sink, options } = mainOutput(spec);
  const plugin = pluginOf('sink', configuration.sinks, sink);
  const validated = validateOptions(plugin, options, ['outputs', 0, 'options']);
  const names = new Set(spec.outputs.map(({ name }) => name));
  if ('issues' in validated || names.has(REJECTED_OUTPUT)) return { quarantine: null };
  return { quarantine: { name: REJECTED_OUTPUT, sink, options: plugin.quarantine(validated.value), rows: 'rejected' } };
}
