import type { VersionedHead } from '../checkpoint/checkpoint-store.ts';
import { CalveError } from '../errors/calve-error.ts';
import {
  type AdoptedFiles,
  type AdoptPreview,
  type AdoptResult,
  adoptionUndecided,
  matchOrigins,
  type UnknownFiles,
} from '../ledger/adopt-ledger.ts';
import { LoadedBefore } from '../ledger/loaded-before.ts';
import { lostRejectedRows } from '../ledger/lost-rejected-rows.ts';
import { type ProvenOutputs, provenHead } from '../ledger/proven-head.ts';
import { countedAsLoaded } from '../ledger/reset-ledger.ts';
import { RowOrigins } from '../ledger/row-origins.ts';
import type { TableEvidence } from '../sink/sink.ts';
import type { IngestionSpec } from '../spec/ingestion-spec.ts';
import { mainOutput, rejectedOutput } from '../spec/named-outputs.ts';
import { type LedgerRequest, ledgerMoved } from './ledger-request.ts';
import { proveOutputs } from './prove-outputs.ts';
import { ORIGIN_COLUMNS, readOrigins } from './read-origins.ts';
import { surveySource } from './survey-source.ts';

/**
 * Finds out what adopting would make known. Reads the table's columns of origin and lists the source; writes nothing.
 *
 * @throws {CalveError} as `adoptIngestion` does, except that nothing has to be said of files without rows.
 */
export async function previewAdopt(spec: IngestionSpec, request: LedgerRequest): Promise<AdoptPreview> {
  const known = await request.journal.load();
  return (await surveyAdoption(spec, await standingOf(known, spec, request), request)).preview;
}

/**
 * Rebuilds a ledger that was lost, or of which only an old copy is left, from its tables. Written in one change, on the condition that the ledger is
 * still missing or that very copy: whole or not at all. Again on what was adopted, it changes nothing.
 *
 * @param unknown What becomes of files without rows; has to be said where some of them may be copies of loaded content.
 * @throws {CalveError} `OPTIONS_INVALID`: nothing to adopt (fix-input), or `unknown` is needed (decide); `CHECKPOINT_BEHIND` (decide): the table does
 *   not tell, or there is a ledger that does not fit it; `CHECKPOINT_SUPERSEDED` (retry): somebody commits at the same time.
 */
export async function adoptIngestion(
  spec: IngestionSpec,
  unknown: UnknownFiles | undefined,
  request: LedgerRequest,
): Promise<AdoptResult> {
  const { journal, lease, connections, context } = request;
  const known = await journal.load();
  const standing = await standingOf(known, spec, request);
  if (known !== 'absent' && standing === 'fits') return alreadyThere(known);
  const { preview, files, proven } = await surveyAdoption(spec, standing, request);
  if (preview.mustChoose && unknown === undefined) throw adoptionUndecided(preview);
  const left = unknown === 'leave' ? files.unknownUnits.map(countedAsLoaded) : [];
  // Looking made nothing, not even a state; whoever was waited for has.
  if ((await lease.hold()) === 'waited') return adoptIngestion(spec, unknown, request);
  // What a worker that is still alive commits meanwhile is in rows that were perhaps not read.
  const { name } = mainOutput(spec);
  if ((await proveOutputs(journal.key, spec, connections))[name]?.commitId !== proven[name]?.commitId)
    throw ledgerMoved(journal.key);
  const head = provenHead(preview.generation, name, proven, known === 'absent' ? {} : known.head);
  await context.environment.step('core.adopt.replace');
  if (!(await journal.replace(head, [...files.records, ...left]))) {
    if (journal.current === 'absent' || (await standingOf(journal.current, spec, request)) !== 'fits')
      throw ledgerMoved(journal.key);
    return alreadyThere(journal.current);
  }
  const { generation, committed } = head;
  return {
    outcome: 'adopted',
    generation,
    committed,
    known: files.records.length,
    left: left.length,
    lostRejectedRows: preview.lostRejectedRows,
  };
}

