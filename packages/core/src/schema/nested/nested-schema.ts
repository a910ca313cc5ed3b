import type { ColumnType, Field } from '../../columns/column-type.ts';
import { sameType, typeText } from '../../columns/column-type.ts';
import type { Diagnostic } from '../../errors/diagnostic.ts';
import { nullFix } from '../../findings/column-fixes.ts';
import type { ColumnDecision } from '../../plan/ingestion-plan.ts';
import type { CandidateColumn, ColumnDebate } from '../column-question.ts';
import { widestOf } from '../fit-table-column.ts';
import { ADD_COLUMNS, admitNewColumn, REJECT_REFUTED } from '../infer-new-column.ts';
import type { ValueShape } from '../value-shape.ts';
import { decideShape } from './decide-shape.ts';
import { mergeAll } from './merge-shapes.ts';
import { leafFinding, makeTextAt, misfitPlace, misfitText, noteFinding, placeName } from './nested-findings.ts';
import { insideOf, isNestedType, type NewMember, newMembersOf, shapeAt, withTypeAt } from './nested-type.ts';
import { shapeOf, valuesOf } from './scalars-of-shape.ts';
import { misfitsOfShape, type ShapeMisfit } from './shape-misfits.ts';

export { nestedRule, typeAtPath } from './nested-rule.ts';
export { placeFields } from './place-fields.ts';
export { structuredReader } from './reader-structure.ts';

type Fixes = NonNullable<Diagnostic['fixes']>;

/** True when a column has to be judged by shapes: something nested was seen, declared, or is in the table. */
export function isNestedColumn({ seen, declared, table }: CandidateColumn): boolean {
  if (declared?.spec.type) return isNestedType(declared.spec.type);
  if (table && isNestedType(table.type)) return true;
  return seen.some(({ observed: { shape } }) => shape && shape.objects + shape.arrays > 0);
}

/** Type and reason of a nested column that neither the spec nor the table knows; null: there is no such column, or not yet. */
export function inferNestedColumn(
  candidate: CandidateColumn,
  debate: ColumnDebate,
): (Pick<ColumnDecision, 'origin' | 'evidence' | 'misfits' | 'inside'> & { type: ColumnType }) | null {
  const { policy, table } = debate.question;
  const shape = mergedShape(candidate);
  const isSample = candidate.seen.some(({ unit }) => debate.question.units[unit]?.isSample);
  const decided = decideShape(shape, { isSample });
  if (decided.type === null && policy.infer !== 'off') {
    for (const note of decided.notes) debate.findings.push(noteFinding(candidate, note, debate));
    return null;
  }
  if (table && !admitNewColumn(candidate, debate)) return null;
  if (policy.infer === 'off' || decided.type === null) {
    return { type: { kind: 'string' }, origin: 'inferred', evidence: [], misfits: 0 };
  }
  const { type, leaves, notes } = decided;
  for (const note of notes) debate.findings.push(noteFinding(candidate, note, debate));
  let misfits = 0;
  for (const leaf of leaves) {
    misfits += leaf.decision.misfits?.count ?? 0;
    const finding = leafFinding(candidate, leaf, type, debate);
    if (finding) debate.findings.push(finding);
    if (policy.onRefuted === 'hold' && leaf.decision.misfits) {
      holdUnits(candidate, type, debate, 0, (path) => [REJECT_REFUTED, makeTextAt(candidate, path, type)]);
    }
  }
  const inside = leaves.map(({ path, decision }) => ({ path, evidence: decision.evidence }));
  return { type, origin: 'inferred', evidence: [], misfits, ...(isNestedType(type) ? { inside } : {}) };
}

/**
 * The type that a nested column of the table has after this batch: new members join it as the spec says, and where the spec lets types grow
 * they do. Units in which too many values do not fit wait.
 */
export function fitNestedColumn(
  candidate: CandidateColumn,
  table: Field,
  debate: ColumnDebate,
): { type: ColumnType; misfits: number } {
  const { policy, limits } = debate.question;
  let type = table.type;
  for (const member of newMembersOf(mergedShape(candidate), type)) type = withNewMember(type, member, candidate, debate);
  if (policy.onTypeChange === 'widen') type = widened(candidate, type, table, debate);
  if (policy.onTypeChange !== 'reject-row') {
    holdUnits(candidate, type, debate, policy.onRefuted === 'hold' ? 0 : limits.maxRejectedRatio, () => [
      {
        title: 'Reject the rows that do not fit',
        specPatch: [{ op: 'replace', path: '/schema/onTypeChange', value: 'reject-row' }],
      },
    ]);
  }
  return { type, misfits: reportMisfits(candidate, type, debate, 'In the table', true) };
}

/** The user's type stands; what it costs is said before anything is loaded. Formats without nested values cannot fill it: their units wait. */
export function reportDeclaredNested(candidate: CandidateColumn, type: ColumnType, debate: ColumnDebate): number {
  for (const { unit, observed } of candidate.seen) {
    if (observed.shape || !observed.statistics) continue;
    const message = `${debate.uriOf(unit)} waits: column "${candidate.name}" is declared ${typeText(type)}, but this format has only text there.`;
    debate.hold(unit, { code: 'SCHEMA_TYPE_CONFLICT', severity: 'warning', message, fixes: [makeTextAt(candidate, [], null)] });
  }
  return reportMisfits(candidate, type, debate, 'As the spec declares', candidate.declared?.spec.parse?.exact ?? false);
}

function mergedShape({ seen }: CandidateColumn): ValueShape {
  return mergeAll(seen.map(({ observed }) => shapeOf(observed)));
}

