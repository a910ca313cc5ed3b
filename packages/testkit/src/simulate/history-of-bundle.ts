import type { BundleIntent, BundleRecord, BundleTable, BundleUnit, SupportBundle } from '@calve/core';
import type { CommitFault, Fault, History, HistoryEvent } from './history.ts';

/** A bundle as the history that leads to it. */
export interface BundleHistory {
  history: History;
  /** Commits before the first one of the history: their numbers are so much higher in the bundle. */
  offset: number;
  /** What no history leads to, and has to be written into the state at its end; null: nothing. */
  bend: { committed: number | null; isOtherCommit: boolean; isOtherGeneration: boolean } | null;
  /** What of the bundle is not in the history, in plain words. */
  leftOut: string[];
}

/** Commits that are made one by one; what came before them decides about nothing. */
const MOST_COMMITS = 20;
/** Rows of one file; their number decides about nothing, but whether there are any. */
const MOST_ROWS = 10;
/** Virtual milliseconds between two events: longer than any lease, and than any request. */
const APART = 600_000;

/**
 * Tells how a state like that of a bundle comes about: files arrive under their labels, processes load them commit by commit, one dies where the
 * journal says, and somebody puts back what is not of one time. Pure.
 */
export function historyOfBundle(bundle: SupportBundle, seed = 1): BundleHistory {
  const table = mainTable(bundle);
  const { head } = bundle.ledger;
  const script = new Script(bundle);
  const known = head?.committed[mainOutput(bundle)] ?? 0;
  const proven = table.evidence?.sequence ?? 0;
  const offset = Math.max(0, Math.min(known, proven || known) - MOST_COMMITS);
  const isTableBehind = proven < known;
  for (let sequence = offset + 1; sequence <= (isTableBehind ? proven : known); sequence += 1) script.commit(sequence);
  const { intent = null } = head ?? {};
  const isIntentProven = intent !== null && table.evidence?.commitId === intent.commitId;
  if (intent && !isTableBehind) script.dyingCommit(intent, bundle);
  const ahead = proven - known - (isIntentProven ? 1 : 0);
  if (ahead > 0) {
    if (head && (known > offset || intent)) script.add({ kind: 'state-backup' });
    for (let sequence = proven - Math.min(ahead, MOST_COMMITS) + 1; sequence <= proven; sequence += 1) script.commit(sequence);
    script.add(head ? { kind: 'state-restore' } : { kind: 'state-loss' });
  }
  const rolledBack = rolledBackIn(table);
  if (rolledBack > 0) script.add({ kind: 'rollback', snapshots: rolledBack });
  script.folder();
  const isOtherCommit = known > 0 && known === proven && head?.commitId != null && table.evidence?.commitId !== head.commitId;
  const isOtherGeneration = head !== null && proven > 0 && known > 0 && table.evidence?.generation !== head.generation;
  const isBent = isTableBehind || isOtherCommit || isOtherGeneration;
  return {
    history: { seed, files: 'plain', catalog: 'file', leases: true, isSkewed: false, events: script.events },
    offset,
    bend: isBent ? { committed: isTableBehind ? known - offset : null, isOtherCommit, isOtherGeneration } : null,
    leftOut: [...leftOut(bundle, isTableBehind), ...(offset > 0 ? [`the first ${offset} commits`] : [])],
  };
}

/** Makes the events, each a while after the one before. */
class Script {
  readonly events: HistoryEvent[] = [];
  readonly #bundle: SupportBundle;
  /** What lies in the folder: the version of each place. */
  readonly #there = new Map<string, string>();
  #processes = 0;

  constructor(bundle: SupportBundle) {
    this.#bundle = bundle;
  }

  add(event: DistributiveOmit<HistoryEvent, 'at'>): void {
    this.events.push({ at: (this.events.length + 1) * APART, ...event } as HistoryEvent);
  }

  /** Files of one commit arrive, and a process loads them. */
  commit(sequence: number): void {
    const records = this.#recordsOf(sequence);
    for (const record of records) this.#arrive(record);
    if (records.length === 0) this.#arriveUnknown(`commit-${sequence}`, sequence);
    this.#run([]);
  }

  /** Files of the open commit arrive, and the process that loads them dies where the journal ends. */
  dyingCommit(intent: BundleIntent, bundle: SupportBundle): void {
    for (const record of intent.records) this.#arrive(record);
    if (intent.records.length === 0) {
      const keys = new Set(intent.unitKeys);
      const listed = 'units' in bundle.folder ? bundle.folder.units.filter(({ key }) => keys.has(key)) : [];
      for (const unit of listed) this.#put(unit.place, unit.key, 1, 0);
      if (listed.length === 0) this.#arriveUnknown('open-commit', null);
    }
    this.#run(faultsOf(intent, bundle));
  }

