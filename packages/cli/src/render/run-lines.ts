import { ALREADY_LOADED, bytesText, QUARANTINED_BEFORE, type RowCounts, type RunEvent } from '@calve/core';
import { fileName } from '@calve/core/plugin';
import type { FileSetAside, QuarantinedBefore, RunReport } from '../documents.ts';
import { type FindingContext, messageLines, PLAN_HINT } from './finding-lines.ts';
import { fixText } from './fix-text.ts';
import { shellWord } from './shell-word.ts';

const SHOWN_FILES = 10;
const SHOWN_REASONS = 10;

/**
 * What a run is about to load, and what it leaves out and why. That nothing is new is said at the end, where the result stands.
 *
 * @param committed Files that this run has committed before.
 */
export function plannedLines(
  { units, bytes, skipped }: Extract<RunEvent, { kind: 'planned' }>,
  table: string,
  committed: number,
): string[] {
  const before = committed === 0 ? '' : `Committed so far: ${filesText(committed)}. `;
  const loading = units === 0 ? [] : [`${before}Loading ${filesText(units)} (${bytesText(bytes)}) into ${table}.`];
  return [...loading, ...skippedLines(skipped)];
}

/** What is left out, one line per reason; files that wait in quarantine are listed by `setAsideLines`. */
export function skippedLines(skipped: RunReport['skipped']): string[] {
  const groups = skipped.filter(({ reason }) => reason !== QUARANTINED_BEFORE);
  const shown = groups.slice(0, SHOWN_REASONS).map(({ reason, count, examples }) => {
    if (reason === ALREADY_LOADED) return `Loaded already: ${filesText(count)}`;
    const names = examples.map(fileName).join(', ');
    return `Left out: ${names}${count > examples.length ? `, … (${filesText(count)})` : ''}: ${reason}`;
  });
  const rest = groups.length - shown.length;
  return rest > 0 ? [...shown, `Left out: … for ${rest} more reasons (--json lists all)`] : shown;
}

/**
 * Files that were not loaded, each with its reason and what to do; first those that need somebody.
 *
 * @param files Without a message: the reason stands elsewhere.
 * @param before Files that stay in quarantine from an earlier run.
 */
export function setAsideLines(files: readonly FileSetAside[], before: QuarantinedBefore, context: FindingContext): string[] {
  const count = files.length + before.count;
  if (count === 0) return [];
  const all = STATES.flatMap((state) => [...files, ...before.examples].filter((file) => file.state === state));
  const shown = count <= SHOWN_FILES + 1 ? all : all.slice(0, SHOWN_FILES);
  // A file that was skipped needs nothing.
  const fixes = shown.map(({ state, fixes }) =>
    state === 'skipped' ? [] : fixes.map((fix) => fixText(fix, context.hasSpecFile)),
  );
  return [
    `Not loaded: ${filesText(count)}`,
    ...shown.flatMap((file, place) => [
      `  ${file.state}  ${file.file}  ${file.code}`.trimEnd(),
      ...(file.message === '' ? [] : messageLines(file.message, context, '    ')),
      ...(fixes[place] ?? []).map((text) => `    -> ${text}`),
    ]),
    ...(count > shown.length
      ? [`  … and ${count - shown.length} more${all.length > shown.length ? ' (--json lists all)' : ''}`]
      : []),
    ...STATES.filter((state) => all.some((file) => file.state === state)).map((state) => `  ${nextText(state, all)}`),
    ...(context.isPlanFixed && fixes.flat().length > 0 ? [`  ${PLAN_HINT}`] : []),
  ];
}

/** In the order in which they matter to somebody who has to act. */
const STATES = ['failed', 'held', 'quarantined', 'skipped'] as const satisfies readonly FileSetAside['state'][];

function nextText(state: FileSetAside['state'], files: readonly FileSetAside[]): string {
  switch (state) {
    case 'failed':
      return 'failed: the file could not be read this time; the next run tries again.';
    case 'held':
      return 'held: waits for a decision; each run looks again.';
    case 'quarantined':
      return files.some(({ code }) => code.startsWith('LIMIT_'))
        ? 'quarantined: tried again once the file is replaced, or the limit that its message names is raised (--limits).'
        : 'quarantined: the content is the reason; tried again once the file is replaced. Repair or remove it.';
    case 'skipped':
      return 'skipped: nothing has to be done.';
  }
}