async function surveyAdoption(
  spec: IngestionSpec,
  ledger: AdoptPreview['ledger'],
  request: LedgerRequest,
): Promise<{ preview: AdoptPreview; files: AdoptedFiles; proven: ProvenOutputs }> {
  const { journal, store, connections, context } = request;
  const { key } = journal;
  const main = mainOutput(spec);
  const rejected = rejectedOutput(spec);
  const table = (await connections.sink(main.sink)).describe(main.options).name;
  const proven = await proveOutputs(key, spec, connections);
  const commits = (await (await connections.sink(main.sink)).commits?.(main.options, key)) ?? [];
  const newest = proven[main.name];
  if (!newest) throw nothingToAdopt(key.ingestion, table);
  const origins = new RowOrigins();
  if (!(await readOrigins(main, 'accepted', origins, request))) throw untold(key.ingestion, table);
  if (rejected) await readOrigins(rejected, 'rejected', origins, request);
  const source = await connections.source(spec.input.source, spec.input.options);
  const { units, unsettled } = await surveySource(spec.input, source, context);
  const outputs = { accepted: main.name, ...(rejected ? { rejected: rejected.name } : {}) };
  const files = matchOrigins(origins, units, outputs, await loadedBefore(request));
  const { known, changed, unknown, gone, mustChoose } = files;
  const preview: AdoptPreview = {
    ingestion: key.ingestion,
    state: store.location,
    table,
    ledger,
    generation: newest.generation,
    committed: provenHead(newest.generation, main.name, proven).committed,
    ...{ known, changed, unknown, gone, mustChoose },
    namelessRows: origins.nameless,
    lostRejectedRows: rejected ? lostRejectedRows(commits, proven[rejected.name]) : 0,
    unsettled,
  };
  return { preview, files, proven };
}

/**
 * What a ledger is beside its table. An old copy is of the same history, and the table has commits that it neither counts nor has open.
 *
 * @throws {CalveError} `CHECKPOINT_BEHIND` (decide): it does not fit for another reason.
 */
async function standingOf(
  known: VersionedHead | 'absent',
  spec: IngestionSpec,
  { journal, store, connections }: LedgerRequest,
): Promise<AdoptPreview['ledger']> {
  if (known === 'absent') return 'absent';
  const { head } = known;
  const main = mainOutput(spec);
  const sink = await connections.sink(main.sink);
  const evidence = await sink.evidence(main.options, journal.key);
  const committed = head.committed[main.name] ?? 0;
  const isSameHistory = committed === 0 || evidence?.generation === head.generation;
  if (isSameHistory && (evidence?.sequence ?? 0) > Math.max(committed, head.intent?.sequence ?? 0)) return 'old-copy';
  if (head.intent !== null || isSameCommit(evidence, committed, head.commitId)) return 'fits';
  const message =
    `The state ${store.location} has a ledger of ingestion "${journal.key.ingestion}" that does not fit the table ${sink.describe(main.options).name}, and is no old copy of the one that does. ` +
    'Restore the newest copy of the state, or reset the ledger. Nothing was changed.';
  throw new CalveError('CHECKPOINT_BEHIND', message, {
    recovery: { kind: 'decide', choices: ['restore the state', 'reset the ledger'] },
    context: { ledger: committed, table_evidence: evidence?.sequence ?? 0 },
  });
}

/** What an old copy knows of loaded files is more than their rows tell. */
async function loadedBefore({ journal, store }: LedgerRequest): Promise<LoadedBefore> {
  const before = new LoadedBefore();
  for await (const record of store.scan(journal.key, { state: 'ingested' })) before.add(record);
  return before;
}

function alreadyThere({ head }: VersionedHead): AdoptResult {
  const { generation, committed } = head;
  return { outcome: 'already-there', generation, committed, known: 0, left: 0, lostRejectedRows: 0 };
}

function isSameCommit(evidence: TableEvidence | null, committed: number, commitId: string | null): boolean {
  return (evidence?.sequence ?? 0) === committed && (evidence === null || evidence.commitId === commitId);
}

function nothingToAdopt(ingestion: string, table: string): CalveError {
  return new CalveError(
    'OPTIONS_INVALID',
    `There is nothing to adopt: the table ${table} holds no commit of ingestion "${ingestion}". Name the table and the id that the rows were loaded with, or run the ingestion.`,
    { recovery: 'fix-input', context: { table, ingestion } },
  );
}

function untold(ingestion: string, table: string): CalveError {
  return new CalveError(
    'CHECKPOINT_BEHIND',
    `The ledger of ingestion "${ingestion}" cannot be rebuilt from the table ${table}, which has no columns ${ORIGIN_COLUMNS.join(' and ')} to tell which files its rows come from. ` +
      'Restore the state, or reset the ledger: then either everything in the source loads again, or all of it counts as loaded.',
    {
      recovery: {
        kind: 'decide',
        choices: ['restore the state', 'reset the ledger with reload', 'reset the ledger with fromNow'],
      },
      context: { table, ingestion },
    },
  );
}
