import { bytesText, type RowCounts, type RunEvent } from '@calve/core';
import { fileName } from '@calve/core/plugin';
import type { FileSetAside, RunReport } from '../documents.ts';
import { type FindingContext, messageLines, SPEC_HINT } from './finding-lines.ts';
import { fixText } from './fix-text.ts';
import { shellWord } from './shell-word.ts';

const SHOWN_FILES = 10;
const SHOWN_REASONS = 10;

/** What a run is about to load, and what it leaves out and why. */
export function plannedLines({ units, bytes, skipped }: Extract<RunEvent, { kind: 'planned' }>, table: string): string[] {
  const what =
    units === 0 ? `Nothing new to load into ${table}.` : `Loading ${filesText(units)} (${bytesText(bytes)}) into ${table}.`;
  return [what, ...skippedLines(skipped)];
}

/** What is left out, one line per reason. */
export function skippedLines(skipped: RunReport['skipped']): string[] {
  const shown = skipped.slice(0, SHOWN_REASONS).map(({ reason, count, examples }) => {
    const names = examples.map(fileName).join(', ');
    return `Left out: ${names}${count > examples.length ? `, … (${count} files)` : ''}: ${reason}`;
  });
  const rest = skipped.length - shown.length;
  return rest > 0 ? [...shown, `Left out: … for ${rest} more reasons (--json lists all)`] : shown;
}

/** Files that were not loaded, each with its reason and what to do. */
export function setAsideLines(files: readonly FileSetAside[], context: FindingContext): string[] {
  if (files.length === 0) return [];
  const shown = files.length <= SHOWN_FILES + 1 ? files : files.slice(0, SHOWN_FILES);
  const rest = files.length - shown.length;
  // A file that was skipped needs nothing.
  const fixes = shown.map(({ state, fixes }) =>
    state === 'skipped' ? [] : fixes.map((fix) => fixText(fix, context.hasSpecFile)),
  );
  return [
    `Not loaded: ${filesText(files.length)}`,
    ...shown.flatMap((file, place) => [
      `  ${file.state}  ${file.file}  ${file.code}`,
      ...messageLines(file.message, context, '    '),
      ...(fixes[place] ?? []).map(({ text }) => `    -> ${text}`),
    ]),
    ...(rest > 0 ? [`  … and ${rest} more (--json lists all)`] : []),
    ...[...new Set(files.map(({ state }) => state))].map((state) => `  ${NEXT[state]}`),
    ...(!context.hasSpecFile && fixes.flat().some(({ needsSpec }) => needsSpec) ? [`  ${SPEC_HINT}`] : []),
  ];
}

const NEXT: Readonly<Record<FileSetAside['state'], string>> = {
  skipped: 'skipped: nothing has to be done.',
  held: 'held: waits for a decision; each run looks again.',
  quarantined:
    'quarantined: the content is the reason. Repair or remove the file; it is tried again when its content or its time changes (touch).',
  failed: 'failed: the file could not be read this time; the next run tries again.',
};

/** The end of a run for people: what is in the table now, what is not and why, and how to look at it. */
export function reportLines(report: RunReport, lake: string, context: FindingContext): string[] {
  const { table, result, readers } = report;
  // Files that were moved or restored are all in the table: a note said so in one sentence.
  const setAside = report.setAside.filter(({ code }) => code !== 'OBJECT_UNCHANGED');
  const main = result.counts['main'] ?? Object.values(result.counts)[0];
  const lines: string[] = [];
  if (result.snapshots['main'] !== undefined || result.units.ingested > 0) {
    lines.push(
      `Committed to ${table}: ${main ? countsText(main) : 'no rows'} (${filesText(result.units.ingested)}, snapshot ${result.snapshots['main'] ?? 'unchanged'})`,
    );
  } else if (result.outcome === 'nothing-new') {
    lines.push(...nothingNewLines({ ...report, setAside }));
  }
  lines.push(...setAsideLines(setAside, context));
  if (readers === null || result.units.ingested === 0) return lines;
  const words = `${shellWord(lake)} --table ${shellWord(table)}`;
  lines.push('', 'Look at it:', `  calve head ${words}`);
  if ((main?.rejected ?? 0) > 0 && report.rejectedTable !== null) lines.push(`  calve rejects ${words}`);
  lines.push(
    'Read it with:',
    `  PyIceberg  ${readers.pyiceberg}`,
    `  DuckDB     ${readers.duckdb}`,
    `  Spark      ${readers.spark}`,
  );
  return lines;
}

/** Only what is loaded is said to be loaded: a file that stays in quarantine is named again in every run. */
function nothingNewLines({ findings, setAside, skipped }: RunReport): string[] {
  const empty = findings.find(({ code }) => code === 'SOURCE_EMPTY');
  if (empty) return [`Nothing to load: ${empty.message}`];
  const others = skipped.filter(({ reason }) => reason !== 'already loaded');
  if (others.length === 0 && setAside.length === 0) return ['Nothing new: every file is in the table already.'];
  return ['Nothing new was loaded.', ...skippedLines(others)];
}

/** `1,234 read = 1,230 written + 4 rejected`; what is zero and rare is left out. */
export function countsText({ read, expanded, written, rejected, filtered, deduplicated }: RowCounts): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  const left = [`${number(read)} read`, ...(expanded > 0 ? [`${number(expanded)} expanded`] : [])];
  const right = [
    `${number(written)} written`,
    `${number(rejected)} rejected`,
    ...(filtered > 0 ? [`${number(filtered)} filtered`] : []),
    ...(deduplicated > 0 ? [`${number(deduplicated)} deduplicated`] : []),
  ];
  return `${left.join(' + ')} = ${right.join(' + ')}`;
}

/** `1 file`, `2,000 files`. */
export function filesText(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'file' : 'files'}`;
}
