import type { CheckedTable, TableReader } from './table-reader.ts';

/** Something that must not happen in any history. */
export interface HistoryProblem {
  rule:
    | 'row duplicated'
    | 'row lost'
    | 'live file deleted'
    | 'commit without journal'
    | 'loaded unit not in the table'
    | 'excluded file loaded'
    | 'foreign row changed'
    | 'does not end';
  message: string;
}

/** One version of a file, as it lay in the landing folder. */
export interface CheckedVersion {
  file: string;
  version: string;
  good: readonly string[];
  bad: readonly string[];
}

/** What is known at the end of a history. */
export interface HistoryEnd {
  reader: Pick<TableReader, 'rows' | 'files'>;
  tables: { rows: CheckedTable | null; rejected: CheckedTable | null };
  /** All versions of all files that ever lay in the landing folder. */
  versions: readonly CheckedVersion[];
  /** Versions that are there at the end. */
  current: ReadonlySet<string>;
  /** Versions that the state says are loaded. */
  ingested: ReadonlySet<string>;
  /** Versions that a person declared as dealt with without loading them. */
  excluded: ReadonlySet<string>;
  /** Rows that a person took out of the table by setting it back. */
  removedByHand: ReadonlySet<string>;
  /** Rows of other writers. */
  foreign: readonly string[];
  /** How the last run, in which nothing goes wrong, ended. `halted`: it asks a person to decide. */
  lastRun: 'well' | 'halted' | 'badly';
  lastRunSays: string;
  /** A person has set table or state back, so that stopping is right. */
  mayHalt: boolean;
}

/**
 * Decides whether a history ended as it must: every row once, nothing lost, no reference to a file that is gone. Knows only files, what the
 * catalog says, and what the state claims.
 */
export async function checkHistory(end: HistoryEnd): Promise<HistoryProblem[]> {
  const { reader, tables, foreign, removedByHand } = end;
  const [main, rejected] = [countOf(await reader.rows(tables.rows)), countOf(await reader.rows(tables.rejected))];
  return [
    ...endProblems(end),
    ...twice(main, 'the table'),
    ...twice(rejected, 'the table of rejected rows'),
    ...missingFiles(end),
    ...foreign
      .filter((row) => !main.has(row) && !removedByHand.has(row))
      .map((row) => problem('foreign row changed', `The row ${row} of another writer is gone.`)),
    ...end.versions.flatMap((version) => versionProblems(version, end, main, rejected)),
  ];
}

function endProblems({ lastRun, lastRunSays, mayHalt }: HistoryEnd): HistoryProblem[] {
  if (lastRun === 'well' || (lastRun === 'halted' && mayHalt)) return [];
  return [problem('does not end', `The last run, in which nothing goes wrong, does not end well: ${lastRunSays}`)];
}

function twice(rows: ReadonlyMap<string, number>, where: string): HistoryProblem[] {
  return [...rows]
    .filter(([, count]) => count > 1)
    .map(([row, count]) => problem('row duplicated', `The row ${row} is in ${where} ${count} times.`));
}

function missingFiles({ reader, tables }: HistoryEnd): HistoryProblem[] {
  return Object.values(tables).flatMap((table) =>
    (table?.snapshots ?? []).flatMap((snapshot) =>
      reader
        .files(snapshot)
        .missing.map((path) => problem('live file deleted', `Snapshot ${snapshot.id} refers to ${path}, which is gone.`)),
    ),
  );
}

function versionProblems(
  version: CheckedVersion,
  end: HistoryEnd,
  main: ReadonlyMap<string, number>,
  rejected: ReadonlyMap<string, number>,
): HistoryProblem[] {
  const name = `${version.file} (${version.version})`;
  const isGone = (row: string): boolean => !main.has(row) && !end.removedByHand.has(row);
  const absent = version.good.filter(isGone);
  const absentBad = version.bad.filter((row) => !rejected.has(row));
  const isLoaded = absent.length < version.good.length;
  const problems: HistoryProblem[] = [];
  if (isLoaded && absent.length > 0) problems.push(problem('row lost', `${name} is in the table without ${absent.join(', ')}.`));
  // Where the state was set back between the two tables, only a person can tell; the run says so and stops.
  if (isLoaded && absentBad.length > 0 && end.lastRun !== 'halted')
    problems.push(problem('row lost', `${name} is in the table, but its bad rows ${absentBad.join(', ')} were not kept.`));
  if (!isLoaded && end.ingested.has(version.version))
    problems.push(
      problem('loaded unit not in the table', `The state says that ${name} is loaded; its rows are not in the table.`),
    );
  if (!isLoaded && isDue(version, end, main)) problems.push(problem('row lost', `${name} was never loaded.`));
  // A state that was set back may have forgotten a commit that was under way.
  if (isLoaded && !end.mayHalt && isExcluded(version, end)) {
    problems.push(problem('excluded file loaded', `${name} was declared as dealt with, and was loaded afterwards.`));
  }
  return problems;
}

/** It lies there, nobody excluded it, and no other content of this file is in the table already. */
function isDue(version: CheckedVersion, end: HistoryEnd, main: ReadonlyMap<string, number>): boolean {
  if (end.lastRun !== 'well' || !end.current.has(version.version) || end.excluded.has(version.version)) return false;
  const others = end.versions.filter(({ file, good }) => file === version.file && good[0] !== version.good[0]);
  return !others.some(({ good }) => good.some((row) => main.has(row) || end.removedByHand.has(row)));
}

/** No version with this content was left to load. */
function isExcluded(version: CheckedVersion, end: HistoryEnd): boolean {
  return end.versions.every(({ good, version: id }) => good[0] !== version.good[0] || end.excluded.has(id));
}

function countOf(rows: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

function problem(rule: HistoryProblem['rule'], message: string): HistoryProblem {
  return { rule, message };
}