  /** What lies in the folder now and was not loaded; what was loaded and is gone. */
  folder(): void {
    const { folder, ledger } = this.#bundle;
    if (!('units' in folder)) return;
    const recorded = new Set(ledger.records.flatMap(({ unit, state }) => (unit && state !== 'ingested' ? [unit.key] : [])));
    const places = new Set(folder.units.map(({ place }) => place));
    for (const place of [...this.#there.keys()]) if (!places.has(place) && !place.includes('-')) this.#vanish(place);
    for (const { place, key } of folder.units)
      if (!recorded.has(key) && this.#there.get(place) !== key) this.#put(place, key, 1, 0);
  }

  #recordsOf(sequence: number): BundleRecord[] {
    return this.#bundle.ledger.records.filter(
      (record) => record.state === 'ingested' && record.sequence === sequence && record.finding?.code !== 'OBJECT_UNCHANGED',
    );
  }

  /** A file of which the bundle has no record, and the rows of its commit, where it tells them. */
  #arriveUnknown(name: string, sequence: number | null): void {
    const counts = this.#bundle.ledger.commits.find((commit) => commit.sequence === sequence)?.counts;
    const { written = 1, rejected = 0 } = counts?.[mainOutput(this.#bundle)] ?? {};
    this.#put(name, name, written, rejected);
  }

  #arrive({ unit, counts }: BundleRecord): void {
    const { written = 0, rejected = 0 } = counts?.[mainOutput(this.#bundle)] ?? {};
    const { place, key }: Pick<BundleUnit, 'place' | 'key'> = unit ?? { place: 'interval', key: 'interval' };
    this.#put(place, key, written, rejected);
  }

  #put(place: string, key: string, good: number, bad: number): void {
    const kind = this.#there.has(place) ? 'file-changes' : 'file-arrives';
    this.#there.set(place, key);
    this.add({ kind, file: `${place}.csv`, rows: Math.min(good, MOST_ROWS), badRows: Math.min(bad, MOST_ROWS) });
  }

  #vanish(place: string): void {
    this.#there.delete(place);
    this.add({ kind: 'file-vanishes', file: `${place}.csv` });
  }

  #run(faults: Fault[]): void {
    this.#processes += 1;
    this.add({ kind: 'process-runs', process: `process ${this.#processes}`, isImpatient: false, faults });
  }
}

type DistributiveOmit<T, Key extends keyof T> = T extends unknown ? Omit<T, Key> : never;

/** What has to go wrong so that a process leaves this in the journal: nothing more is written after it died. */
function faultsOf(intent: BundleIntent, { tables }: SupportBundle): Fault[] {
  const outputs = Object.entries(intent.outputs).filter(([, { state }]) => state !== 'empty');
  if (outputs.some(([, { state }]) => state === 'planned')) return [crash('core.apply.stage', 1)];
  const open = outputs.findIndex(([, { state }]) => state !== 'committed');
  const [name, output] = outputs[open] ?? [];
  if (name === undefined || output === undefined) return [crash('core.commit.finish', 1)];
  if (output.attempts.length === 0) return [crash('core.commit.committing', open + 1)];
  const table = tables[name];
  const isProven = table !== undefined && 'evidence' in table && table.evidence?.commitId === intent.commitId;
  const faults = output.attempts.flatMap(({ outcome }, at): Fault[] => {
    const isLast = at === output.attempts.length - 1;
    const answer = answerOf(outcome, isLast && isProven);
    return answer === null ? [] : [{ kind: 'commit', nth: open + at + 1, answer }];
  });
  const isAnswered = output.attempts.at(-1)?.outcome !== null;
  const nth = open + output.attempts.length;
  return [...faults, isAnswered ? crash('core.commit.committing', nth + 1) : crash('core.commit.answered', nth)];
}

/** null: the request arrives as it should. */
function answerOf(
  outcome: BundleIntent['outputs'][string]['attempts'][number]['outcome'],
  isProven: boolean,
): CommitFault | null {
  if (isProven)
    return outcome === null || outcome === 'committed' ? null : outcome === 'refused' ? 'refused-applied' : 'lost-after';
  return outcome === 'conflict' || outcome === 'refused' ? outcome : 'lost-before';
}

function crash(step: string, nth: number): Fault {
  return { kind: 'crash', step, nth };
}

/** How many of the newest commits readers do not see any more. */
function rolledBackIn({ commits }: BundleTable): number {
  const live = commits.findIndex(({ state }) => state === 'live');
  return commits.slice(0, Math.max(live, 0)).filter(({ state }) => state === 'rolled-back').length;
}

function mainOutput({ spec }: SupportBundle): string {
  return spec.outputs[0]?.name ?? 'main';
}

function mainTable(bundle: SupportBundle): BundleTable {
  const table = bundle.tables[mainOutput(bundle)];
  return table && 'evidence' in table ? table : { table: '', state: null, evidence: null, commits: [] };
}

function leftOut({ ledger, tables, folder, truncated }: SupportBundle, isTableBehind: boolean): string[] {
  const { head } = ledger;
  const gone = Object.values(head?.intent?.outputs ?? {}).some(({ isStagedThere }) => isStagedThere === false);
  return [
    ...(Object.values(tables).some((table) => 'error' in table) ? ['a table that could not be read'] : []),
    ...('error' in folder ? ['the folder, which could not be listed'] : []),
    ...(head?.intent && isTableBehind ? ['the open commit, since the table is behind the ledger'] : []),
    ...(gone ? ['that staged files are gone'] : []),
    ...(head?.hasAcceptedRollback ? ['that a rollback was accepted'] : []),
    ...(ledger.records.some(({ state }) => state !== 'ingested') ? ['files that were set aside'] : []),
    ...Object.entries(truncated).map(([part, count]) => `${count} entries of ${part}, which are not in the bundle`),
  ];
}
