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
    | 'asks without cause'
    | 'stale plan applied'
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

/**
 * A stretch of a history in which each content is loaded at most once. A history begins with one; another one begins whenever a person has decided
 * anew what counts as loaded: the ledger was begun anew, rebuilt from the table, or goes on with a table that was set back.
 */
export interface HistoryEra {
  /** What readers saw in the tables when it began: ids of rows, as often as they saw them. */
  rows: readonly string[];
  rejected: readonly string[];
  /** Of the rows that were there, those that count as loaded; the others are due once more. */
  known: ReadonlySet<string>;
  /** The ledger had been lost or set back: of a commit that stood between the two tables then, nobody knows what the second one was to get. */
  isForgotten: boolean;
  /** Versions that count as dealt with although their rows are not there. */
  excluded: ReadonlySet<string>;
  /** Versions of which nobody can say whether they do: they came or went while somebody decided. */
  undecided: ReadonlySet<string>;
  /** Rows that may be loaded although they are there: a person was told that they may be copies, and had them loaded. */
  again: ReadonlySet<string>;
}

/** What is known at the end of a history. */
export interface HistoryEnd {
  reader: Pick<TableReader, 'rows' | 'files'>;
  tables: { rows: CheckedTable | null; rejected: CheckedTable | null };
  /** All versions of all files that ever lay in the landing folder. */
  versions: readonly CheckedVersion[];
  /** Versions that are there at the end. */
  current: ReadonlySet<string>;
  /** Versions that the state says are loaded, with counts of rows. */
  ingested: ReadonlySet<string>;
  /** In their order; at least one. */
  eras: readonly HistoryEra[];
  /** Rows that a person took out of the table by setting it back, and in which era that was last. */
  removedByHand: ReadonlyMap<string, number>;
  /** Rows of other writers. */
  foreign: readonly string[];
  /** How the last run, in which nothing goes wrong, ended. `halted`: it asks a person to decide. */
  lastRun: 'well' | 'halted' | 'badly';
  lastRunSays: string;
  /** A person has set table or state back, so that stopping is right. */
  mayHalt: boolean;
}

/** The last era, with what was loaded in it. */
interface LastEra extends HistoryEra {
  /** Ids of rows that count as loaded: known from before, or added since. */
  loaded: ReadonlySet<string>;
  loadedBad: ReadonlySet<string>;
}

/**
 * Decides whether a history ended as it must: every row once in each era, nothing lost, no reference to a file that is gone. Knows only files, what
 * the catalog says, what the state claims, and what people decided.
 */
export async function checkHistory(end: HistoryEnd): Promise<HistoryProblem[]> {
  const { reader, tables, foreign, removedByHand, eras } = end;
  const rows = await reader.rows(tables.rows);
  const rejected = await reader.rows(tables.rejected);
  const main = new Set(rows);
  const last = eras.at(-1);
  if (!last) throw new TypeError('A history has at least one era.');
  const lastEra: LastEra = {
    ...last,
    loaded: loadedIn(last.rows, rows, last.known),
    loadedBad: loadedIn(last.rejected, rejected, last.known),
  };
  return [
    ...endProblems(end),
    ...eras.flatMap((era, at) => [
      ...eraProblems(era, at, era.rows, eras[at + 1]?.rows ?? rows, 'the table', end),
      ...eraProblems(era, at, era.rejected, eras[at + 1]?.rejected ?? rejected, 'the table of rejected rows', end),
    ]),
    ...missingFiles(end),
    ...foreign
      .filter((row) => !main.has(row) && !removedByHand.has(row))
      .map((row) => problem('foreign row changed', `The row ${row} of another writer is gone.`)),
    ...end.versions.flatMap((version) => versionProblems(version, end, main, lastEra)),
  ];
}

function endProblems({ lastRun, lastRunSays, mayHalt }: HistoryEnd): HistoryProblem[] {
  if (lastRun === 'well' || (lastRun === 'halted' && mayHalt)) return [];
  return [problem('does not end', `The last run, in which nothing goes wrong, does not end well: ${lastRunSays}`)];
}

