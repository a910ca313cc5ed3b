import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { RowCounts, UnitRecord } from '../checkpoint/unit-record.ts';
import type { Int64 } from '../json/json.ts';
import { OBJECT_REPLACED } from '../plan/superseded-records.ts';
import type { TableCommit, TableEvidence } from '../sink/sink.ts';

/**
 * Where the rows of a commit are, as one table tells.
 *
 * - `live`: in the history of the table as readers see it.
 * - `rolled-back`: the snapshot is still there, but readers do not see it any more.
 * - `expired`: the snapshot was removed by maintenance, as it should be; the table proves a later commit.
 * - `undecidable`: the snapshot is there, and the history that would tell has expired.
 * - `none`: the table knows nothing of it: there were no rows for it, or it is not there.
 */
export type CommitState = 'live' | 'rolled-back' | 'expired' | 'undecidable' | 'none';

/** One commit of a ledger. */
export interface LedgerCommit {
  sequence: number;
  /** null: neither ledger nor table says. */
  commitId: string | null;
  /** ISO 8601 in UTC, of the snapshot of the first output; null when it is not there. */
  at: string | null;
  /** The ledger counts it as committed. */
  isInLedger: boolean;
  /** How many files were in it; null: neither ledger nor table says. */
  units: number | null;
  /** Per output, over its files, as they were when it was made; null: the ledger does not know all of them any more. */
  counts: Record<string, RowCounts> | null;
  /** Its files whose rows went since, when a corrected version was loaded: how many, and their rows in the first output then. null: none. */
  replacedSince: { units: number; rows: number } | null;
  /** Per output. */
  outputs: Record<string, { snapshot: Int64 | null; state: CommitState }>;
  /** Where ledger and table say different things, in a plain sentence; null: they agree. */
  difference: string | null;
}

/** One page of the commits of a ledger. Plain JSON. */
export interface LedgerHistory {
  ingestion: string;
  /** Where the state is, and the table of the first output, for people. */
  state: string;
  table: string;
  /** Newest first. */
  commits: LedgerCommit[];
  /** What `before` has to be for the next page; null: this is the last one. */
  next: number | null;
}

/** What one table tells. */
export interface TableHistory {
  evidence: TableEvidence | null;
  commits: readonly TableCommit[];
}

/** What a ledger knows of the files of one commit. */
interface LedgerSum {
  units: number;
  counts: Record<string, RowCounts>;
  /** Of them those that were replaced since; `written` by output, as it was then. */
  replaced: { units: number; written: Record<string, number> };
}

/** Everything that a history is made from. */
export interface HistoryFacts {
  /** null: there is no ledger. */
  head: Head | null;
  /** By sequence. */
  ledger: ReadonlyMap<number, LedgerSum>;
  /** By output. */
  tables: Readonly<Record<string, TableHistory>>;
  /** Name of the first output, which commits in every batch. */
  first: string;
}

/** The sequences of one page: from the newest that ledger or table know, or from below `before`. Pure. */
export function pageOfHistory(
  { head, tables, first }: Pick<HistoryFacts, 'head' | 'tables' | 'first'>,
  limit: number,
  before = Number.POSITIVE_INFINITY,
): { newest: number; oldest: number; next: number | null } {
  const table = tables[first];
  const known = [
    head?.committed[first] ?? 0,
    table?.evidence?.sequence ?? 0,
    ...(table?.commits ?? []).map(({ sequence }) => sequence),
  ];
  const newest = Math.min(
    known.reduce((most, sequence) => Math.max(most, sequence), 0),
    before - 1,
  );
  const oldest = Math.max(1, newest - limit + 1);
  return { newest, oldest, next: newest >= 1 && oldest > 1 ? oldest : null };
}

/**
 * Adds the files of a ledger up, by the commit that loaded them. A file that got another identity later counts once, and one that was replaced where
 * its rows were.
 *
 * @param records Those that are `ingested`, and those that were replaced; others are passed over.
 */
