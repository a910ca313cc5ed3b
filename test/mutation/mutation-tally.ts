import type { MutantReport } from './run-mutant.ts';

/** How often something happened, by name. */
type Counts = Record<string, number>;

/** What became of many mutants. Plain data, so that a worker can send it. */
export interface Tally {
  mutants: number;
  /** Mutants that csv-parse could be asked about. */
  compared: number;
  /** Mutants that were read again in other pieces. */
  inPieces: number;
  /** By verdict. */
  verdicts: Counts;
  /** Whole runs, by the code with which the mutant was set aside, or `loaded`. */
  runs: Counts;
  /** By mutator: how many were read whole, read but for some records, refused. */
  byMutator: Record<string, { read: number; rejects: number; refused: Counts }>;
}

export function emptyTally(): Tally {
  return { mutants: 0, compared: 0, inPieces: 0, verdicts: {}, runs: {}, byMutator: {} };
}

/** Adds one mutant, under the mutator whose turn it was. */
export function count(tally: Tally, mutator: string, report: MutantReport, inPieces: boolean): void {
  const { verdict, rejected, isCompared, runCodes } = report;
  tally.mutants += 1;
  if (isCompared) tally.compared += 1;
  if (inPieces) tally.inPieces += 1;
  raise(tally.verdicts, verdict);
  for (const code of runCodes === null || runCodes.length > 0 ? (runCodes ?? []) : ['loaded']) raise(tally.runs, code);
  tally.byMutator[mutator] ??= { read: 0, rejects: 0, refused: {} };
  const row = tally.byMutator[mutator];
  if (verdict !== 'ok') raise(row.refused, verdict);
  else if (rejected > 0) row.rejects += 1;
  else row.read += 1;
}

/** The summary by mutator and verdict. */
export function tallyText({ mutants, compared, inPieces, verdicts, runs, byMutator }: Tally): string {
  const width = Math.max(...Object.keys(byMutator).map(({ length }) => length));
  const rows = Object.entries(byMutator).map(([name, { read, rejects, refused }]) => {
    const codes = listed(refused);
    return `  ${name.padEnd(width)}  ${String(read).padStart(5)}  ${String(rejects).padStart(9)}  ${codes}`.trimEnd();
  });
  return [
    `${mutants} mutants: ${listed(verdicts)}.`,
    `${compared} compared with csv-parse, ${inPieces} read in other pieces too; whole runs: ${listed(runs)}.`,
    `  ${'mutator'.padEnd(width)}  whole  some rows  refused`,
    ...rows,
  ].join('\n');
}

function listed(counts: Counts): string {
  return Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([name, number]) => `${number} ${name}`)
    .join(', ');
}

function raise(counts: Counts, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}