/** Whatever was there stays, and whatever is loaded comes once. */
function eraProblems(
  { known, again }: HistoryEra,
  number: number,
  before: readonly string[],
  after: readonly string[],
  where: string,
  { removedByHand }: HistoryEnd,
): HistoryProblem[] {
  const start = countOf(before);
  const end = countOf(after);
  const since = number === 0 ? '' : ` since decision ${number}`;
  const problems: HistoryProblem[] = [];
  for (const [row, count] of end) {
    const most = (known.has(row) ? 0 : 1) + (again.has(row) ? 1 : 0);
    const loaded = count - (start.get(row) ?? 0);
    if (loaded > most)
      problems.push(
        problem('row duplicated', `The row ${row} was loaded ${loaded} times${since} and is in ${where} ${count} times.`),
      );
  }
  for (const [row, count] of start) {
    const left = end.get(row) ?? 0;
    if (left < count && !removedByHand.has(row))
      problems.push(problem('row lost', `The row ${row} was in ${where} ${count} times, and${since} only ${left} times.`));
  }
  return problems;
}

/** Rows that count as loaded: those that were added, and those that were known and are still there. */
export function loadedIn(before: readonly string[], after: readonly string[], known: ReadonlySet<string>): Set<string> {
  const start = countOf(before);
  return new Set([...countOf(after)].flatMap(([row, count]) => (count > (start.get(row) ?? 0) || known.has(row) ? [row] : [])));
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

function versionProblems(version: CheckedVersion, end: HistoryEnd, main: ReadonlySet<string>, era: LastEra): HistoryProblem[] {
  const name = `${version.file} (${version.version})`;
  const absent = version.good.filter((row) => !era.loaded.has(row) && !isRemoved(row, end));
  // Of a file that went with its commit when the table was set back, nothing is missing.
  const isThere = version.good.some((row) => era.loaded.has(row));
  const absentBad = isThere ? version.bad.filter((row) => !era.loadedBad.has(row)) : [];
  const isLoaded = absent.length < version.good.length;
  const problems: HistoryProblem[] = [];
  if (isLoaded && absent.length > 0) problems.push(problem('row lost', `${name} is in the table without ${absent.join(', ')}.`));
  // Where the state was set back between the two tables, only a person can tell; the run says so and stops.
  const isForgotten = era.isForgotten && version.good.some((row) => era.rows.includes(row));
  if (isLoaded && absentBad.length > 0 && end.lastRun !== 'halted' && !isForgotten)
    problems.push(problem('row lost', `${name} is in the table, but its bad rows ${absentBad.join(', ')} were not kept.`));
  if (end.ingested.has(version.version) && !version.good.some((row) => main.has(row) || end.removedByHand.has(row)))
    problems.push(
      problem('loaded unit not in the table', `The state says that ${name} is loaded; its rows are not in the table.`),
    );
  if (!isLoaded && isDue(version, end, era)) problems.push(problem('row lost', `${name} was never loaded.`));
  // A state that was set back may have forgotten a commit that was under way.
  const isAdded = version.good.some((row) => main.has(row) && era.loaded.has(row) && !era.known.has(row));
  if (isAdded && !end.mayHalt && isExcluded(version, end, era)) {
    problems.push(problem('excluded file loaded', `${name} was declared as dealt with, and was loaded afterwards.`));
  }
  return problems;
}

/** It lies there, nobody excluded it, and no other content of this file is in the table already. */
function isDue(version: CheckedVersion, end: HistoryEnd, era: LastEra): boolean {
  const isDealtWith = (id: string): boolean => era.excluded.has(id) || era.undecided.has(id);
  if (end.lastRun !== 'well' || !end.current.has(version.version) || isDealtWith(version.version)) return false;
  // What is compared with a file that was left out, since it has its place or its content, waits for a person.
  if (
    end.versions.some(({ file, good, version: id }) => isDealtWith(id) && (file === version.file || good[0] === version.good[0]))
  )
    return false;
  const others = end.versions.filter(({ file, good }) => file === version.file && good[0] !== version.good[0]);
  return !others.some(({ good }) => good.some((row) => era.loaded.has(row) || isRemoved(row, end)));
}

/** No version with this content was left to load. */
function isExcluded(version: CheckedVersion, { versions }: HistoryEnd, { excluded }: HistoryEra): boolean {
  return versions.every(({ good, version: id }) => good[0] !== version.good[0] || excluded.has(id));
}

/** Somebody set the table back in this era, so that the row went. */
function isRemoved(row: string, { removedByHand, eras }: HistoryEnd): boolean {
  return removedByHand.get(row) === eras.length - 1;
}

/** How often each row is there. */
export function countOf(rows: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

function problem(rule: HistoryProblem['rule'], message: string): HistoryProblem {
  return { rule, message };
}