function withNewMember(type: ColumnType, member: NewMember, candidate: CandidateColumn, debate: ColumnDebate): ColumnType {
  const { path, name } = member;
  const place = placeName(candidate.name, [...path, name]);
  const struct = path.reduce<ColumnType | undefined>((inside, step) => inside && insideOf(inside, step)?.type, type);
  const twin =
    struct?.kind === 'struct' ? struct.fields.find((field) => field.name.toLowerCase() === name.toLowerCase()) : undefined;
  const having = unitsWith(candidate, type, member);
  if (twin) {
    for (const unit of having) {
      const message = `${debate.uriOf(unit)} waits: "${place}" differs from "${twin.name}" of the table in case only, and most engines cannot tell them apart.`;
      debate.hold(unit, { code: 'SCHEMA_NAME_CONFLICT', severity: 'warning', message });
    }
    return type;
  }
  const isSample = candidate.seen.some(({ unit }) => debate.question.units[unit]?.isSample);
  const decided = decideShape(member.shape, { isSample }, [...path, name]);
  if (decided.type === null) return type;
  if (debate.question.policy.onNewColumn === 'rescue' && (path.includes('element') || path.includes('value'))) {
    debate.findings.push(memberLost(place, debate.uriOf(having[0])));
    return type;
  }
  const asColumn: CandidateColumn = {
    ...candidate,
    name: place,
    seen: candidate.seen.filter(({ unit }) => having.includes(unit)),
  };
  if (!admitNewColumn(asColumn, debate)) return type;
  for (const note of decided.notes) debate.findings.push(noteFinding(candidate, note, debate));
  const field: Field = { name, type: decided.type, required: false };
  const extended = withTypeAt(type, path, (at) => (at.kind === 'struct' ? { ...at, fields: [...at.fields, field] } : at));
  for (const leaf of decided.leaves) {
    const finding = leafFinding(candidate, leaf, extended, debate);
    if (finding) debate.findings.push(finding);
  }
  return extended;
}

/** Elements of lists and values of maps have no place in the rescue column. */
function memberLost(place: string, uri: string): Diagnostic {
  return {
    code: 'SCHEMA_COLUMN_IGNORED',
    severity: 'warning',
    message: `"${place}" of ${uri} is not in the table and is left out: what is inside of lists and maps cannot be kept aside.`,
    fixes: [ADD_COLUMNS],
  };
}

/** Units in which the member has a value. */
function unitsWith({ seen }: CandidateColumn, type: ColumnType, { path, name }: NewMember): number[] {
  return seen.flatMap(({ unit, observed }) => {
    const found = shapeAt(shapeOf(observed), type, path)?.members?.find((member) => member.name === name);
    return found && valuesOf(found.shape) + found.shape.nulls > 0 ? [unit] : [];
  });
}

/** More digits or bits for the places whose values need them and whose type can grow without touching a file. */
function widened(candidate: CandidateColumn, type: ColumnType, table: Field, debate: ColumnDebate): ColumnType {
  const shape = mergedShape(candidate);
  let result = type;
  for (const misfit of misfitsOfShape(shape, type)) {
    const wider = widestOf(misfit.type);
    if (!wider) continue;
    const grown = withTypeAt(result, misfit.path, () => wider);
    if (countAt(misfitsOfShape(shape, grown)) < countAt(misfitsOfShape(shape, result))) result = grown;
  }
  if (!sameType(result, type)) {
    debate.findings.push({
      code: 'SCHEMA_TYPE_CONFLICT',
      severity: 'info',
      message: `Column "${table.name}" is widened from ${typeText(type)} to ${typeText(result)}.`,
    });
  }
  return result;
}

function countAt(misfits: readonly ShapeMisfit[]): number {
  return misfits.reduce((sum, { count }) => sum + count, 0);
}

/** Holds every unit in which more values of any place than `ratio` do not fit. */
function holdUnits(
  candidate: CandidateColumn,
  type: ColumnType,
  debate: ColumnDebate,
  ratio: number,
  fixes: (path: ShapeMisfit['path']) => Fixes,
): void {
  for (const { unit, observed } of candidate.seen) {
    const worst = misfitsOfShape(shapeOf(observed), type).find(({ count, of }) => count > of * ratio);
    if (!worst) continue;
    const message = `${debate.uriOf(unit)} waits: ${misfitText(candidate.name, worst, debate)}.`;
    debate.hold(unit, {
      code: 'SCHEMA_TYPE_CONFLICT',
      severity: 'warning',
      message,
      ...misfitPlace(candidate.name, worst),
      fixes: fixes(worst.path),
    });
  }
}

/** Says what will be rejected. @returns How many values that is. */
function reportMisfits(candidate: CandidateColumn, type: ColumnType, debate: ColumnDebate, why: string, exact: boolean): number {
  const misfits = misfitsOfShape(mergedShape(candidate), type, exact);
  const { name, declared, table } = candidate;
  const isReadByRules = declared?.spec.formats !== undefined || declared?.spec.parse !== undefined;
  for (const misfit of misfits) {
    debate.findings.push({
      code: 'SCHEMA_VALUES_REFUTED',
      // Whoever takes null for what does not fit has decided.
      severity: declared?.spec.onFailure === 'null' ? 'info' : 'warning',
      message: `${why}, ${misfitText(name, misfit, debate)}.`,
      ...misfitPlace(name, misfit),
      // A column that a table has keeps its type, and rules of reading may have no use for text.
      fixes: [
        ...(declared && !table && !isReadByRules ? [makeTextAt(candidate, misfit.path, type)] : []),
        // Something else than an object or list is nothing that could be read as null.
        ...(isNestedType(misfit.type) ? [] : [nullFix(name, declared, placeName(name, misfit.path))]),
      ],
    });
  }
  return countAt(misfits);
}
