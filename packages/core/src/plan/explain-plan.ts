import { PROVENANCE_COLUMNS } from '../checkpoint/persisted-names.ts';
import { type ColumnType, typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import type { Evidence } from '../schema/evidence.ts';
import { decodedPath, fileName } from '../source/file-name.ts';
import type { InputUnit } from '../source/input-unit.ts';
import type { Position } from '../source/position.ts';
import { replacementLines } from './explain-replacement.ts';
import type { ColumnDecision, IngestionPlan, SetAsideUnit } from './ingestion-plan.ts';

const SHOWN = 20;
const SHOWN_PER_CODE = 3;

/** How a plan is told where that depends on who shows it. */
export interface PlanWords {
  /** A sentence about a file or column; default: as it is, with the URIs of files. */
  sentence(text: string): string;
  /** What to do about a finding; default: the operations on the spec. */
  fix(fix: NonNullable<Diagnostic['fixes']>[number]): string;
}

const PLAIN_WORDS: PlanWords = {
  sentence: (text) => text,
  fix: ({ title, specPatch }) => `${title}: in the spec, ${specPatch.map(operationText).join(', ')}`,
};

/**
 * A plan as text for a person: files and why, columns with the value that decided each type, what will be created or changed, findings.
 * The same plan gives the same text.
 */
export function explainPlan(plan: IngestionPlan, words: PlanWords = PLAIN_WORDS): string {
  const { batch, program } = plan;
  const names = unitNames([...batch.units, ...batch.setAside].map(({ unit }) => unit));
  const sections: string[][] = [];

  const bytes = batch.units.reduce((sum, { unit }) => sum + (unit.kind === 'object' ? unit.sizeBytes : 0), 0);
  const files = batch.units.map(
    ({ unit, because }) =>
      `  ${because.padEnd(8)} ${names.get(unit.key)}${unit.kind === 'object' ? `  ${bytesText(unit.sizeBytes)}` : ''}`,
  );
  sections.push([`Files to load: ${batch.units.length} (${bytesText(bytes)})`, ...shorten(files)]);
  if (batch.setAside.length > 0)
    sections.push([
      `Not loaded: ${batch.setAside.length}`,
      ...shorten(batch.setAside.flatMap((unit) => setAsideLines(unit, words))),
    ]);
  if (batch.skipped.length > 0) sections.push(['Skipped', ...batch.skipped.map(skippedLine)]);
  if (plan.columns.length > 0) {
    const lines = plan.columns.flatMap((column) => columnLines(column, names));
    const width = Math.max(...lines.map(({ name }) => name.length));
    const types = Math.max(...lines.map(({ type }) => type.length));
    sections.push([
      'Columns',
      ...lines.map(({ name, type, why }) => `  ${name.padEnd(width)}  ${type.padEnd(types)}  ${why}`.trimEnd()),
    ]);
  }
  const changes = program.outputs.flatMap(({ changes }) => changes.map((change) => `  ${words.sentence(change.reason.message)}`));
  if (changes.length > 0) sections.push(['Changes', ...changes]);
  const replaces = replacementLines(plan, names);
  if (replaces.length > 0) sections.push(['Replaces', ...replaces]);
  const findings = plan.findings.filter(({ severity }) => severity !== 'info');
  const notes = plan.findings.filter(({ severity }) => severity === 'info');
  if (findings.length > 0) sections.push(['Findings', ...findings.flatMap((finding) => findingLines(finding, words))]);
  if (notes.length > 0) sections.push(['Notes', ...noteLines(notes, words)]);
  if (plan.backlog.units > 0)
    sections.push([`Left for the next commit: ${plan.backlog.units} files (${bytesText(plan.backlog.bytes)})`]);
  if (batch.units.length === 0 && batch.setAside.length === 0) sections.push(['Nothing new: there is nothing to do.']);
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** `1.5 MiB`: powers of two, at most one digit after the point. */
export function bytesText(bytes: number): string {
  let value = bytes;
  for (const unit of ['B', 'KiB', 'MiB', 'GiB']) {
    if (value < 1024 || unit === 'GiB') return `${unit === 'B' ? value : value.toFixed(1)} ${unit}`;
    value /= 1024;
  }
  return `${bytes} B`;
}

/** `a.txt, b.txt, … (120 files): does not fit the pattern *.csv.` */
function skippedLine({ reason, count, examples }: IngestionPlan['batch']['skipped'][number]): string {
  const names = examples.map(fileName).join(', ');
  return `  ${names}${count > examples.length ? `, … (${count} files)` : ''}: ${reason}`;
}

interface ColumnLine {
  name: string;
  type: string;
  why: string;
}

/** A column, and below it what is inside: members by name, `[]` for the elements of a list, `{}` for the values of a map. */
function columnLines(column: ColumnDecision, names: ReadonlyMap<string, string>): ColumnLine[] {
  const { name, field, inside = [] } = column;
  const lines = nestedLines(name, field.type, 0, [], (path) => {
    const evidence = inside.find((place) => place.path.join('\u0000') === path.join('\u0000'))?.evidence.at(-1);
    return evidence ? decisive(evidence, names) : '';
  });
  return lines.map((line, index) => (index === 0 ? { ...line, why: because(column, names) } : line));
}

function nestedLines(
  name: string,
  type: ColumnType,
  level: number,
  path: string[],
  why: (path: string[]) => string,
): ColumnLine[] {
  const own = { name: `${'  '.repeat(level)}${name}`, why: why(path) };
  switch (type.kind) {
    case 'struct':
      return [
        { ...own, type: 'struct' },
        ...type.fields.flatMap((field) => nestedLines(field.name, field.type, level + 1, [...path, field.name], why)),
      ];
    case 'list':
      return insideLines(own, 'list', '[]', type.element.type, level, [...path, 'element'], why);
    case 'map':
      return insideLines(own, 'map', '{}', type.value.type, level, [...path, 'value'], why);
    default:
      return [{ ...own, type: typeText(type) }];
  }
}

/** A list or map of values without anything inside takes one line. */
function insideLines(
  own: Omit<ColumnLine, 'type'>,
  word: 'list' | 'map',
  sign: string,
  inside: ColumnType,
  level: number,
  path: string[],
  why: (path: string[]) => string,
): ColumnLine[] {
  const [first, ...rest] = nestedLines(sign, inside, level, path, why);
  if (!first) return [];
  if (rest.length === 0) return [{ ...own, type: `${word} of ${first.type}`, why: own.why || first.why }];
  return [{ ...own, type: `${word} of ${first.type}` }, ...rest];
}

function because(column: ColumnDecision, names: ReadonlyMap<string, string>): string {
  switch (column.origin) {
    case 'declared':
      return 'as the spec declares';
    case 'table':
      return 'as the table has it';
    case 'file-schema':
      return 'as the files declare';
    case 'provenance':
      return column.name === PROVENANCE_COLUMNS['ingested-at'] ? 'when the row was loaded' : 'where the row came from';
    case 'rescue':
      return 'what no other column takes';
    case 'inferred': {
      const evidence = column.evidence.at(-1);
      if (evidence) return decisive(evidence, names);
      const { kind } = column.field.type;
      if (kind === 'struct' || kind === 'list' || kind === 'map') return whyOnOneLine(column, names);
      return kind === 'boolean' ? 'every value is true or false' : 'text';
    }
  }
}

/** Why a list or map has its type that has no members inside, and takes one line. */
function whyOnOneLine({ inside = [] }: ColumnDecision, names: ReadonlyMap<string, string>): string {
  const [only, ...others] = inside;
  const isOneLine = others.length === 0 && only?.path.every((step) => step === 'element' || step === 'value');
  const evidence = isOneLine ? only?.evidence.at(-1) : undefined;
  return evidence ? decisive(evidence, names) : '';
}

function decisive({ value, at, excludes }: Evidence, names: ReadonlyMap<string, string>): string {
  return `decided by ${JSON.stringify(shortText(value))}${positionText(at, names)}: not ${typeText(excludes)}`;
}

function positionText(at: Position, names: ReadonlyMap<string, string>): string {
  const file = names.get(at.unit);
  return [file && ` in ${file}`, at.line !== undefined && ` line ${at.line}`].filter(Boolean).join('');
}

function findingLines({ code, severity, message, fixes }: Diagnostic, words: PlanWords): string[] {
  const line = `  ${severity === 'info' ? '' : `${severity} `}${code}: ${words.sentence(message)}`;
  return [line, ...(severity === 'info' ? [] : fixLines(fixes, words))];
}

/** A file that the plan leaves out: `ingested` means that its content is in the table under an earlier identity. */
function setAsideLines({ state, finding }: SetAsideUnit, words: PlanWords): string[] {
  const line = `  ${(state === 'ingested' ? 'unchanged' : state).padEnd(11)} ${words.sentence(finding.message)}`;
  return [line, ...fixLines(finding.fixes, words)];
}

function fixLines(fixes: Diagnostic['fixes'] = [], words: PlanWords): string[] {
  return fixes.map((fix) => `      ${words.fix(fix)}`);
}

/** An operation of a JSON Patch. */
function operationText(operation: Json): string {
  const { op, path, value } = operation as { op?: Json; path?: Json; value?: Json };
  return `${String(op)} ${String(path)}${value === undefined ? '' : ` ${JSON.stringify(value)}`}`;
}

/** Names of units by key: without the folders that all of them share. */
function unitNames(units: readonly InputUnit[]): Map<string, string> {
  const folders = units.flatMap((unit) => (unit.kind === 'object' ? [unit.uri.slice(0, unit.uri.lastIndexOf('/') + 1)] : []));
  let shared = folders[0] ?? '';
  for (const folder of folders)
    while (!folder.startsWith(shared)) shared = shared.slice(0, shared.slice(0, -1).lastIndexOf('/') + 1);
  return new Map(units.map((unit) => [unit.key, unit.kind === 'object' ? decodedPath(unit.uri.slice(shared.length)) : unit.key]));
}

/** Many files say the same: the first ones of each code stand for the rest. */
function noteLines(notes: readonly Diagnostic[], words: PlanWords): string[] {
  const byCode = Map.groupBy(notes, ({ code }) => code);
  return [...byCode].flatMap(([code, same]) => {
    const shown = same.length <= SHOWN_PER_CODE + 1 ? same : same.slice(0, SHOWN_PER_CODE);
    const rest = same.length - shown.length;
    return [...shown.flatMap((note) => findingLines(note, words)), ...(rest > 0 ? [`  ${code}: … and ${rest} more`] : [])];
  });
}

function shorten(lines: string[]): string[] {
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`];
}

function shortText(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}
