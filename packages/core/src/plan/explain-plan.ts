import { typeText } from '../columns/column-type.ts';
import type { Diagnostic } from '../errors/diagnostic.ts';
import type { Position } from '../source/position.ts';
import type { ColumnDecision, IngestionPlan } from './ingestion-plan.ts';

const SHOWN = 20;

/**
 * A plan as text for a person: files and why, columns with the value that decided each type, what will be created or changed, findings.
 * The same plan gives the same text.
 */
export function explainPlan(plan: IngestionPlan): string {
  const { batch, program } = plan;
  const names = new Map<string, string>();
  for (const { unit } of batch.units) names.set(unit.key, unit.kind === 'object' ? fileName(unit.uri) : unit.key);
  for (const { unit } of batch.setAside) names.set(unit.key, unit.kind === 'object' ? fileName(unit.uri) : unit.key);
  const sections: string[][] = [];

  const bytes = batch.units.reduce((sum, { unit }) => sum + (unit.kind === 'object' ? unit.sizeBytes : 0), 0);
  const files = batch.units.map(
    ({ unit, because }) =>
      `  ${because.padEnd(8)} ${names.get(unit.key)}${unit.kind === 'object' ? `  ${bytesText(unit.sizeBytes)}` : ''}`,
  );
  sections.push([`Files to load: ${batch.units.length} (${bytesText(bytes)})`, ...shorten(files)]);
  if (batch.setAside.length > 0) {
    sections.push([
      `Set aside: ${batch.setAside.length}`,
      ...shorten(batch.setAside.map(({ state, finding }) => `  ${state.padEnd(11)} ${finding.message}`)),
    ]);
  }
  if (batch.skipped.length > 0) {
    const skipped = batch.skipped.map(
      ({ reason, count, examples }) =>
        `  ${count} x ${reason}: ${examples.map(fileName).join(', ')}${examples.length < count ? ', …' : ''}`,
    );
    sections.push(['Skipped', ...skipped]);
  }
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
  const changes = program.outputs.flatMap(({ changes }) => changes.map((change) => `  ${change.reason.message}`));
  if (changes.length > 0) sections.push(['Changes', ...changes]);
  const findings = plan.findings.filter(({ severity }) => severity !== 'info');
  const notes = plan.findings.filter(({ severity }) => severity === 'info');
  if (findings.length > 0) sections.push(['Findings', ...findings.flatMap(findingLines)]);
  if (notes.length > 0) sections.push(['Notes', ...shorten(notes.flatMap(findingLines))]);
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

function because(column: ColumnDecision, names: ReadonlyMap<string, string>): string {
  switch (column.origin) {
    case 'declared':
      return 'as the spec declares';
    case 'table':
      return 'as the table has it';
    case 'file-schema':
      return 'as the files declare';
    case 'provenance':
      return 'where the row came from';
    case 'inferred': {
      const decisive = column.evidence.at(-1);
      if (!decisive) return column.field.type.kind === 'boolean' ? 'every value is true or false' : 'text';
      return `${JSON.stringify(shortText(decisive.value))} ${positionText(decisive.at, names)} is not ${typeText(decisive.excludes)}`;
    }
  }
}

function positionText(at: Position, names: ReadonlyMap<string, string>): string {
  const file = names.get(at.unit);
  return [file && `in ${file}`, at.line !== undefined && `line ${at.line}`].filter(Boolean).join(' ');
}

function findingLines({ code, severity, message, fixes }: Diagnostic): string[] {
  return [
    `  ${severity === 'info' ? '' : `${severity} `}${code}: ${message}`,
    ...(severity === 'info' ? [] : (fixes ?? []).map(({ title }) => `      to change this: ${title}`)),
  ];
}

function shorten(lines: string[]): string[] {
  return lines.length <= SHOWN ? lines : [...lines.slice(0, SHOWN), `  … and ${lines.length - SHOWN} more`];
}

function shortText(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 39)}…`;
}

function fileName(uri: string): string {
  const name = uri.slice(uri.lastIndexOf('/') + 1) || uri;
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}