/** What a report needs to know beside the run. */
export interface ReportContext extends FindingContext {
  /** As the user named it, in commands to copy. */
  lake: string;
  /** The words that start the program, in commands to copy. */
  program: string;
  /** Reports everything that did not land; absent: the command cannot be named. */
  findingsLine?: string;
}

/** The end of a run for people: what is in the table now and how to look at it, then what is not, and why. */
export function reportLines(report: RunReport, context: ReportContext): string[] {
  const { table, result } = report;
  // Files that were moved or restored are all in the table: a note said so in one sentence.
  const setAside = report.setAside.filter(({ code }) => code !== 'OBJECT_UNCHANGED');
  const lines: string[] = [];
  if (result.snapshots['main'] !== undefined || result.units.ingested > 0) {
    const main = mainCounts(report);
    lines.push(
      `Committed to ${table}: ${main ? countsText(main) : 'no rows'} (${filesText(result.units.ingested)}, snapshot ${result.snapshots['main'] ?? 'unchanged'})`,
      ...readingLines(report, context),
    );
  } else if (result.appliedBefore) {
    lines.push(appliedBeforeText(table, result.appliedBefore));
  } else if (result.outcome === 'nothing-new') {
    lines.push(nothingNewText({ ...report, setAside }));
  }
  const rest = setAsideLines(setAside, report.quarantinedBefore, context);
  const isAllLanded = setAside.every(({ state }) => state === 'skipped') && report.quarantinedBefore.count === 0;
  if (context.findingsLine !== undefined && (!isAllLanded || (mainCounts(report)?.rejected ?? 0) > 0))
    rest.push(`Which values are to blame, and what mends it: ${context.findingsLine}`);
  return lines.length > 1 && rest.length > 0 ? [...lines, '', ...rest] : [...lines, ...rest];
}

function mainCounts({ result }: RunReport): RowCounts | undefined {
  return result.counts['main'] ?? Object.values(result.counts)[0];
}

/** How to look at a table, here and elsewhere. */
function readingLines(report: RunReport, { lake, program }: ReportContext): string[] {
  const { table, result, readers } = report;
  if (readers === null || result.units.ingested === 0) return [];
  const words = `${shellWord(lake)} --table ${shellWord(table)}`;
  const hasRejects = (mainCounts(report)?.rejected ?? 0) > 0 && report.rejectedTable !== null;
  return [
    ...['', 'Look at it:', `  ${program} head ${words}`],
    ...(hasRejects ? [`  ${program} rejects ${words}`] : []),
    'Read it with:',
    `  PyIceberg  ${readers.pyiceberg}`,
    `  DuckDB     ${readers.duckdb}`,
    '  Spark      the line is long: --json has it as run.readers.spark, also when nothing is new',
  ];
}

/** That nothing was done, and where it was done before. */
function appliedBeforeText(table: string, { sequence, snapshots }: NonNullable<RunReport['result']['appliedBefore']>): string {
  const snapshot = Object.values(snapshots)[0];
  return `Already applied: commit ${sequence} of ${table}${snapshot === undefined ? '' : `, snapshot ${snapshot}`}. Nothing was done.`;
}

/** Only what is loaded is said to be loaded. */
function nothingNewText({ findings, setAside, skipped }: RunReport): string {
  const empty = findings.find(({ code }) => code === 'SOURCE_EMPTY');
  if (empty) return `Nothing to load: ${empty.message}`;
  const isAllLoaded = setAside.length === 0 && skipped.every(({ reason }) => reason === ALREADY_LOADED);
  return isAllLoaded ? 'Nothing new: every file is in the table already.' : 'Nothing new was loaded.';
}

/** `1,234 read = 1,230 written + 4 rejected, 7 replaced`: the last are rows of the table that went. What is zero and rare is left out. */
export function countsText({ read, expanded, written, rejected, filtered, deduplicated, replaced }: RowCounts): string {
  const number = (value: number): string => value.toLocaleString('en-US');
  const left = [`${number(read)} read`, ...(expanded > 0 ? [`${number(expanded)} expanded`] : [])];
  const right = [
    `${number(written)} written`,
    `${number(rejected)} rejected`,
    ...(filtered > 0 ? [`${number(filtered)} filtered`] : []),
    ...(deduplicated > 0 ? [`${number(deduplicated)} deduplicated`] : []),
  ];
  return `${left.join(' + ')} = ${right.join(' + ')}${replaced > 0 ? `, ${number(replaced)} replaced` : ''}`;
}

/** `1 file`, `2,000 files`. */
export function filesText(count: number): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? 'file' : 'files'}`;
}
