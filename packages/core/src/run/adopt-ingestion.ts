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
import { type ProvenOutputs, provenHead } from '../ledger/proven-head.ts';
import { countedAsLoaded } from '../ledger/reset-ledger.ts';
import { RowOrigins } from '../ledger/row-origins.ts';
import type { TableEvidence } from '../sink/sink.ts';
import type { IngestionSpec, OutputSpec } from '../spec/ingestion-spec.ts';
import { type LedgerRequest, ledgerMoved } from './ledger-request.ts';
import { proveOutputs } from './prove-outputs.ts';
import { ORIGIN_COLUMNS, readOrigins } from './read-origins.ts';
import { surveySource } from './survey-source.ts';

/** Finds out what adopting would make known. Reads the table's columns of origin and lists the source; writes nothing. */
export async function previewAdopt(spec: IngestionSpec, request: LedgerRequest): Promise<AdoptPreview> {
  return (await surveyAdoption(spec, request)).preview;
}

/**
 * Rebuilds the ledger of an ingestion from its tables. Written in one change, on the condition that there still is no ledger: whole or not at all.
 * Again on what was adopted, it changes nothing.
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
  if (known !== 'absent') return alreadyThere(known, spec, request);
  const { preview, files, proven } = await surveyAdoption(spec, request);
  if (preview.mustChoose && unknown === undefined) throw adoptionUndecided(preview);
  const left = unknown === 'leave' ? files.unknownUnits.map(countedAsLoaded) : [];
  // Looking made nothing, not even a state; whoever was waited for has.
  if ((await lease.hold()) === 'waited') return adoptIngestion(spec, unknown, request);
  // What a worker that is still alive commits meanwhile is in rows that were perhaps not read.
  const { name } = mainOf(spec);
  if ((await proveOutputs(journal.key, spec, connections))[name]?.commitId !== proven[name]?.commitId)
    throw ledgerMoved(journal.key);
  const head = provenHead(preview.generation, name, proven);
  await context.environment.step('core.adopt.replace');
  if (!(await journal.replace(head, [...files.records, ...left]))) {
    if (journal.current === 'absent') throw ledgerMoved(journal.key);
    return alreadyThere(journal.current, spec, request);
  }
  const { generation, committed } = head;
  return { outcome: 'adopted', generation, committed, known: files.records.length, left: left.length };
}

async function surveyAdoption(
  spec: IngestionSpec,
  request: LedgerRequest,
): Promise<{ preview: AdoptPreview; files: AdoptedFiles; proven: ProvenOutputs }> {
  const { journal, store, connections, context } = request;
  const { key } = journal;
  const main = mainOf(spec);
  const rejected = spec.outputs.find(({ rows }) => rows === 'rejected');
  const table = (await connections.sink(main.sink)).describe(main.options).name;
  const proven = await proveOutputs(key, spec, connections);
  const newest = proven[main.name];
  if (!newest) throw nothingToAdopt(key.ingestion, table);
  const origins = new RowOrigins();
  if (!(await readOrigins(main, 'accepted', origins, request))) throw untold(key.ingestion, table);
  if (rejected) await readOrigins(rejected, 'rejected', origins, request);
  const source = await connections.source(spec.input.source, spec.input.options);
  const { units, unsettled } = await surveySource(spec.input, source, context);
  const outputs = { accepted: main.name, ...(rejected ? { rejected: rejected.name } : {}) };
  const files = matchOrigins(origins, units, outputs);
  const { known, changed, unknown, gone, mustChoose } = files;
  const preview: AdoptPreview = {
    ingestion: key.ingestion,
    state: store.location,
    table,
    generation: newest.generation,
    committed: provenHead(newest.generation, main.name, proven).committed,
    ...{ known, changed, unknown, gone, mustChoose },
    namelessRows: origins.nameless,
    unsettled,
  };
  return { preview, files, proven };
}

async function alreadyThere({ head }: VersionedHead, spec: IngestionSpec, request: LedgerRequest): Promise<AdoptResult> {
  const { journal, store, connections } = request;
  const main = mainOf(spec);
  const sink = await connections.sink(main.sink);
  const evidence = await sink.evidence(main.options, journal.key);
  if (head.intent === null && !isSameCommit(evidence, head.committed[main.name] ?? 0, head.commitId)) {
    const message =
      `The state ${store.location} has a ledger of ingestion "${journal.key.ingestion}" that does not fit the table ${sink.describe(main.options).name}; only a lost ledger can be rebuilt. ` +
      'Restore the newest copy of the state, or reset the ledger. Nothing was changed.';
    throw new CalveError('CHECKPOINT_BEHIND', message, {
      recovery: { kind: 'decide', choices: ['restore the state', 'reset the ledger'] },
      context: { ledger: head.committed[main.name] ?? 0, table_evidence: evidence?.sequence ?? 0 },
    });
  }
  return { outcome: 'already-there', generation: head.generation, committed: head.committed, known: 0, left: 0 };
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

function mainOf(spec: IngestionSpec): OutputSpec {
  return spec.outputs[0] as OutputSpec;
}