export async function sumRecords(records: AsyncIterable<UnitRecord>): Promise<HistoryFacts['ledger']> {
  const sums = new Map<number, LedgerSum>();
  for await (const record of records) {
    const sequence = commitThatLoaded(record);
    if (sequence === null) continue;
    const sum = sums.get(sequence) ?? { units: 0, counts: {}, replaced: { units: 0, written: {} } };
    sums.set(sequence, sum);
    const { replaced } = sum;
    const isReplaced = record.state !== 'ingested';
    sum.units += 1;
    if (isReplaced) replaced.units += 1;
    for (const [output, own] of Object.entries(record.counts ?? {})) {
      sum.counts[output] = added(sum.counts[output], own);
      if (isReplaced) replaced.written[output] = (replaced.written[output] ?? 0) + own.written;
    }
  }
  return sums;
}

/** null: none, or nobody knows. */
function commitThatLoaded({ state, sequence, code, loadedIn, finding }: UnitRecord): number | null {
  if (state === 'ingested') return finding?.code === 'OBJECT_UNCHANGED' ? null : sequence;
  return state === 'skipped' && code === OBJECT_REPLACED ? (loadedIn ?? null) : null;
}

/** The commit with one number, from ledger and tables. Pure. */
export function commitOf(sequence: number, facts: HistoryFacts): LedgerCommit {
  const { head, ledger, tables, first } = facts;
  const own = ledger.get(sequence);
  const found = findCommit(tables[first], sequence);
  const outputs = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [
      name,
      outputOf(table, sequence, name === first || (own?.counts[name]?.written ?? 0) > 0),
    ]),
  );
  const evidence = tables[first]?.evidence;
  const isNewest = head !== null && head.committed[first] === sequence;
  const proven = found?.commitId ?? (evidence?.sequence === sequence ? evidence.commitId : null);
  const isInLedger = sequence <= (head?.committed[first] ?? 0);
  const units = own || found ? Math.max(own?.units ?? 0, found?.units ?? 0) : null;
  return {
    sequence,
    commitId: proven ?? (isNewest ? head.commitId : null),
    at: found?.at ?? null,
    isInLedger,
    units,
    // The record of a file may have gone to a later commit, when one of its earlier versions was put back.
    counts: own && own.units === units ? own.counts : null,
    replacedSince: own && own.replaced.units > 0 ? { units: own.replaced.units, rows: own.replaced.written[first] ?? 0 } : null,
    outputs,
    difference: differenceOf({
      isInLedger,
      isOpen: head?.intent?.sequence === sequence,
      state: outputs[first]?.state ?? 'none',
      noted: isNewest ? head.commitId : null,
      proven,
    }),
  };
}

/** Of two snapshots with one number, the one that readers see tells what became of the commit. */
function findCommit(table: TableHistory | undefined, sequence: number): TableCommit | undefined {
  const found = table?.commits.filter((commit) => commit.sequence === sequence) ?? [];
  return found.find(({ state }) => state === 'live') ?? found[0];
}

function outputOf(table: TableHistory, sequence: number, hadRows: boolean): { snapshot: Int64 | null; state: CommitState } {
  const found = findCommit(table, sequence);
  if (found) return { snapshot: found.snapshot, state: found.state };
  const { evidence } = table;
  const snapshot = evidence?.sequence === sequence ? evidence.snapshot : null;
  return { snapshot, state: hadRows && sequence <= (evidence?.sequence ?? 0) ? 'expired' : 'none' };
}

function differenceOf(facts: {
  isInLedger: boolean;
  isOpen: boolean;
  state: CommitState;
  noted: string | null;
  proven: string | null;
}): string | null {
  const { isInLedger, isOpen, state, noted, proven } = facts;
  if (noted !== null && proven !== null && noted !== proven)
    return 'Ledger and table hold different commits under this number: they are of different histories.';
  if (state === 'rolled-back') return 'The table was rolled back to before this commit: its rows are not in the table any more.';
  if (state === 'undecidable') return 'Whether the table was rolled back to before this commit cannot be told.';
  if (isOpen) return 'An earlier run left this commit open; the next one settles it.';
  if (isInLedger) return state === 'none' ? 'The ledger knows this commit, the table does not.' : null;
  return 'The table holds this commit, the ledger does not know it.';
}

function added(sum: RowCounts | undefined, own: RowCounts): RowCounts {
  if (!sum) return { ...own };
  const names = Object.keys(own) as (keyof RowCounts)[];
  return Object.fromEntries(names.map((name) => [name, sum[name] + own[name]])) as unknown as RowCounts;
}
