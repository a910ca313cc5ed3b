import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Path } from '../json/json.ts';
import type { ColumnDecision } from '../plan/ingestion-plan.ts';
import { nearestNames } from '../source/nearest-names.ts';
import { jsonPointer } from '../spec/json-pointer.ts';
import { type CandidateColumn, type ColumnAnswer, ColumnDebate, type ColumnQuestion } from './column-question.ts';
import { findCandidates } from './find-candidates.ts';
import { inferNewColumn } from './infer-new-column.ts';
import { reportDeclaredMisfits } from './report-declared-misfits.ts';

/**
 * Decides name and type of every column: what the user declared, then what the table has, then what the values show. Units that do
 * not fit are held, and the question is asked again without them, so that they influence nothing. Pure.
 */
export function resolveColumns(question: ColumnQuestion): ColumnAnswer {
  const held = new Map<number, Diagnostic>();
  for (;;) {
    const before = held.size;
    const debate = new ColumnDebate(question, held);
    const answer = resolveOnce(debate);
    if (held.size === before) return { ...answer, held };
  }
}

function resolveOnce(debate: ColumnDebate): Omit<ColumnAnswer, 'held'> {
  const columns: ColumnDecision[] = [];
  const sources = new Map<string, Path>();
  for (const candidate of findCandidates(debate)) {
    const decision = decide(candidate, debate);
    if (!decision) continue;
    columns.push(decision);
    sources.set(decision.name, candidate.source);
    reportMissing(candidate, debate);
  }
  reportUnknown(debate);
  return { columns, sources, findings: debate.findings };
}

function decide(candidate: CandidateColumn, debate: ColumnDebate): ColumnDecision | null {
  const { name, declared, table } = candidate;
  if (declared?.spec.drop) return null;
  if (debate.question.reserved.some((reserved) => reserved.toLowerCase() === name.toLowerCase())) {
    for (const { unit } of candidate.seen) debate.hold(unit, reservedName(name, debate.uriOf(unit)));
    return null;
  }
  const field = table ?? { name, required: false };
  const type = declared?.spec.type;
  const { nested } = debate.question;
  const isNested = nested?.isNestedColumn(candidate);
  if (type) {
    const misfits = isNested
      ? nested!.reportDeclaredNested(candidate, type, debate)
      : reportDeclaredMisfits(candidate, type, declared, debate);
    return { name, field: { ...field, type }, origin: 'declared', evidence: [], misfits };
  }
  if (table) {
    const fit = isNested
      ? nested!.fitNestedColumn(candidate, table, debate)
      : debate.question.tableSchema!.fitTableColumn(candidate, table, debate);
    return { name, field: { ...field, type: fit.type }, origin: 'table', evidence: [], misfits: fit.misfits };
  }
  const inferred = inferNewColumn(candidate, debate);
  if (!inferred) return null;
  const { type: found, ...why } = inferred;
  return { name, field: { ...field, type: found }, ...why };
}

function reportMissing({ name, table, seen }: CandidateColumn, debate: ColumnDebate): void {
  const { taking, question, findings } = debate;
  if (seen.length === taking.length) return;
  const having = new Set(seen.map(({ unit }) => unit));
  const lacking = taking.filter((unit) => !having.has(unit) && (question.units[unit]?.fields.length ?? 0) > 0);
  if (lacking.length === 0) return;
  if (table?.required) {
    for (const unit of lacking) {
      const message = `${debate.uriOf(unit)} waits: it lacks column "${name}", which the table requires.`;
      debate.hold(unit, { code: 'SCHEMA_COLUMN_MISSING', severity: 'warning', message });
    }
    return;
  }
  findings.push({
    code: 'SCHEMA_COLUMN_MISSING',
    severity: 'info',
    message: `Column "${name}" is absent from ${lacking.length} of ${taking.length} files (${debate.uriOf(lacking[0])}${lacking.length > 1 ? ', …' : ''}): null there.`,
  });
}

function reportUnknown({ question: { declared, units, table }, findings }: ColumnDebate): void {
  const known = new Set<string>((table ?? []).map((field) => field.name.toLowerCase()));
  for (const fields of new Set(units.map((unit) => unit.fields))) {
    for (const { field } of fields) known.add(field.name.toLowerCase());
  }
  if (known.size === 0) return;
  for (const [name, spec] of Object.entries(declared)) {
    const source = spec.from?.[0] ?? name;
    // What goes from the table need not be in a file; it stays in the spec after it is gone.
    if (known.has(source.toLowerCase()) || spec.drop === 'from-table') continue;
    const nearest = nearestNames(source, [...known]);
    findings.push({
      code: 'SCHEMA_COLUMN_UNKNOWN',
      severity: 'warning',
      message: `The spec names column "${source}", but no file has it${nearest.length > 0 ? `; near: ${nearest.join(', ')}` : ''}.`,
      fixes: [
        {
          title: 'Take it out of the spec',
          specPatch: [{ op: 'remove', path: jsonPointer(['outputs', 0, 'columns', name]) }],
        },
      ],
    });
  }
}

function reservedName(name: string, uri: string): Diagnostic {
  const path = jsonPointer(['outputs', 0, 'columns', `file${name}`]);
  return {
    code: 'SCHEMA_RESERVED_NAME',
    severity: 'warning',
    message: `${uri} waits: its column "${name}" has the name of a column that Calve adds.`,
    fixes: [{ title: 'Load it under another name', specPatch: [{ op: 'add', path, value: { from: [name] } }] }],
  };
}
