import { PROVENANCE_COLUMNS } from '../checkpoint/persisted-names.ts';
import { typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Json } from '../json/json.ts';
import { decodedPath, fileName } from '../source/file-name.ts';
import type { InputUnit } from '../source/input-unit.ts';
import type { Position } from '../source/position.ts';
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
    const width = Math.max(...plan.columns.map(({ name }) => name.length));
    const types = Math.max(...plan.columns.map(({ field }) => typeText(field.type).length));
    sections.push([
      'Columns',
      ...plan.columns.map(
        (column) => `  ${column.name.padEnd(width)}  ${typeText(column.field.type).padEnd(types)}  ${because(column, names)}`,
      ),
    ]);
  }
  const changes = program.outputs.flatMap(({ changes }) => changes.map((change) => `  ${words.sentence(change.reason.message)}`));
  if (changes.length > 0) sections.push(['Changes', ...changes]);
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
    case 'inferred': {
      const decisive = column.evidence.at(-1);
      if (!decisive) return column.field.type.kind === 'boolean' ? 'every value is true or false' : 'text';
      return `decided by ${JSON.stringify(shortText(decisive.value))}${positionText(decisive.at, names)}: not ${typeText(decisive.excludes)}`;
    }
  }
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
