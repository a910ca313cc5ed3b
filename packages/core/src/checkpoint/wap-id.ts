import type { LedgerKey } from './commit-intent.ts';

/** What a Spark job says of the batch that it stages: the facts of the evidence, in one text. */
export interface WapIdentity {
  key: LedgerKey;
  generation: string;
  sequence: number;
  commitId: string;
}

const WAP_ID = /^ingest:([^:]+):([^:]+):([^:]+):([1-9]\d{0,15}):([^:]+)$/;

/**
 * The `spark.wap.id` under which a Spark job stages a batch: `ingest:<tenant>:<ingestion>:<generation>:<sequence>:<commitId>`. No part holds a
 * colon.
 */
export function wapId({ key, generation, sequence, commitId }: WapIdentity): string {
  return ['ingest', key.tenant, key.ingestion, generation, sequence, commitId].join(':');
}

/** Reads what `wapId` wrote; `null` for every other text, also one whose number is above 2^53 - 1. Pure. */
export function parseWapId(text: string): WapIdentity | null {
  const [, tenant, ingestion, generation, digits, commitId] = WAP_ID.exec(text) ?? [];
  const sequence = Number(digits);
  if (!tenant || !ingestion || !generation || !commitId || !Number.isSafeInteger(sequence)) return null;
  return { key: { tenant, ingestion }, generation, sequence, commitId };
}
