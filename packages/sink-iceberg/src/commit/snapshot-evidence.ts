import type { LedgerKey, TableEvidence } from '@calve/core/plugin';
import { parseWapId, SUMMARY_KEYS } from '@calve/core/plugin';
import type { Snapshot } from '../metadata/table-metadata.ts';

/** Where Spark notes the `spark.wap.id` of a job: in the snapshot that was staged, and in the one that a cherry-pick makes of it. */
export const WAP_KEYS = ['wap.id', 'published-wap-id'] as const;

/**
 * What a snapshot itself says of the commit that made it: in the summary keys of this engine, or in the id that a Spark job of the same
 * ledger staged it under. `null`: it is not one of this ledger, or what it says makes no sense. Pure.
 */
export function snapshotEvidence(snapshot: Snapshot, key: LedgerKey): TableEvidence | null {
  const facts = ownFacts(snapshot, key) ?? wapFacts(snapshot, key);
  return facts && { ...facts, snapshot: String(snapshot['snapshot-id']), kept: 'summary' };
}

/** True for a snapshot that Spark staged, whether it was published since or not. */
export function isStagedByWap({ summary }: Snapshot): boolean {
  return summary['wap.id'] !== undefined;
}

type Facts = Pick<TableEvidence, 'generation' | 'sequence' | 'commitId'>;

function ownFacts({ summary }: Snapshot, key: LedgerKey): Facts | null {
  if (summary[SUMMARY_KEYS.tenant] !== key.tenant || summary[SUMMARY_KEYS.ingestion] !== key.ingestion) return null;
  const generation = summary[SUMMARY_KEYS.generation];
  const commitId = summary[SUMMARY_KEYS.commitId];
  const sequence = sequenceOf(summary[SUMMARY_KEYS.sequence]);
  if (generation === undefined || commitId === undefined || sequence === null) return null;
  return { generation, sequence, commitId };
}

function wapFacts({ summary }: Snapshot, key: LedgerKey): Facts | null {
  for (const name of WAP_KEYS) {
    const said = parseWapId(summary[name] ?? '');
    if (said?.key.tenant !== key.tenant || said.key.ingestion !== key.ingestion) continue;
    const { generation, sequence, commitId } = said;
    return { generation, sequence, commitId };
  }
  return null;
}

/** A commit has a number from 1 to 2^53 - 1, in digits. */
function sequenceOf(text: string | undefined): number | null {
  const sequence = text !== undefined && /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(sequence) ? sequence : null;
}
