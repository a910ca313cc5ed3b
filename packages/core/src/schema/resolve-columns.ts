import type { ColumnType, Field } from '../columns/column-type.ts';
import { sameType, typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { ObservedField } from '../format/observation.ts';
import type { ColumnDecision } from '../plan/ingestion-plan.ts';
import { nearestNames } from '../source/nearest-names.ts';
import type { ColumnSpec, LimitsSpec, SchemaPolicy } from '../spec/ingestion-spec.ts';
import type { ColumnStatistics } from './column-statistics.ts';
import { countMisfits, decideColumnType, mergeColumnStatistics } from './infer-columns.ts';

/** What one unit brings. */
export interface ObservedUnit {
  /** For messages. */
  uri: string;
  /** Unit key, for positions. */
  key: string;
  fields: readonly ObservedField[];
}

/** Everything that decides the columns of a table. */
export interface ColumnQuestion {
  units: readonly ObservedUnit[];
  /** What the user says, by column of the table. */
  declared: Readonly<Record<string, ColumnSpec>>;
  /** Columns of the existing table; null when there is none. */
  table: readonly Field[] | null;
  /** Names that provenance takes. */
  reserved: readonly string[];
  policy: SchemaPolicy;
  limits: Pick<LimitsSpec, 'maxRejectedRatio'>;
}

/** The columns of the table, and the units that cannot be loaded as things are. */
export interface ColumnAnswer {
  /** Data columns in table order: those of the table first, then new ones in order of appearance. Provenance is not among them. */
  columns: ColumnDecision[];
  /** Per column of the answer: the name in the files, in lower case. */
  sources: ReadonlyMap<string, string>;
  /** Unit index -> why it waits. */
  held: ReadonlyMap<number, Diagnostic>;
  findings: Diagnostic[];
}

/** One column under discussion. */
interface Candidate {
  name: string;
  source: string;
  spec: ColumnSpec | undefined;
  table: Field | undefined;
  /** Unit index and what it showed. */
  seen: { unit: number; observed: ObservedField }[];
}

/**
 * Decides name and type of every column: what the user declared, then what the table has, then what the values show. Units that do
 * not fit are held, and the question is asked again without them, so that they influence nothing. Pure.
 */
export function resolveColumns(question: ColumnQuestion): ColumnAnswer {
  const held = new Map<number, Diagnostic>();
  for (;;) {
    const before = held.size;
    const answer = resolveOnce(question, held);
    if (held.size === before) return { ...answer, held };
  }
}

function resolveOnce(question: ColumnQuestion, held: Map<number, Diagnostic>): Omit<ColumnAnswer, 'held'> {
  const findings: Diagnostic[] = [];
  const columns: ColumnDecision[] = [];
  const sources = new Map<string, string>();
  const taking = question.units.map((_, index) => index).filter((index) => !held.has(index));
  for (const candidate of candidatesOf(question, taking)) {
    const decision = decide(candidate, question, held, findings);
    if (!decision) continue;
    columns.push(decision);
    sources.set(decision.name, candidate.source);
    reportMissing(candidate, question, taking, held, findings);
  }
  reportUnknown(question, findings);
  return { columns, sources, findings };
}

function candidatesOf({ units, declared, table, reserved }: ColumnQuestion, taking: readonly number[]): Candidate[] {
  const bySource = new Map<string, Candidate>();
  const reservedNames = new Set(reserved.map((name) => name.toLowerCase()));
  const targetOfSource = new Map(Object.entries(declared).map(([name, spec]) => [(spec.from?.[0] ?? name).toLowerCase(), name]));
  for (const field of table ?? []) {
    if (reservedNames.has(field.name.toLowerCase())) continue;
    const spec = declared[field.name];
    const source = (spec?.from?.[0] ?? field.name).toLowerCase();
    bySource.set(source, { name: field.name, source, spec, table: field, seen: [] });
  }
  for (const unit of taking) {
    for (const observed of units[unit]?.fields ?? []) {
      const source = observed.field.name.toLowerCase();
      let candidate = bySource.get(source);
      if (!candidate) {
        const name = targetOfSource.get(source) ?? observed.field.name;
        candidate = { name, source, spec: declared[name], table: undefined, seen: [] };
        bySource.set(source, candidate);
      }
      candidate.seen.push({ unit, observed });
    }
  }
  return [...bySource.values()];
}

function decide(
  candidate: Candidate,
  question: ColumnQuestion,
  held: Map<number, Diagnostic>,
  findings: Diagnostic[],
): ColumnDecision | null {
  const { name, spec, table } = candidate;
  if (spec?.drop) return null;
  if (question.reserved.some((reserved) => reserved.toLowerCase() === name.toLowerCase())) {
    for (const { unit } of candidate.seen) held.set(unit, reservedName(candidate, question, unit));
    return null;
  }
  const made = (type: ColumnType, origin: ColumnDecision['origin'], rest: Partial<ColumnDecision> = {}): ColumnDecision => ({
    name,
    field: { ...(table ?? { name, required: false }), name, type },
    origin,
    evidence: [],
    misfits: 0,
    ...rest,
  });
  if (spec?.type) return made(spec.type, 'declared', { misfits: misfitsOf(candidate, spec.type, spec.parse?.exact ?? false) });
  if (table) return fitTable(candidate, table, question, held, findings, made);
  if (question.table && !admitNewColumn(candidate, question, held, findings)) return null;
  const first = candidate.seen[0]?.observed;
  const statistics = mergedStatistics(candidate);
  if (!statistics) return first ? made(first.field.type, 'file-schema') : null;
  if (question.policy.infer === 'off') return made({ kind: 'string' }, 'inferred');
  const decided = decideColumnType(statistics);
  if (decided.type.kind === 'unknown') {
    findings.push({
      code: 'SCHEMA_COLUMN_EMPTY',
      severity: 'info',
      message: `Column "${name}" has no value in any file, so it is not created; it will be when values arrive.`,
      fixes: [{ title: 'Create it as text now', specPatch: [patchColumn(name, { kind: 'string' })] }],
    });
    return null;
  }
  const misfits = decided.misfits;
  if (misfits) {
    findings.push({
      code: 'SCHEMA_VALUES_REFUTED',
      severity: 'warning',
      message: `Column "${name}" is ${typeText(decided.type)}: ${misfits.count} of ${statistics.values} values do not fit, the first is ${JSON.stringify(misfits.first.value)}${place(misfits.first.at, question)}; ${question.policy.onRefuted === 'hold' ? 'their files wait' : 'their rows will be rejected'}.`,
      at: misfits.first.at,
      evidence: [{ excludes: decided.type, value: misfits.first.value, at: misfits.first.at }],
      fixes: [{ title: `Make "${name}" text`, specPatch: [patchColumn(name, { kind: 'string' })] }],
    });
    if (question.policy.onRefuted === 'hold') holdMisfits(candidate, decided.type, question, held, 0);
  } else if (decided.reason === 'text-number' || (decided.reason === 'mixed' && looksTyped(statistics))) {
    const cell = decided.evidence.at(-1);
    const why =
      decided.reason === 'mixed'
        ? 'most of its values have a narrower type, but not 99 %'
        : 'a number with a leading zero or plus sign would lose it';
    findings.push({
      code: 'SCHEMA_MIXED_TYPES',
      severity: 'info',
      message: `Column "${name}" is text: ${why}${cell ? `, see ${JSON.stringify(cell.value)}${place(cell.at, question)}` : ''}.`,
      evidence: decided.evidence,
      ...(cell ? { at: cell.at } : {}),
    });
  }
  return made(decided.type, 'inferred', { evidence: decided.evidence, misfits: misfits?.count ?? 0 });
}

/** An existing column keeps its type; units in which too many values do not fit wait. */
function fitTable(
  candidate: Candidate,
  table: Field,
  question: ColumnQuestion,
  held: Map<number, Diagnostic>,
  findings: Diagnostic[],
  made: (type: ColumnType, origin: ColumnDecision['origin'], rest?: Partial<ColumnDecision>) => ColumnDecision,
): ColumnDecision {
  const { policy, limits } = question;
  const type = policy.onTypeChange === 'widen' ? widened(candidate, table.type) : table.type;
  if (!sameType(type, table.type)) {
    findings.push({
      code: 'SCHEMA_TYPE_CONFLICT',
      severity: 'info',
      message: `Column "${table.name}" is widened from ${typeText(table.type)} to ${typeText(type)}.`,
    });
  }
  if (policy.onTypeChange !== 'reject-row')
    holdMisfits(candidate, type, question, held, policy.onRefuted === 'hold' ? 0 : limits.maxRejectedRatio);
  const misfits = misfitsOf(candidate, type);
  const first = candidate.seen
    .map(({ observed }) => (observed.statistics ? countMisfits(observed.statistics, type).first : null))
    .find((cell) => cell !== null);
  if (misfits > 0 && first) {
    findings.push({
      code: 'SCHEMA_VALUES_REFUTED',
      severity: 'warning',
      message: `Column "${table.name}" of the table is ${typeText(type)}: ${misfits} new values do not fit, the first is ${JSON.stringify(first.value)}${place(first.at, question)}; their rows will be rejected.`,
      at: first.at,
      evidence: [{ excludes: type, value: first.value, at: first.at }],
    });
  }
  return made(type, 'table', { misfits });
}

function holdMisfits(
  candidate: Candidate,
  type: ColumnType,
  question: ColumnQuestion,
  held: Map<number, Diagnostic>,
  ratio: number,
): void {
  for (const { unit, observed } of candidate.seen) {
    const conflict = typeConflict(candidate, observed, type, question, unit, ratio);
    if (conflict) held.set(unit, conflict);
  }
}

function typeConflict(
  candidate: Candidate,
  observed: ObservedField,
  type: ColumnType,
  question: ColumnQuestion,
  unit: number,
  ratio: number,
): Diagnostic | null {
  const { uri = '' } = question.units[unit] ?? {};
  const { statistics } = observed;
  const message = (what: string): string => `${uri} waits: column "${candidate.name}" is ${typeText(type)}, but ${what}.`;
  const fixes = [
    {
      title: 'Reject the rows that do not fit',
      specPatch: [{ op: 'replace', path: '/schema/onTypeChange', value: 'reject-row' }],
    },
  ];
  if (!statistics) {
    if (sameType(observed.field.type, type)) return null;
    return {
      code: 'SCHEMA_TYPE_CONFLICT',
      severity: 'warning',
      message: message(`the file declares ${typeText(observed.field.type)}`),
      fixes,
    };
  }
  const { count, first } = countMisfits(statistics, type);
  if (count === 0 || !first || count <= statistics.values * ratio) return null;
  return {
    code: 'SCHEMA_TYPE_CONFLICT',
    severity: 'warning',
    message: message(
      `${count} of ${statistics.values} values do not fit, the first is ${JSON.stringify(first.value)}${place(first.at, question)}`,
    ),
    at: first.at,
    evidence: [{ excludes: type, value: first.value, at: first.at }],
    fixes,
  };
}

/** A column that the table does not have yet. False: it is left out or its units wait. */
function admitNewColumn(
  candidate: Candidate,
  question: ColumnQuestion,
  held: Map<number, Diagnostic>,
  findings: Diagnostic[],
): boolean {
  const { name, seen } = candidate;
  const where = question.units[seen[0]?.unit ?? -1]?.uri ?? 'a file';
  const patch = (value: string): Diagnostic['fixes'] => [
    { title: 'Add new columns', specPatch: [{ op: 'replace', path: '/schema/onNewColumn', value }] },
  ];
  switch (question.policy.onNewColumn) {
    case 'add': {
      const statistics = mergedStatistics(candidate);
      if (!statistics || statistics.values > statistics.empty) {
        findings.push({
          code: 'SCHEMA_COLUMN_ADDED',
          severity: 'info',
          message: `Column "${name}" is new in ${where} and is added to the table; earlier rows have null there.`,
        });
      }
      return true;
    }
    case 'hold': {
      for (const { unit } of seen) {
        const message = `${question.units[unit]?.uri} waits: column "${name}" is not in the table.`;
        held.set(unit, {
          code: 'SCHEMA_COLUMN_HELD',
          severity: 'warning',
          message,
          ...(patch('add') ? { fixes: patch('add') ?? [] } : {}),
        });
      }
      return false;
    }
    default:
      findings.push({
        code: 'SCHEMA_COLUMN_IGNORED',
        severity: 'warning',
        message: `Column "${name}" of ${where} is not in the table and is left out.`,
        fixes: patch('add') ?? [],
      });
      return false;
  }
}

function reportMissing(
  candidate: Candidate,
  question: ColumnQuestion,
  taking: readonly number[],
  held: Map<number, Diagnostic>,
  findings: Diagnostic[],
): void {
  const having = new Set(candidate.seen.map(({ unit }) => unit));
  const lacking = taking.filter((unit) => !having.has(unit) && (question.units[unit]?.fields.length ?? 0) > 0);
  const example = lacking[0];
  if (example === undefined) return;
  if (candidate.table?.required) {
    for (const unit of lacking) {
      const message = `${question.units[unit]?.uri} waits: it lacks column "${candidate.name}", which the table requires.`;
      held.set(unit, { code: 'SCHEMA_COLUMN_MISSING', severity: 'warning', message });
    }
    return;
  }
  findings.push({
    code: 'SCHEMA_COLUMN_MISSING',
    severity: 'info',
    message: `Column "${candidate.name}" is absent from ${lacking.length} of ${taking.length} files (${question.units[example]?.uri}${lacking.length > 1 ? ', …' : ''}): null there.`,
  });
}

function reportUnknown({ declared, units, table }: ColumnQuestion, findings: Diagnostic[]): void {
  const known = new Set<string>((table ?? []).map((field) => field.name.toLowerCase()));
  for (const unit of units) for (const { field } of unit.fields) known.add(field.name.toLowerCase());
  if (known.size === 0) return;
  for (const [name, spec] of Object.entries(declared)) {
    const source = spec.from?.[0] ?? name;
    if (known.has(source.toLowerCase())) continue;
    const nearest = nearestNames(source, [...known]);
    findings.push({
      code: 'SCHEMA_COLUMN_UNKNOWN',
      severity: 'warning',
      message: `The spec names column "${source}", but no file has it${nearest.length > 0 ? `; near: ${nearest.join(', ')}` : ''}.`,
    });
  }
}

function reservedName(candidate: Candidate, question: ColumnQuestion, unit: number): Diagnostic {
  return {
    code: 'SCHEMA_RESERVED_NAME',
    severity: 'warning',
    message: `${question.units[unit]?.uri} waits: its column "${candidate.name}" has the name of a column that Calve adds.`,
    fixes: [
      {
        title: 'Load it under another name',
        specPatch: [{ op: 'add', path: `/outputs/0/columns/file${candidate.name}`, value: { from: [candidate.name] } }],
      },
    ],
  };
}

/** Half of the values or more are no plain text: a person may wonder why the column is. */
function looksTyped({ values, empty, classes }: ColumnStatistics): boolean {
  const texts = (classes.text?.count ?? 0) + (classes['text-number']?.count ?? 0);
  return texts * 2 <= values - empty;
}

function mergedStatistics(candidate: Candidate): ColumnStatistics | null {
  const all = candidate.seen.map(({ observed }) => observed.statistics);
  const known = all.filter((statistics) => statistics !== undefined);
  const [first, ...rest] = known;
  return first && known.length === all.length ? rest.reduce(mergeColumnStatistics, first) : null;
}

function misfitsOf(candidate: Candidate, type: ColumnType, exact = true): number {
  return candidate.seen.reduce(
    (sum, { observed }) => sum + (observed.statistics ? countMisfits(observed.statistics, type, { exact }).count : 0),
    0,
  );
}

/** The widest type that a table can change to without touching a file: more digits of a decimal. */
function widened(candidate: Candidate, type: ColumnType): ColumnType {
  if (type.kind !== 'decimal' || misfitsOf(candidate, type) === 0) return type;
  const wider: ColumnType = { ...type, precision: 38 };
  return misfitsOf(candidate, wider) < misfitsOf(candidate, type) ? wider : type;
}

function patchColumn(name: string, type: ColumnType): { op: string; path: string; value: { type: { kind: 'string' } } } {
  const pointer = name.replaceAll('~', '~0').replaceAll('/', '~1');
  return { op: 'add', path: `/outputs/0/columns/${pointer}`, value: { type: type as { kind: 'string' } } };
}

function place(at: { unit: string; line?: number }, question: ColumnQuestion): string {
  const uri = question.units.find((unit) => unit.key === at.unit)?.uri;
  const line = at.line === undefined ? '' : ` line ${at.line}`;
  return uri ? ` in ${uri.slice(uri.lastIndexOf('/') + 1)}${line}` : line && ` in${line}`;
}
