import type { AcceptedRollbacks } from '../checkpoint/accepted-rollback.ts';
import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import type { UnitRecord } from '../checkpoint/unit-record.ts';
import { addToGroup, emptyGroup } from '../ledger/file-group.ts';
import { type ProvenOutputs, provenHead } from '../ledger/proven-head.ts';
import {
  countedAsLoaded,
  isResetChoice,
  type ResetChoice,
  type ResetPreview,
  type ResetResult,
  resetUndecided,
} from '../ledger/reset-ledger.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput } from '../spec/named-outputs.ts';
import { randomId } from './calve-configuration.ts';
import { type LedgerRequest, ledgerMoved } from './ledger-request.ts';
import { proveOutputs } from './prove-outputs.ts';
import { recoverRun } from './recover-run.ts';
import { surveySource } from './survey-source.ts';

const PAGE = 1000;

/** Finds out what a reset would mean. Reads ledger, tables and source; writes nothing. */
export async function previewReset(spec: IngestionSpec, request: LedgerRequest): Promise<ResetPreview> {
  const { journal, store, connections, context } = request;
  const { key } = journal;
  const main = mainOutput(spec);
  const current = await journal.load();
  const proven = await proveOutputs(key, spec, connections);
  const { units, unsettled } = await surveySource(spec.input, await sourceOf(spec, request), context);
  const again = emptyGroup();
  const others = emptyGroup();
  for (let start = 0; start < units.length; start += PAGE) {
    const page = units.slice(start, start + PAGE);
    const keys = page.map((unit) => unit.key);
    const known = await store.lookup(key, 'key', keys);
    for (const unit of page) addToGroup(known.get(unit.key)?.state === 'ingested' ? again : others, unit);
  }
  // A file that was touched has a record for each of its identities.
  const gone = new Set<string>();
  for await (const { unit } of store.scan(key, { state: 'ingested' })) gone.add(unit.kind === 'object' ? unit.place : unit.key);
  for (const { place } of units) gone.delete(place);
  const head = current === 'absent' ? null : current.head;
  return {
    ingestion: key.ingestion,
    state: store.location,
    table: (await connections.sink(main.sink)).describe(main.options).name,
    ledger: head && { generation: head.generation, committed: head.committed },
    proven: sequencesOf(proven),
    open: head?.intent ? { sequence: head.intent.sequence, commitId: head.intent.commitId } : null,
    again,
    others,
    gone: gone.size,
    unsettled,
  };
}

/**
 * Begins the ledger anew: a new generation, numbers that go on from what the tables prove, and of the files what was chosen. A commit that is open
 * is brought to its end first, so that nothing is in flight when it is forgotten. Whole or not at all.
 *
 * @param choice Without one, nothing is changed.
 * @throws {CalveError} `OPTIONS_INVALID` (decide); `CHECKPOINT_SUPERSEDED` (retry): another worker changed the ledger meanwhile; what
 *   an open commit says that cannot be settled.
 */
export async function resetIngestion(
  spec: IngestionSpec,
  choice: ResetChoice | undefined,
  request: LedgerRequest,
): Promise<ResetResult> {
  if (!isResetChoice(choice)) throw resetUndecided(await previewReset(spec, request));
  const { journal, lease, connections, context } = request;
  const { environment } = context;
  // Where there is no state yet, nothing makes one before everything is known.
  if ((await journal.load()) !== 'absent') await lease.hold();
  await recoverRun(request, null);
  // Another worker ended what was open, and has begun the next commit.
  if (journal.intent) throw ledgerMoved(journal.key);
  const proven = await proveOutputs(journal.key, spec, connections);
  const records = choice.fromNow ? await recordsFromNow(spec, request) : [];
  const accepted = acceptedAgain(journal.current, choice);
  const modes = journal.current === 'absent' ? undefined : journal.current.head.modes;
  const kept = { ...(accepted && { accepted }), ...(modes && { modes }) };
  const head = provenHead(randomId(environment, 8), spec.outputs[0]?.name ?? '', proven, kept);
  await environment.step('core.reset.replace');
  if (!(await journal.replace(head, records))) throw ledgerMoved(journal.key);
  return { generation: head.generation, committed: head.committed, countedAsLoaded: records.length };
}

/**
 * What is there counts as loaded. A file that may still be written does not, unless it was loaded already: to a clock that is behind, files of the
 * last minutes look unfinished.
 */
async function recordsFromNow(spec: IngestionSpec, request: LedgerRequest): Promise<UnitRecord[]> {
  const { journal, store, context } = request;
  const { units, settling } = await surveySource(spec.input, await sourceOf(spec, request), context);
  const records = units.map(countedAsLoaded);
  if (settling.size === 0) return records;
  for await (const record of store.scan(journal.key, { state: 'ingested' }))
    if (record.unit.kind === 'object' && settling.has(record.unit.uri)) records.push(record);
  return records;
}

/** The tables stay as they are, and so does what was accepted about them; where everything loads again, a snapshot that comes back doubles rows. */
function acceptedAgain(current: VersionedHead | 'absent', { reload }: ResetChoice): AcceptedRollbacks | undefined {
  if (current === 'absent' || !current.head.accepted) return undefined;
  const all = Object.entries(current.head.accepted);
  return Object.fromEntries(all.map(([name, one]) => [name, { ...one, isReingested: one.isReingested || reload === true }]));
}

function sequencesOf(proven: ProvenOutputs): Record<string, number> {
  return Object.fromEntries(Object.entries(proven).map(([name, evidence]) => [name, evidence?.sequence ?? 0]));
}

function sourceOf({ input }: IngestionSpec, { connections }: LedgerRequest) {
  return connections.source(input.source, input.options);
}
