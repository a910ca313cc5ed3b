import type { AcceptedRollbacks } from '../checkpoint/accepted-rollback.ts';
import type { Head } from '../checkpoint/checkpoint-store.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { throwIfAborted } from '../errors/calve-error.ts';
import type { RollbackPreview, RolledBackTable } from '../ledger/accept-rollback.ts';
import { addToGroup, emptyGroup } from '../ledger/file-group.ts';
import { GoneCommits } from '../ledger/gone-commits.ts';
import { fateByRows, fateOfRecord, type RecordFate } from '../ledger/gone-records.ts';
import { RowOrigins } from '../ledger/row-origins.ts';
import type { ObjectUnit } from '../source/input-unit.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import { type LedgerRequest, ledgerMoved } from './ledger-request.ts';
import { readOrigins } from './read-origins.ts';
import { surveySource } from './survey-source.ts';

/** Everything that accepting a rollback works with. */
export interface RollbackSurvey {
  preview: RollbackPreview;
  /** Records whose rows went, or came back. Kept in memory: about 1 kB each. */
  concerned: { record: UnitRecord; fate: 'gone' | 'back' }[];
  /** What became of a record that the ledger does not have yet. */
  commits: GoneCommits;
}

const MOST_LOOKS = 5;

/** Finds out which files a rollback concerns. Reads tables, ledger and source; writes nothing. */
export async function surveyRollback(spec: IngestionSpec, head: Head, request: LedgerRequest): Promise<RollbackSurvey> {
  const { store, journal, connections, context } = request;
  const main = mainOutput(spec);
  const { tables, commits } = await surveyTables(spec, head.accepted, request);
  const lost = new LostRows(main.name, commits);
  const isAnyRolledBack = Object.keys(tables).length > 0;
  const { concerned, isTold } = isAnyRolledBack
    ? await concernedRecords(main, commits[main.name] as GoneCommits, head, lost, request)
    : { concerned: [], isTold: true };
  const source = await connections.source(spec.input.source, spec.input.options);
  const isAnyGone = concerned.some(({ fate }) => fate === 'gone');
  const { units } = isAnyGone ? await surveySource(spec.input, source, context) : { units: [] };
  const preview: RollbackPreview = {
    ingestion: journal.key.ingestion,
    state: store.location,
    table: (await connections.sink(main.sink)).describe(main.options).name,
    tables,
    open: head.intent && { sequence: head.intent.sequence, commitId: head.intent.commitId },
    ...groupsOf(concerned, units),
    rows: lost.rows,
    twice: lost.twice,
    isTold,
  };
  return { preview, concerned, commits: commits[main.name] as GoneCommits };
}

/** Head and evidence of each table, of one moment: what is accepted has to be what was looked at. */
async function surveyTables(
  spec: IngestionSpec,
  accepted: AcceptedRollbacks | undefined,
  { connections, journal }: LedgerRequest,
): Promise<{ tables: Record<string, RolledBackTable>; commits: Record<string, GoneCommits> }> {
  const tables: Record<string, RolledBackTable> = {};
  const commits: Record<string, GoneCommits> = {};
  for (const { name, sink: sinkName, options } of spec.outputs) {
    const sink = await connections.sink(sinkName);
    for (let looks = 1; ; looks += 1) {
      const before = await sink.inspect(options);
      const head = before === 'absent' ? null : before.snapshot;
      const evidence = before === 'absent' ? null : await sink.evidence(options, journal.key, accepted?.[name]);
      const found = new GoneCommits(evidence, (await sink.commits?.(options, journal.key)) ?? []);
      const after = await sink.inspect(options);
      if ((after === 'absent' ? null : after.snapshot) !== head) {
        if (looks === MOST_LOOKS) throw ledgerMoved(journal.key);
        continue;
      }
      commits[name] = found;
      if (evidence?.rollback) {
        const { rollback, sequence: proven, snapshot } = evidence;
        tables[name] = { table: sink.describe(options).name, rollback, proven, snapshot, shown: found.shown, head };
      }
      break;
    }
  }
  return { tables, commits };
}

