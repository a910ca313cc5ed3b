import type { Int64 } from '../json/json.ts';
import type { CommitIntent, LedgerKey } from './commit-intent.ts';

/** Names of table properties, summary keys and columns are public API: every store, sink and generator takes them from here. */
export const SUMMARY_KEYS = {
  tenant: 'ingest.tenant',
  ingestion: 'ingest.ingestion',
  generation: 'ingest.generation',
  sequence: 'ingest.sequence',
  commitId: 'ingest.commit-id',
  previousCommitId: 'ingest.previous-commit-id',
  programHash: 'ingest.program-hash',
  runId: 'ingest.run-id',
  units: 'ingest.units',
  rejectedRows: 'ingest.rejected-rows',
  watermark: 'ingest.watermark',
} as const;

/** Columns that tell where a row came from. */
export const PROVENANCE_COLUMNS = {
  'source-file': '_source_file',
  'source-version': '_source_version',
  'source-modified': '_source_mtime',
  record: '_source_record',
  'run-id': '_ingest_run_id',
  'ingested-at': '_ingested_at',
} as const;

/** Where cells are kept that did not fit their column. */
export const RESCUE_COLUMN = '_rescued_data';

/** Suffix of the table that takes the rejected rows of a table. */
export const REJECTED_SUFFIX = '__rejected';

/** The table property, or tag, that keeps the evidence of a ledger. */
export function evidenceName(key: LedgerKey): string {
  return `ingest.${key.tenant}.${key.ingestion}`;
}

/** What the evidence property says. Below 1 kB. */
export interface EvidenceMarker {
  v: 1;
  generation: string;
  sequence: number;
  commitId: string;
  snapshot: Int64;
  writerId: string;
}

/** The marker that the commit of an intent leaves. */
export function evidenceMarker(intent: CommitIntent, output: string): EvidenceMarker {
  const snapshot = intent.outputs[output]?.snapshot ?? '';
  return {
    v: 1,
    generation: intent.generation,
    sequence: intent.sequence,
    commitId: intent.commitId,
    snapshot,
    writerId: intent.writerId,
  };
}

/**
 * The summary keys that the snapshot of an intent carries. The number of rejected rows stands beside the accepted ones as well: their table commits
 * later, and whoever has lost the ledger meanwhile can tell that they are missing.
 */
export function evidenceSummary(intent: CommitIntent): Record<string, string> {
  const rejected = intent.program.outputs.filter(({ rows }) => rows === 'rejected');
  const rejectedRows = rejected
    .flatMap(({ name }) => intent.outputs[name]?.staged ?? [])
    .reduce((sum, { rows }) => sum + rows, 0);
  return {
    [SUMMARY_KEYS.tenant]: intent.key.tenant,
    [SUMMARY_KEYS.ingestion]: intent.key.ingestion,
    [SUMMARY_KEYS.generation]: intent.generation,
    [SUMMARY_KEYS.sequence]: String(intent.sequence),
    [SUMMARY_KEYS.commitId]: intent.commitId,
    ...(intent.previousCommitId === undefined ? {} : { [SUMMARY_KEYS.previousCommitId]: intent.previousCommitId }),
    [SUMMARY_KEYS.programHash]: intent.programHash,
    [SUMMARY_KEYS.runId]: intent.runId,
    [SUMMARY_KEYS.units]: String(intent.unitKeys.length),
    ...(rejected.length === 0 ? {} : { [SUMMARY_KEYS.rejectedRows]: String(rejectedRows) }),
  };
}
