import { evidenceName, parseWapId, SUMMARY_KEYS } from '@calve/core/plugin';
import { WAP_KEYS } from '../commit/snapshot-evidence.ts';
import { ancestry, headOf } from '../metadata/select.ts';
import type { Snapshot, TableMetadata } from '../metadata/table-metadata.ts';
import { MAIN_BRANCH } from '../metadata/table-metadata.ts';

const DEFAULT_AGE_MILLISECONDS = 5n * 24n * 60n * 60n * 1000n;
const DEFAULT_COUNT = 1;
/** How the names of properties and tags begin that prove what a table holds. */
const EVIDENCE = 'ingest.';

/**
 * The snapshots of a table that go with its next commit: ancestors of `main` that are older than `history.expire.max-snapshot-age-ms` (5 days) and not
 * among the newest `history.expire.min-snapshots-to-keep` (1), the one that the commit adds included. Settings of the branch itself come first.
 *
 * What is kept of `main` is always one piece from the head on, so that whoever asks whether a snapshot is part of the history gets an answer. These
 * stay whatever their age: what a tag or another branch needs, what is not an ancestor of `main` (a rollback, or what Spark has staged), and where a
 * ledger's evidence is in no property of the table, its newest snapshot and all after it. Pure.
 *
 * @param metadata The table before the commit.
 * @see https://iceberg.apache.org/spec/#snapshot-retention-policy
 */
export function planExpiry(metadata: TableMetadata, nowMilliseconds: bigint): bigint[] {
  const chain = [...ancestry(metadata, headOf(metadata))];
  const pinned = pinnedByReferences(metadata);
  const evidence = evidenceOnlyInSnapshots(metadata, chain);
  const named = namedByMarkers(metadata);
  const isNeeded = ({ 'snapshot-id': id }: Snapshot): boolean => evidence.has(id) || (pinned.has(id) && named.has(id));
  const { age, count } = policyOf(metadata);
  const oldest = nowMilliseconds - age;
  // The new snapshot is the first of those that are kept.
  const byPolicy = chain.findIndex((snapshot, at) => at + 1 >= count && snapshot['timestamp-ms'] < oldest);
  if (byPolicy === -1) return [];
  const kept = Math.max(byPolicy, chain.findLastIndex(isNeeded) + 1);
  return chain.slice(kept).flatMap(({ 'snapshot-id': id }) => (pinned.has(id) ? [] : [id]));
}

function policyOf({ properties = {}, refs = {} }: TableMetadata): { age: bigint; count: number } {
  const digits = (name: string): string | null =>
    /^\d{1,18}$/.test(properties[name] ?? '') ? (properties[name] as string) : null;
  const branch = refs[MAIN_BRANCH];
  const age = digits('history.expire.max-snapshot-age-ms');
  const count = digits('history.expire.min-snapshots-to-keep');
  return {
    age: branch?.['max-snapshot-age-ms'] ?? (age === null ? DEFAULT_AGE_MILLISECONDS : BigInt(age)),
    count: Math.max(1, branch?.['min-snapshots-to-keep'] ?? (count === null ? DEFAULT_COUNT : Number(count))),
  };
}

/** What a tag points to; of another branch the whole history. */
function pinnedByReferences(metadata: TableMetadata): Set<bigint> {
  const pinned = new Set<bigint>();
  for (const [name, { type, 'snapshot-id': id }] of Object.entries(metadata.refs ?? {})) {
    if (name === MAIN_BRANCH) continue;
    pinned.add(id);
    if (type === 'branch') for (const snapshot of ancestry(metadata, id)) pinned.add(snapshot['snapshot-id']);
  }
  return pinned;
}

/** The snapshots that evidence names, by property or by tag: as long as one is listed, the history down to it has to be. */
function namedByMarkers({ properties = {}, refs = {} }: TableMetadata): Set<bigint> {
  const named = new Set<bigint>();
  for (const [name, text] of Object.entries(properties)) {
    const snapshot = name.startsWith(EVIDENCE) ? /"snapshot":"(\d{1,19})"/.exec(text)?.[1] : undefined;
    if (snapshot !== undefined) named.add(BigInt(snapshot));
  }
  for (const [name, reference] of Object.entries(refs)) if (name.startsWith(EVIDENCE)) named.add(reference['snapshot-id']);
  return named;
}

/** The newest snapshots of ledgers for which no property of the table speaks, or an earlier one: those of Spark jobs, and where properties are dropped. */
function evidenceOnlyInSnapshots({ properties = {} }: TableMetadata, chain: readonly Snapshot[]): Set<bigint> {
  const newest = new Map<string, { id: bigint; sequence: number }>();
  for (const { 'snapshot-id': id, summary } of chain) {
    for (const { name, sequence } of claimsOf(summary)) if (!newest.has(name)) newest.set(name, { id, sequence });
  }
  const marked = (name: string): number => Number(/"sequence":(\d{1,15})/.exec(properties[name] ?? '')?.[1] ?? 0);
  return new Set([...newest].flatMap(([name, { id, sequence }]) => (marked(name) >= sequence ? [] : [id])));
}

/** The batches that a snapshot says it is of, by the name of their ledger's evidence. */
function claimsOf(summary: Readonly<Record<string, string>>): { name: string; sequence: number }[] {
  const { [SUMMARY_KEYS.tenant]: tenant, [SUMMARY_KEYS.ingestion]: ingestion, [SUMMARY_KEYS.sequence]: sequence } = summary;
  const claims = WAP_KEYS.flatMap((key) => {
    const staged = parseWapId(summary[key] ?? '');
    return staged === null ? [] : [{ name: evidenceName(staged.key), sequence: staged.sequence }];
  });
  if (tenant !== undefined && ingestion !== undefined)
    claims.push({ name: evidenceName({ tenant, ingestion }), sequence: Number(sequence) });
  return claims;
}