async function concernedRecords(
  main: OutputSpec,
  commits: GoneCommits,
  head: Head,
  lost: LostRows,
  request: LedgerRequest,
): Promise<{ concerned: RollbackSurvey['concerned']; isTold: boolean }> {
  const { store, journal, context } = request;
  const concerned: RollbackSurvey['concerned'] = [];
  const untold: UnitRecord[] = [];
  for (const state of ['ingested', 'failed', 'skipped'] as const) {
    for await (const record of store.scan(journal.key, { state })) {
      throwIfAborted(context.signal);
      const fate = fateOfRecord(record, commits, main.name);
      if (fate === 'untold') untold.push(record);
      else add(record, fate);
    }
  }
  // Files of a commit that the table has had already and the ledger has not noted yet.
  for (const record of wentWithIntent(head, commits)) {
    const fate = fateOfRecord(record, commits, main.name);
    if (fate === 'gone') add(record, fate);
    else if (fate === 'untold') untold.push(record);
  }
  if (untold.length === 0) return { concerned, isTold: true };
  const origins = new RowOrigins();
  if (!(await readOrigins(main, 'accepted', origins, request))) return { concerned, isTold: false };
  for (const record of untold) add(record, fateByRows(record, hasRows(record, origins)));
  return { concerned, isTold: true };

  function add(record: UnitRecord, fate: Exclude<RecordFate, 'untold'>): void {
    lost.add(record, fate);
    if (fate !== 'there') concerned.push({ record, fate });
  }
}

/** Records of an open commit that is itself what readers do not see any more. */
function wentWithIntent({ intent, committed }: Head, commits: GoneCommits): UnitRecord[] {
  const first = intent?.program.outputs[0]?.name ?? '';
  const isInTable = intent !== null && intent.sequence === commits.newest && (committed[first] ?? 0) < intent.sequence;
  return isInTable && commits.rollback !== 'came-back' ? intent.records : [];
}

function hasRows({ unit }: UnitRecord, origins: RowOrigins): boolean {
  return unit.kind === 'object' && (origins.find(unit.uri, unit.version)?.accepted ?? 0) > 0;
}

/** A file that was touched has a record for each of its identities, and is one file. */
function groupsOf(
  concerned: RollbackSurvey['concerned'],
  units: readonly ObjectUnit[],
): Pick<RollbackPreview, 'files' | 'gone' | 'back'> {
  const groups = { files: emptyGroup(), gone: emptyGroup(), back: emptyGroup() };
  const inSource = new Map(units.map((unit) => [unit.place, unit]));
  const seen = new Set<string>();
  for (const { record, fate } of concerned) {
    const { unit } = record;
    if (unit.kind !== 'object' || seen.has(unit.place)) continue;
    seen.add(unit.place);
    const now = inSource.get(unit.place);
    addToGroup(fate === 'back' ? groups.back : now ? groups.files : groups.gone, now ?? unit);
  }
  return groups;
}

/** Rows that went, as the ledger counted them when the files were loaded. */
class LostRows {
  readonly rows: Record<string, number> = {};
  readonly twice: Record<string, number> = {};
  readonly #commits: Readonly<Record<string, GoneCommits>>;
  readonly #main: string;

  /** @param main Name of the first output. */
  constructor(main: string, commits: Readonly<Record<string, GoneCommits>>) {
    this.#main = main;
    this.#commits = commits;
  }

  /** @param fate In the first output. */
  add({ state, finding, counts, sequence }: UnitRecord, fate: RecordFate): void {
    // Counted with the identity under which the file was loaded.
    if (state !== 'ingested' || finding?.code === 'OBJECT_UNCHANGED') return;
    for (const [name, { written }] of Object.entries(counts ?? {})) {
      if (written === 0) continue;
      const own = name === this.#main ? fate : this.#commits[name]?.fateOf(sequence);
      if (own === 'gone') this.rows[name] = (this.rows[name] ?? 0) + written;
      else if (fate === 'gone') this.twice[name] = (this.twice[name] ?? 0) + written;
    }
  }
}
